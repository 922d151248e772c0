import type { Message as SqsMessage } from '@aws-sdk/client-sqs'

/** One message, as long as this reader holds it. */
export interface Message {
  readonly id: string
  /** By this reading of the message it is deleted and kept hidden; another reading has another one. */
  readonly receipt: string
  readonly body: string
  /** When it was sent to the queue, in milliseconds since the epoch. */
  readonly sentAt: number | undefined
}

/** Undefined where SQS left out what nothing can be done without. */
export function messageOf({ MessageId, ReceiptHandle, Body, Attributes }: SqsMessage): Message | undefined {
  if (ReceiptHandle === undefined) return undefined
  const sentAt = Number(Attributes?.SentTimestamp ?? Number.NaN)
  return {
    id: MessageId ?? ReceiptHandle,
    receipt: ReceiptHandle,
    body: Body ?? '',
    sentAt: Number.isFinite(sentAt) ? sentAt : undefined,
  }
}
