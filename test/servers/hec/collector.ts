import type { IncomingMessage } from 'node:http'
import { AckChannels } from './ack-channels.ts'
import { authorize, channelOf } from './authorize.ts'
import { HecRefusal, HttpRefusal } from './codes.ts'
import { readEnvelopes } from './envelopes.ts'
import { forward } from './forward.ts'
import type { HecEnvelope, HecEvent, HecOptions, HecToken } from './options.ts'
import { ProvokedFaults, type ProvokedFault } from './provoked-faults.ts'
import { codeReply, type Reply } from './reply.ts'
import { unpack } from './request-body.ts'

interface Route {
  readonly kind: 'events' | 'acks' | 'health'
  readonly method: string
}

const EVENTS: Route = { kind: 'events', method: 'POST' }
const HEALTH: Route = { kind: 'health', method: 'GET' }
/** A version goes with the named endpoints only: `/services/collector/1.0` is not served. */
const ROUTES: Readonly<Record<string, Route>> = {
  '/services/collector': EVENTS,
  '/services/collector/event': EVENTS,
  '/services/collector/event/1.0': EVENTS,
  '/services/collector/ack': { kind: 'acks', method: 'POST' },
  '/services/collector/health': HEALTH,
  '/services/collector/health/1.0': HEALTH,
}

/** What HEC does with a request that was read: everything but the wire. */
export class Collector {
  readonly options: HecOptions
  readonly limit: number
  readonly acks: AckChannels
  readonly faults = new ProvokedFaults()
  readonly events: HecEvent[] = []
  indexed = 0

  constructor(options: HecOptions) {
    const { maxContentLength = 838_860_800, maxIdleMs = 600_000, maxPendingAcks = 1_000_000 } = options
    this.options = options
    this.limit = maxContentLength
    this.acks = new AckChannels({ maxIdleMs, maxPending: maxPendingAcks })
  }

  /** The answer to a request of `bytes` bytes; of a longer one than the limit `body` is not the whole. Throws refusals. */
  async replyTo(request: IncomingMessage, body: Buffer, bytes: number): Promise<Reply> {
    const url = new URL(request.url ?? '/', 'http://hec')
    const route = Object.hasOwn(ROUTES, url.pathname) ? ROUTES[url.pathname] : undefined
    if (!route) throw HttpRefusal.notServed(404)
    if (request.method !== route.method) throw HttpRefusal.notServed(405)
    if (route.kind === 'health') return this.#health(request, url)
    if (bytes > this.limit) throw HttpRefusal.tooLarge(bytes, this.limit)
    const token = authorize(request, url, this.options.tokens)
    const asks = route.kind === 'acks'
    // Of a token without acknowledgements this is said before the channel is looked at.
    if (asks && !token.acks) throw new HecRefusal(14)
    const channel = channelOf(request, url, { needed: token.acks === true, cloud: this.options.cloud === true })
    const unpacked = await unpack(body, request.headers['content-encoding'], this.limit)
    const reply = asks
      ? this.#answerAcks(token.token, channel!, unpacked)
      : await this.#takeEvents(token, channel, unpacked.toString('utf8'))
    return { ...reply, channel, unpackedBytes: unpacked.length }
  }

  #health(request: IncomingMessage, url: URL): Reply {
    if (request.headers.authorization === undefined) return codeReply(this.faults.health)
    try {
      authorize(request, url, this.options.tokens)
      return codeReply(this.faults.health)
    } catch (error) {
      return codeReply((error as HecRefusal).code === 1 ? 22 : 21)
    }
  }

  #answerAcks(token: string, channel: string, body: Buffer): Reply {
    const ids = parseAcks(body)
    if (!ids) throw new HecRefusal(6)
    return { status: 200, body: JSON.stringify({ acks: this.acks.ask(token, channel, ids) }) }
  }

  async #takeEvents(token: HecToken, channel: string | undefined, text: string): Promise<Reply> {
    const fault = this.faults.take()
    const retryAfter = fault?.retryAfter
    if (fault?.indexed === false && fault.code !== 0) return codeReply(fault.code, { retryAfter })
    if (token.acks && this.acks.isFull(token.token, channel!)) throw new HecRefusal(9)
    const good: HecEnvelope[] = []
    const refusal = collect(readEnvelopes(text, token), good)
    if (fault?.indexed !== false) await this.#index(token.token, channel, good)
    const ackId = token.acks && good.length > 0 ? this.#issueAck(token.token, channel!, fault) : undefined
    if (refusal) return codeReply(refusal.code, { number: refusal.reportedEvent, ackId })
    return codeReply(fault?.code ?? 0, { ackId, retryAfter })
  }

  async #index(token: string, channel: string | undefined, envelopes: readonly HecEnvelope[]): Promise<void> {
    const { forwardTo, take } = this.options
    if (forwardTo !== undefined && envelopes.length > 0) await forward(forwardTo, envelopes)
    this.indexed += envelopes.length
    for (const envelope of envelopes) {
      const event = { token, channel, envelope }
      if (take) take(event)
      else this.events.push(event)
    }
  }

  #issueAck(token: string, channel: string, fault: ProvokedFault | undefined): number {
    const never = this.faults.neverAck || fault?.indexed === false
    return this.acks.issue(token, channel, never ? Infinity : (this.options.ackDelayMs ?? 0))
  }
}

/** Fills `good` with what comes before the first refusal, and returns that. */
function collect(envelopes: Iterable<HecEnvelope>, good: HecEnvelope[]): HecRefusal | undefined {
  try {
    for (const envelope of envelopes) good.push(envelope)
  } catch (error) {
    if (error instanceof HecRefusal) return error
    throw error
  }
  return undefined
}

function parseAcks(body: Buffer): number[] | undefined {
  try {
    const { acks } = JSON.parse(body.toString('utf8')) as { acks?: unknown }
    const valid = Array.isArray(acks) && acks.every((id) => Number.isSafeInteger(id) && (id as number) >= 0)
    return valid ? (acks as number[]) : undefined
  } catch {
    return undefined
  }
}
