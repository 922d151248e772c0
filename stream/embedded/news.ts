import type { Log } from './logs.ts'

const POLL_MS = 200

/**
 * Tells those who wait that a log may have grown: at once when this process wrote, within 200 ms when another did.
 * It may wake in vain, and never fails to wake.
 */
export class News {
  readonly #waiting = new Map<Log, Set<() => void>>()
  readonly #version: () => bigint
  #seen: bigint | undefined
  #poll: NodeJS.Timeout | undefined

  /** `version` answers a number that changes when another process has written. */
  constructor(version: () => bigint) {
    this.#version = version
  }

  announce(logs: Iterable<Log>): void {
    for (const log of logs) {
      for (const wake of this.#waiting.get(log) ?? []) wake()
    }
  }

  /** Resolves on news of one of the logs, on abort, and after `ms`. What was read before must not be waited for. */
  async wait(logs: readonly Log[], signal: AbortSignal, ms?: number): Promise<void> {
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => resolve()
    const timer = ms === undefined ? undefined : setTimeout(wake, ms)
    signal.addEventListener('abort', wake, { once: true })
    for (const log of logs) this.#add(log, wake)
    this.#poll ??= setInterval(() => this.#look(), POLL_MS)
    await promise
    clearTimeout(timer)
    signal.removeEventListener('abort', wake)
    for (const log of logs) this.#remove(log, wake)
    if (this.#waiting.size === 0) {
      clearInterval(this.#poll)
      this.#poll = undefined
    }
  }

  /** A version seen for the first time counts as a change: what came between the reading and the looking is unknown. */
  #look(): void {
    const version = this.#currentVersion()
    if (version !== undefined && version === this.#seen) return
    this.#seen = version
    this.announce([...this.#waiting.keys()])
  }

  /** Undefined when the file cannot be read: those who wait then read, and meet the error where it is reported. */
  #currentVersion(): bigint | undefined {
    try {
      return this.#version()
    } catch {
      return undefined
    }
  }

  #add(log: Log, wake: () => void): void {
    const waiting = this.#waiting.get(log)
    if (waiting === undefined) this.#waiting.set(log, new Set([wake]))
    else waiting.add(wake)
  }

  #remove(log: Log, wake: () => void): void {
    const waiting = this.#waiting.get(log)
    waiting?.delete(wake)
    if (waiting?.size === 0) this.#waiting.delete(log)
  }
}
