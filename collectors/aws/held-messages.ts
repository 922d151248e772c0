import { setTimeout as sleep } from 'node:timers/promises'
import { Backoff } from '../../core/backoff.ts'
import type { Clock } from '../../core/component.ts'
import { PipelineError, asError, errorCode } from '../../core/errors.ts'
import type { Logger } from '../../core/telemetry.ts'
import type { Message } from './message.ts'
import { REQUEST_MESSAGES, type Queue, type Refusal } from './queue.ts'

/** Requests to delete or to hide that run at a time. */
const REQUESTS = 4
const PAUSE = { initialMs: 200, maxMs: 30_000 }
/** How long a reader that stops takes to delete what it has published and to give back the rest. */
const FAREWELL_MS = 5_000

export interface HoldingOptions {
  readonly queue: Queue
  readonly visibilitySeconds: number
  readonly clock: Clock
  readonly log: Logger
}

/** Without the body, which nothing needs once it has been read. */
interface Held {
  readonly receipt: string
  hiddenUntil: number
  state: 'working' | 'done'
}

/**
 * The messages that this reader holds. Each stays hidden from other readers until it is deleted, which is tried until
 * SQS has done it: a message that cannot be deleted takes up room, so that no more are received than can be deleted.
 */
export class HeldMessages {
  readonly #options: HoldingOptions
  readonly #held = new Map<string, Held>()
  readonly #closing = new AbortController()
  readonly #hiding: Promise<void>
  #deleting: Promise<void> | undefined
  #onChange: () => void = () => {}

  constructor(options: HoldingOptions) {
    this.#options = options
    this.#hiding = this.#keepHidden()
  }

  get count(): number {
    return this.#held.size
  }

  /** Called whenever messages have left. */
  set onChange(listener: () => void) {
    this.#onChange = listener
  }

  add(messages: readonly Message[]): void {
    const hiddenUntil = this.#options.clock() + this.#options.visibilitySeconds * 1000
    for (const { receipt } of messages) this.#held.set(receipt, { receipt, hiddenUntil, state: 'working' })
  }

  /** Whether it is still ours: SQS has not given it to another reader as far as we know. */
  holds({ receipt }: Message): boolean {
    return this.#held.has(receipt)
  }

