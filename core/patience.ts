import { Backoff } from './backoff.ts'
import type { Context } from './component.ts'
import { durationMs } from './duration.ts'
import { PipelineError } from './errors.ts'

/** How long something is tried again, and whom it is asked of. */
export interface Patience {
  /** A duration of the configuration: `10m`. */
  readonly patience: string
  /** What is asked, for messages: `Security Hub in eu-west-1`. */
  readonly whom: string
  readonly context: Pick<Context, 'log' | 'clock' | 'condition'>
  /** Called for each failure that is waited out, before the wait. */
  readonly failed?: (error: PipelineError) => void
}

const MINUTE_MS = 60_000
const PAUSE = { initialMs: 500, maxMs: 30_000 }

/**
 * Tries until it succeeds, or the error will not pass by itself or not within this patience. The wait shows in the
 * component's condition, and in the log once a minute.
 */
export async function patiently<T>(
  { patience, whom, context: { log, clock, condition }, failed }: Patience,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  const backoff = new Backoff(PAUSE)
  const givingUpAt = clock() + durationMs(patience)
  let saidAt = -Infinity
  for (let waited = false; ; waited = true) {
    try {
      const answer = await call()
      if (waited) condition?.working()
      return answer
    } catch (error) {
      if (signal.aborted || !(error instanceof PipelineError) || !error.retryable) throw error
      const { code, fault, retryAfterMs = 0 } = error
      if (fault === 'configuration' || clock() + retryAfterMs >= givingUpAt) throw error
      if (clock() - saidAt >= MINUTE_MS) {
        saidAt = clock()
        log.warn({ code }, `${whom} has to be asked again, for ${patience} at most: ${error.message}.`)
      }
      condition?.waiting(error)
      failed?.(error)
      await backoff.wait(signal, retryAfterMs)
    }
  }
}
