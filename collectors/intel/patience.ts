import { Backoff } from '../../core/backoff.ts'
import type { Context } from '../../core/component.ts'
import { durationMs } from '../../core/duration.ts'
import { PipelineError } from '../../core/errors.ts'

const PAUSE = { initialMs: 500, maxMs: 60_000 }

/** Tries until it succeeds or the error will not pass by itself, within this patience (`10m`). */
export async function patiently<T>(
  patience: string,
  { log, clock, condition }: Context,
  signal: AbortSignal,
  read: () => Promise<T>,
): Promise<T> {
  const backoff = new Backoff(PAUSE)
  const givingUpAt = clock() + durationMs(patience)
  for (let attempts = 1; ; attempts++) {
    try {
      const content = await read()
      if (attempts > 1) condition?.working()
      return content
    } catch (error) {
      if (signal.aborted || !(error instanceof PipelineError) || !error.retryable) throw error
      const pause = error.retryAfterMs ?? 0
      if (error.fault === 'configuration' || clock() + pause >= givingUpAt) throw error
      const { code } = error
      if (attempts === 1) log.warn({ error, code }, `${error.message}. It is tried again for ${patience}.`)
      condition?.waiting(error)
      await backoff.wait(signal, pause)
    }
  }
}