  /** What is in these messages is durable: they may go, and are deleted in the background. */
  done(messages: readonly Message[]): void {
    for (const { receipt } of messages) {
      const held = this.#held.get(receipt)
      if (held !== undefined) held.state = 'done'
    }
    if (this.#deleting === undefined && this.#inState('done').length > 0) this.#deleting = this.#deleteAll()
  }

  /** Resolves once everything that is done has been deleted; rejects when the signal aborts. */
  async deleted(signal: AbortSignal): Promise<void> {
    while (this.#deleting !== undefined) {
      signal.throwIfAborted()
      const aborted = Promise.withResolvers<never>()
      const onAbort = (): void => aborted.reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        await Promise.race([this.#deleting, aborted.promise])
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    }
  }

  /** Deletes what is done and gives the rest back to other readers, as far as that can be done at once. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([this.#hiding, this.#deleting])
    const { queue } = this.#options
    const signal = AbortSignal.timeout(FAREWELL_MS)
    const [done, working] = [this.#inState('done'), this.#inState('working')]
    const farewell = [
      ...chunksOf(done).map((some) => () => queue.delete(some, signal)),
      ...chunksOf(working).map((some) => () => queue.hide(some, 0, signal)),
    ]
    this.#held.clear()
    for (const some of chunksOf(farewell, REQUESTS)) await Promise.allSettled(some.map((request) => request()))
  }

  /** Hides again what would show itself before the next look. */
  async #keepHidden(): Promise<void> {
    const { visibilitySeconds, clock, log } = this.#options
    const visibilityMs = visibilitySeconds * 1000
    for (;;) {
      if (!(await this.#pause(visibilityMs / 4))) return
      const soon = [...this.#held.values()].filter(({ hiddenUntil }) => hiddenUntil - clock() < visibilityMs / 2)
      for (const some of chunksOf(chunksOf(soon), REQUESTS)) {
        try {
          await Promise.all(some.map((each) => this.#hide(each)))
        } catch (error) {
          if (this.#closing.signal.aborted) return
          log.warn(
            { error, code: errorCode(error), messages: soon.length },
            'Messages could not be kept hidden from other readers. It is tried again; another reader may read them too.',
          )
          break
        }
      }
    }
  }

  async #hide(some: readonly Held[]): Promise<void> {
    const { queue, visibilitySeconds, clock } = this.#options
    const hiddenUntil = clock() + visibilitySeconds * 1000
    const refused = await queue.hide(some, visibilitySeconds, this.#closing.signal)
    const failed = new Set(refused.map(({ message }) => message))
    for (const each of some) if (!failed.has(each)) each.hiddenUntil = hiddenUntil
    this.#letGo(refused.filter(({ isFinal, message }) => isFinal && message.state === 'working'))
  }

  /** Deletes until nothing is left that is done; never called while it runs. Never rejects. */
  async #deleteAll(): Promise<void> {
    const backoff = new Backoff(PAUSE)
    for (let done = this.#inState('done'); done.length > 0; done = this.#inState('done')) {
      const attempt = chunksOf(done.slice(0, REQUESTS * REQUEST_MESSAGES))
      const results = await Promise.allSettled(attempt.map((some) => this.#delete(some)))
      if (this.#closing.signal.aborted) break
      const failures = results.flatMap((result) =>
        result.status === 'fulfilled' ? result.value : [asError(result.reason)],
      )
      const [failure] = failures
      if (failure === undefined) {
        backoff.reset()
        continue
      }
      this.#report(failure)
      await backoff.wait(this.#closing.signal).catch(() => {})
    }
    // At once, not when the promise has settled: whoever is done with more messages meanwhile must start anew.
    this.#deleting = undefined
  }

  /** Gives what is worth trying again. */
  async #delete(some: readonly Held[]): Promise<Error[]> {
    const refused = await this.#options.queue.delete(some, this.#closing.signal)
    const again = new Set(refused.flatMap(({ message, isFinal }) => (isFinal ? [] : [message])))
    for (const each of some) if (!again.has(each)) this.#held.delete(each.receipt)
    this.#reportExpired(refused.filter(({ isFinal }) => isFinal))
    this.#onChange()
    const codes = new Set(refused.flatMap(({ isFinal, code }) => (isFinal ? [] : [code])))
    return [...codes].map((code) => Object.assign(new Error(`SQS did not delete every message (${code})`), { code }))
  }

  #letGo(refused: readonly Refusal<Held>[]): void {
    if (refused.length === 0) return
    for (const { message } of refused) this.#held.delete(message.receipt)
    this.#reportExpired(refused)
    this.#onChange()
  }

  #reportExpired(refused: readonly Refusal<Held>[]): void {
    const [first] = refused
    if (first === undefined) return
    const fields = { messages: refused.length, code: first.code }
    this.#options.log.info(
      fields,
      'Messages were no longer ours to keep or delete: they come again, which does no harm.',
    )
  }

  #report(error: Error): void {
    const fields = { error, code: errorCode(error) }
    const { log } = this.#options
    if (error instanceof PipelineError && error.fault === 'configuration')
      log.error(fields, 'Published messages cannot be deleted until the configuration is mended; it keeps trying.')
    else log.warn(fields, 'Published messages could not be deleted. It is tried again.')
  }

  #inState(state: Held['state']): Held[] {
    return [...this.#held.values()].filter((each) => each.state === state)
  }

  /** False when it was cut short because this is closing. */
  async #pause(ms: number): Promise<boolean> {
    return sleep(ms, true, { signal: this.#closing.signal, ref: false }).catch(() => false)
  }
}

function chunksOf<T>(all: readonly T[], size = REQUEST_MESSAGES): T[][] {
  const chunks: T[][] = []
  for (let from = 0; from < all.length; from += size) chunks.push(all.slice(from, from + size))
  return chunks
}
