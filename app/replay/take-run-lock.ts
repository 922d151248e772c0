import { PermanentError, errorCode } from '../../core/errors.ts'
import { RunLock } from '../../stream/embedded/run-lock.ts'

/** Takes an embedded stream for this process; `what` is to be replayed. Throws STREAM_LOCKED while a pipeline runs on it. */
export function takeRunLock(directory: string, what: string): RunLock {
  try {
    return RunLock.take(directory)
  } catch (error) {
    throw errorCode(error) === 'STREAM_LOCKED' ? whileRunning(directory, what, error) : error
  }
}

/** Why nothing can be given to a sink now, and how to mend it. */
export function whileRunning(directory: string, what: string, cause: unknown): PermanentError {
  return new PermanentError(
    'STREAM_LOCKED',
    `a pipeline runs on ${directory}, and its sinks are that process's: stop it while ${what} is replayed, and start it again afterwards; on Kafka both may run`,
    { cause },
  )
}
