import { unlessAborted } from '../core/abort.ts'
import { Backoff } from '../core/backoff.ts'
import { PipelineError, errorCode } from '../core/errors.ts'
import type { Logger } from '../core/telemetry.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { KafkaStream } from '../stream/kafka/kafka-stream.ts'
import type { Stream } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import type { LoadedConfig } from './config/catalogs.ts'
import { kafkaOptions } from './kafka-options.ts'

type EmbeddedConfig = Extract<LoadedConfig['stream'], { type: 'embedded' }>

const PAUSE = { initialMs: 1000, maxMs: 30_000 }
const LEAST_PAUSE_MS = 1000
const all = Object.values(topics)

/**
 * Opens the stream of a configuration to run stages on it. Where time or the operator of the brokers can mend what is
 * wrong, it is told once and waited for; rejects with a permanent error, or with the signal's reason.
 */
export async function openStream(config: LoadedConfig['stream'], log: Logger, signal: AbortSignal): Promise<Stream> {
  if (config.type === 'embedded') {
    const { directory, partitions, retentionBytes } = config
    return await EmbeddedStream.open({ directory, topics: all, partitions, retentionBytes, log })
  }
  const { mechanism } = config.sasl ?? {}
  if (config.tls === undefined && (mechanism === 'plain' || mechanism === 'oauthbearer'))
    log.warn(
      { mechanism },
      'Without stream.tls, the password or token for Kafka can be read on its way to the brokers.',
    )
  return await patiently(() => KafkaStream.open({ ...kafkaOptions(config, log), topics: all }), log, signal)
}

/** Opens the stream of a configuration beside the pipeline that may be running on it; `create` makes what is not there yet. */
export async function openStreamToRead(
  config: LoadedConfig['stream'],
  { create = false }: { readonly create?: boolean } = {},
): Promise<Stream & AsyncDisposable> {
  const stream: Stream =
    config.type === 'kafka'
      ? await KafkaStream.open({ ...kafkaOptions(config), topics: all })
      : await openEmbedded(config, create)
  return Object.assign(stream, { [Symbol.asyncDispose]: () => stream.close() })
}

async function openEmbedded({ directory, partitions }: EmbeddedConfig, create: boolean): Promise<Stream> {
  const options = { directory, partitions, topics: all }
  try {
    return await EmbeddedStream.open({ ...options, mode: 'append' })
  } catch (error) {
    if (!create || errorCode(error) !== 'STREAM_MISSING') throw error
    return await EmbeddedStream.open(options)
  }
}

async function patiently(open: () => Promise<Stream>, log: Logger, signal: AbortSignal): Promise<Stream> {
  const backoff = new Backoff(PAUSE)
  let told: string | undefined
  for (;;) {
    const opening = open()
    try {
      return await unlessAborted(opening, signal)
    } catch (error) {
      // What opens after all, when nobody wants it any more, is closed again.
      void opening.then(
        (stream) => stream.close(),
        () => undefined,
      )
      signal.throwIfAborted()
      if (!(error instanceof PipelineError) || !error.retryable) throw error
      if (error.message !== told) tell(error, log)
      told = error.message
      await backoff.wait(signal, LEAST_PAUSE_MS).catch(() => signal.throwIfAborted())
    }
  }
}

function tell(error: PipelineError, log: Logger): void {
  const fields = { code: errorCode(error) }
  if (error.fault === 'configuration') log.error(fields, `The stream waits until this is mended: ${error.message}.`)
  else log.warn(fields, `The stream cannot be opened yet and is tried again: ${error.message}.`)
}
