import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for the work, at most so many milliseconds, whether it succeeds or not. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const timeout = sleep(ms, undefined, { signal: over.signal }).catch(() => undefined)
  await Promise.race([work.catch(() => undefined), timeout])
  over.abort()
}
