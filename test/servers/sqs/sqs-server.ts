import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** The requests that it knows. */
export type SqsAction = 'ReceiveMessage' | 'DeleteMessageBatch' | 'ChangeMessageVisibilityBatch' | 'GetQueueAttributes'

/** What to do with a request instead of answering it. */
export type SqsFault =
  | { readonly status: number; readonly type?: string; readonly body?: string }
  /** Answers for nobody: the connection stays open. */
  | 'stall'
  /** Of a batch every entry whose place is even is refused. */
  | { readonly refuseEven: { readonly code: string; readonly senderFault: boolean } }

interface Kept {
  readonly id: string
  readonly body: string
  readonly sentAt: number
  receipt: string
  receives: number
  visibleAt: number
}

type Entry = { readonly Id: string; readonly ReceiptHandle: string; readonly VisibilityTimeout?: number }
type Request = {
  readonly Entries?: readonly Entry[]
  readonly MaxNumberOfMessages?: number
  readonly WaitTimeSeconds?: number
  readonly VisibilityTimeout?: number
}

const POLL_MS = 5

/**
 * One queue of SQS over its JSON protocol, in this process, for what a real one would not do on demand: fail in a given way.
 * It hides, counts receives and invalidates receipts as SQS does; it checks neither signatures nor queue names.
 */
export class SqsServer {
  readonly requests: { readonly action: SqsAction; readonly entries: number }[] = []
  /** Asked before each request is answered. */
  fault: (action: SqsAction) => SqsFault | undefined = () => undefined
  attributes: Readonly<Record<string, string>> = { RedrivePolicy: '{}' }
  /** However long a request wants to wait for messages, an empty queue says so after this time, in milliseconds. */
  longestWaitMs = Infinity
  readonly #kept = new Map<string, Kept>()
  readonly #server: Server
  #largestHeld = 0

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  static async start(): Promise<SqsServer> {
    const server = new SqsServer()
    await new Promise<void>((resolve) => {
      server.#server.listen({ port: 0, host: '127.0.0.1' }, resolve)
    })
    return server
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Of the queue. */
  get url(): string {
    return `${this.endpoint}/000000000000/findings`
  }

  /** Messages that have not been deleted, and those of them that a reader holds. */
  get counts(): { readonly all: number; readonly held: number } {
    const held = [...this.#kept.values()].filter(({ visibleAt }) => visibleAt > Date.now()).length
    return { all: this.#kept.size, held }
  }

  /** As many messages as were hidden at one time at most. */
  get largestHeld(): number {
    return this.#largestHeld
  }

  async left(): Promise<{ readonly all: number; readonly held: number }> {
    return this.counts
  }

  async send(bodies: readonly string[]): Promise<void> {
    for (const body of bodies) {
      const id = randomUUID()
      this.#kept.set(id, { id, body, sentAt: Date.now(), receipt: '', receives: 0, visibleAt: 0 })
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const action = String(request.headers['x-amz-target']).replace('AmazonSQS.', '') as SqsAction
    const body = JSON.parse(await text(request)) as Request
    this.requests.push({ action, entries: body.Entries?.length ?? 0 })
    const fault = this.fault(action)
    if (fault === 'stall') return
    if (fault !== undefined && 'status' in fault) {
      response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(fault.body ?? JSON.stringify({ __type: fault.type ?? 'InternalError', message: 'as told' }))
      return
    }
    const answer = await this.#answer(action, body, fault?.refuseEven, response)
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer))
  }

  async #answer(
    action: SqsAction,
    body: Request,
    refuseEven: { code: string; senderFault: boolean } | undefined,
    response: ServerResponse,
  ): Promise<object> {
    if (action === 'GetQueueAttributes') return { Attributes: this.attributes }
    if (action === 'ReceiveMessage') return { Messages: await this.#receive(body, response) }
    const Failed: object[] = []
    const Successful: object[] = []
    for (const [index, entry] of (body.Entries ?? []).entries()) {
      const refusal = refuseEven !== undefined && index % 2 === 0 ? refuseEven : this.#apply(action, entry)
      if (refusal === undefined) Successful.push({ Id: entry.Id })
      else Failed.push({ Id: entry.Id, Code: refusal.code, SenderFault: refusal.senderFault, Message: 'as told' })
    }
    return { Successful, Failed }
  }

  async #receive(
    { MaxNumberOfMessages = 1, WaitTimeSeconds = 0, VisibilityTimeout = 30 }: Request,
    to: ServerResponse,
  ) {
    const until = Date.now() + Math.min(WaitTimeSeconds * 1000, this.longestWaitMs)
    for (;;) {
      const now = Date.now()
      const found = [...this.#kept.values()].filter(({ visibleAt }) => visibleAt <= now).slice(0, MaxNumberOfMessages)
      if (to.destroyed) return []
      if (found.length > 0 || now >= until) return found.map((each) => this.#give(each, now + VisibilityTimeout * 1000))
      await sleep(POLL_MS)
    }
  }

  #give(message: Kept, visibleAt: number): object {
    Object.assign(message, { visibleAt, receipt: randomUUID(), receives: message.receives + 1 })
    this.#largestHeld = Math.max(this.#largestHeld, this.counts.held)
    return {
      MessageId: message.id,
      ReceiptHandle: message.receipt,
      Body: message.body,
      MD5OfBody: createHash('md5').update(message.body).digest('hex'),
      Attributes: { SentTimestamp: String(message.sentAt), ApproximateReceiveCount: String(message.receives) },
    }
  }

  #apply(action: SqsAction, { ReceiptHandle, VisibilityTimeout = 0 }: Entry) {
    const message = [...this.#kept.values()].find(({ receipt }) => receipt === ReceiptHandle)
    if (message === undefined) return { code: 'ReceiptHandleIsInvalid', senderFault: true }
    if (action === 'DeleteMessageBatch') this.#kept.delete(message.id)
    else message.visibleAt = Date.now() + VisibilityTimeout * 1000
    return undefined
  }
}
