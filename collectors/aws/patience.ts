import { Backoff } from '../../core/backoff.ts'
import type { Context } from '../../core/component.ts'
import { durationMs } from '../../core/duration.ts'
import { PipelineError } from '../../core/errors.ts'
import type { Pacer } from '../../core/pacer.ts'

/** How long, and for whom, calls are tried again. */
export interface Patience {
  /** A duration of the configuration: `10m`. */
  readonly patience: string
  /** Told when AWS has had enough. */
  readonly pacer: Pacer
  readonly context: Pick<Context, 'log' | 'clock' | 'condition'>
  /** What is asked, for messages: `Security Hub in eu-west-1`. */
  readonly whom: string
}

const MINUTE_MS = 60_000
const PAUSE = { initialMs: 500, maxMs: 30_000 }

/** Tries until it succeeds or the error will not pass by itself, within the configured patience. */
export async function patiently<T>(
  { patience, pacer, context: { log, clock, condition }, whom }: Patience,
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
      if (error.fault === 'configuration' || clock() >= givingUpAt) throw error
      if (clock() - saidAt >= MINUTE_MS) {
        saidAt = clock()
        log.warn({ code: error.code }, `${whom} has to be asked again: ${error.message}.`)
      }
      condition?.waiting(error)
      if (error.code === 'AWS_THROTTLED') pacer.pause(error.retryAfterMs ?? 0)
      await backoff.wait(signal, error.retryAfterMs ?? 0)
    }
  }
}
