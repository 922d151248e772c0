import { asError } from '../core/errors.ts'
import type { Stream, StreamRecord } from './stream.ts'

export interface ReadTopicOptions {
  /** By partition, where to begin; the oldest record, where it says nothing. */
  readonly from?: ReadonlyMap<number, bigint> | undefined
  /** Aborted, reading rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Reads a topic to the end that it has now, and a little further it may be. Rejects with the first thing that `take` throws. */
export async function readTopic(
  stream: Pick<Stream, 'follow'>,
  topic: string,
  take: (record: StreamRecord) => void,
  { from, signal }: ReadTopicOptions = {},
): Promise<void> {
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  let hasFailed = false
  const handle = (records: readonly StreamRecord[]): void => {
    if (hasFailed) return
    try {
      for (const record of records) take(record)
    } catch (error) {
      hasFailed = true
      failed.reject(asError(error))
    }
  }
  signal?.throwIfAborted()
  const following = await stream.follow(topic, handle, from === undefined ? {} : { from })
  const stop = (): void => void following.stop()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    signal?.throwIfAborted()
    await Promise.race([following.ready, failed.promise])
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
    await following.stop()
  }
}
