import { Backoff } from '../../core/backoff.ts'
import { errorCode } from '../../core/errors.ts'
import { kafkaError } from './kafka-error.ts'

/** Longer than the election of a leader or coordinator takes, and than a new one takes to load what its groups have committed. */
const PATIENCE_MS = 30_000
const RETRY = { initialMs: 50, maxMs: 2000 }

/**
 * Asks the cluster again for half a minute while it elects a leader or a coordinator, where the client asks once; any other
 * failure is passed on at once. Rejects with errors of ours: `doing` completes the sentence "cannot …".
 */
export async function whileFailingOver<T>(doing: string, ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const backoff = new Backoff(RETRY)
  for (const until = performance.now() + PATIENCE_MS; ;) {
    try {
      return await ask()
    } catch (thrown) {
      const error = kafkaError(thrown, doing)
      if (errorCode(error) !== 'KAFKA_FAILING_OVER' || performance.now() > until || signal.aborted) throw error
      await backoff.wait(signal).catch(() => undefined)
    }
  }
}
