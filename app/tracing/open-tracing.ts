import { randomUUID } from 'node:crypto'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { OTLPExporterBase, CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http'
import { ProtobufTraceSerializer, TraceExporterMetricsHelper } from '@opentelemetry/otlp-transformer'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { TracerProvider, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace'
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import type { Logger, Metrics } from '../../core/telemetry.ts'
import { Tracing } from '../../core/tracing.ts'
import { physicalTopic } from '../../stream/kafka/client.ts'
import type { LoadedConfig } from '../config/catalogs.ts'
import { kafkaOptions } from '../kafka-options.ts'
import { version } from '../version.ts'
import { samplerOf } from './sampler.ts'
import { SpanQueue } from './span-queue.ts'

type Settings = NonNullable<LoadedConfig['tracing']>

export interface OpenTracing {
  readonly tracing: Tracing
  /** Sends what is left, and gives up when the signal aborts. Never rejects. */
  close(signal: AbortSignal): Promise<void>
}

interface OpenTracingOptions {
  readonly log: Logger
  readonly metrics: Metrics
  readonly stream: LoadedConfig['stream']
}

const SERVICE = 'posture-stream'
const SCHEMA = 'https://opentelemetry.io/schemas/1.45.0'
/** How long one export is tried, in milliseconds. */
const EXPORT_MS = 5000
/** More than a stop sends at once. */
const CONCURRENCY = 16

/**
 * Tracing as it is configured: spans go by OTLP to its endpoint. Of OpenTelemetry's environment variables only
 * OTEL_RESOURCE_ATTRIBUTES is heeded, for what the configuration does not say.
 */
export function openTracing(settings: Settings, { log, metrics, stream }: OpenTracingOptions): OpenTracing {
  const queue = new SpanQueue(exporterOf(settings), { log, metrics })
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(ownResource()),
    sampler: samplerOf(settings.sampleRatio),
    spanProcessors: [queue],
  })
  const tracer = provider.getTracer(SERVICE, version(), { schemaUrl: SCHEMA })
  return { tracing: new Tracing(tracer, messagingOf(stream)), close: (signal) => queue.close(signal) }
}

/** The library's own class would take endpoints, headers and certificates from the environment, too. */
function exporterOf({ endpoint, headers }: Settings): SpanExporter {
  const delegate = createOtlpHttpExportDelegate(
    {
      url: endpoint,
      headers: () => Promise.resolve({ ...revealed(headers), 'Content-Type': 'application/x-protobuf' }),
      timeoutMillis: EXPORT_MS,
      concurrencyLimit: CONCURRENCY,
      compression: CompressionAlgorithm.GZIP,
      agentFactory: (protocol) =>
        protocol === 'http:' ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true }),
      userAgent: `${SERVICE}/${version()}`,
    },
    ProtobufTraceSerializer,
    'otlp_http_span_exporter',
    TraceExporterMetricsHelper,
    undefined,
  )
  return new OTLPExporterBase<ReadableSpan[]>(delegate)
}

function revealed(headers: Settings['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]))
}

function ownResource(): ReturnType<typeof resourceFromAttributes> {
  return resourceFromAttributes({
    [ATTR_SERVICE_NAME]: SERVICE,
    [ATTR_SERVICE_VERSION]: version(),
    [ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
  })
}

function messagingOf(stream: LoadedConfig['stream']): ConstructorParameters<typeof Tracing>[1] {
  if (stream.type === 'embedded') return { system: 'sqlite', nameOf: (topic) => topic }
  const { prefix } = kafkaOptions(stream)
  return { system: 'kafka', nameOf: (topic) => physicalTopic(prefix, topic) }
}
