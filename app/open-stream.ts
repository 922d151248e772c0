import type { EmbeddedStream as EmbeddedStreamConfig } from '../schemas/generated/config.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import type { Stream } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'

/** Opens the stream of a configuration beside the pipeline that may be running on it. */
export async function openStreamToRead({
  directory,
  partitions,
}: EmbeddedStreamConfig): Promise<Stream & AsyncDisposable> {
  const stream = await EmbeddedStream.open({ directory, partitions, topics: Object.values(topics), mode: 'append' })
  return Object.assign(stream, { [Symbol.asyncDispose]: () => stream.close() })
}
