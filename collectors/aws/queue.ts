import type { SQSClient } from '@aws-sdk/client-sqs'
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs'
import { messageOf, type Message } from './message.ts'
import { queueError } from './queue-error.ts'

/** As many messages as SQS gives, deletes or hides in one request. */
export const REQUEST_MESSAGES = 10
/** How long an answer may take beyond what it was asked to wait. */
const ANSWER_MS = 20_000

export interface Receiving {
  /** From 1 to 10. */
  readonly max: number
  readonly waitSeconds: number
  readonly visibilitySeconds: number
}

/** What SQS would not do for one message of a request. */
export interface Refusal<Part> {
  readonly message: Part
  readonly code: string
  /** The request is at fault, above all its receipt, which has expired: repeating it cannot help. */
  readonly isFinal: boolean
}

type Receipt = Pick<Message, 'receipt'>

/**
 * The requests to one queue. Each rejects with an error of ours that says whether the configuration is at fault, or with
 * the signal's reason, and none is repeated here.
 */
export class Queue {
  readonly url: string
  /** Messages of one group come only when those before them are gone. */
  readonly isFifo: boolean
  readonly #client: SQSClient

  constructor(client: SQSClient, url: string) {
    this.#client = client
    this.url = url
    this.isFifo = url.endsWith('.fifo')
  }

  /** Waits while the queue is empty, and gives none then. */
  async receive({ max, waitSeconds, visibilitySeconds }: Receiving, signal: AbortSignal): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.url,
      MaxNumberOfMessages: max,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: visibilitySeconds,
      MessageSystemAttributeNames: ['SentTimestamp'],
    })
    const { Messages = [] } = await this.#answer('ReceiveMessage', signal, waitSeconds * 1000, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    )
    return Messages.flatMap((each) => messageOf(each) ?? [])
  }

  /** Deletes up to 10 messages. */
  async delete<Part extends Receipt>(messages: readonly Part[], signal: AbortSignal): Promise<Refusal<Part>[]> {
    const Entries = messages.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }))
    const command = new DeleteMessageBatchCommand({ QueueUrl: this.url, Entries })
    const answer = await this.#answer('DeleteMessage', signal, 0, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    )
    return refusals(messages, answer)
  }

  /** Hides up to 10 messages from other readers for so many seconds from now; 0 gives them back. */
  async hide<Part extends Receipt>(
    messages: readonly Part[],
    seconds: number,
    signal: AbortSignal,
  ): Promise<Refusal<Part>[]> {
    const Entries = messages.map(({ receipt }, index) => ({
      Id: String(index),
      ReceiptHandle: receipt,
      VisibilityTimeout: seconds,
    }))
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.url, Entries })
    const answer = await this.#answer('ChangeMessageVisibility', signal, 0, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    )
    return refusals(messages, answer)
  }

  /** The attributes that show whether the queue is there and what becomes of messages that nobody can read. */
  async attributes(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const command = new GetQueueAttributesCommand({ QueueUrl: this.url, AttributeNames: ['QueueArn', 'RedrivePolicy'] })
    const { Attributes = {} } = await this.#answer('GetQueueAttributes', signal, 0, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    )
    return Attributes
  }

  async #answer<Answer>(
    action: string,
    signal: AbortSignal,
    waitMs: number,
    send: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const patience = AbortSignal.timeout(waitMs + ANSWER_MS)
    try {
      return await send(AbortSignal.any([signal, patience]))
    } catch (error) {
      signal.throwIfAborted()
      throw queueError(error, { action: `sqs:${action}`, where: this.url }, patience.aborted)
    }
  }
}

interface BatchAnswer {
  readonly Successful?: readonly { readonly Id: string | undefined }[] | undefined
  readonly Failed?:
    | readonly {
        readonly Id: string | undefined
        readonly Code: string | undefined
        readonly SenderFault: boolean | undefined
      }[]
    | undefined
}

/** What stands neither among those that went well nor among those that failed may not have been done. */
function refusals<Part>(messages: readonly Part[], { Successful = [], Failed = [] }: BatchAnswer): Refusal<Part>[] {
  const done = new Set(Successful.map(({ Id }) => Id))
  const failed = new Map(Failed.map((each) => [each.Id, each]))
  return messages.flatMap((message, index) => {
    const failure = failed.get(String(index))
    if (failure === undefined && done.has(String(index))) return []
    return { message, code: failure?.Code ?? 'NoAnswer', isFinal: failure?.SenderFault === true }
  })
}
