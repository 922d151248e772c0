import { setTimeout as sleep } from 'node:timers/promises'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace'
import type { Logger, Metrics } from '../../core/telemetry.ts'

export interface SpanQueueOptions {
  readonly log: Logger
  readonly metrics: Metrics
  /** The most spans that wait to be sent; 4,096 unless told. */
  readonly most?: number
  /** How long a few spans wait for more, in milliseconds; two seconds unless told. */
  readonly delayMs?: number
  /** How long a stop waits for what is still to be sent, in milliseconds; three seconds unless told. */
  readonly flushMs?: number
}

type Done = Parameters<SpanExporter['export']>[1]
type Dropped = 'queue_full' | 'export_failed' | 'stopped'

const MOST = 4096
const BATCH = 512
const DELAY_MS = 2000
const FLUSH_MS = 3000
/** Longer than an exporter tries. */
const EXPORT_MS = 15_000

/**
 * The spans that are still to be sent. Nobody waits for them: an endpoint that is down or slow costs spans, which are
 * counted, and is told once until it answers again.
 */
export class SpanQueue implements SpanProcessor {
  readonly #exporter: SpanExporter
  readonly #options: SpanQueueOptions
  readonly #batches: BatchSpanProcessor
  #waiting = 0
  #sending = 0
  #isDown = false
  #closing: Promise<void> | undefined

  constructor(exporter: SpanExporter, options: SpanQueueOptions) {
    const { most = MOST, delayMs = DELAY_MS } = options
    this.#exporter = exporter
    this.#options = options
    this.#batches = new BatchSpanProcessor({
      exporter: {
        export: (spans, done) => this.#export(spans, done),
        shutdown: () => exporter.shutdown(),
      },
      maxQueueSize: most,
      maxExportBatchSize: Math.min(BATCH, most),
      scheduledDelayMillis: delayMs,
      exportTimeoutMillis: EXPORT_MS,
    })
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#closing !== undefined) return this.#drop('stopped', 1)
    // The processor would drop it too, and not say so.
    if (this.#waiting >= (this.#options.most ?? MOST)) return this.#drop('queue_full', 1)
    this.#waiting += 1
    this.#batches.onEnd(span)
  }

  async forceFlush(): Promise<void> {
    await this.#batches.forceFlush().catch(() => undefined)
  }

  /** Sends what is left, for as long as a stop may wait for it; never rejects. */
  shutdown(): Promise<void> {
    this.#closing ??= this.#close(AbortSignal.timeout(this.#options.flushMs ?? FLUSH_MS))
    return this.#closing
  }

  /** As `shutdown`, and no longer than until the signal aborts. */
  close(signal: AbortSignal): Promise<void> {
    const patience = AbortSignal.timeout(this.#options.flushMs ?? FLUSH_MS)
    this.#closing ??= this.#close(AbortSignal.any([signal, patience]))
    return this.#closing
  }

  async #close(patience: AbortSignal): Promise<void> {
    const sent = this.#batches.shutdown().catch(() => undefined)
    const ended = new AbortController()
    const waited = sleep(EXPORT_MS, undefined, { signal: AbortSignal.any([patience, ended.signal]) })
    await Promise.race([sent, waited.catch(() => undefined)])
    ended.abort()
    const left = this.#waiting + this.#sending
    if (left === 0) return
    this.#drop('stopped', left)
    this.#options.log.warn({ spans: left }, 'The last spans of the traces could not be sent before the stop.')
  }

  #export(spans: ReadableSpan[], done: Done): void {
    this.#waiting -= spans.length
    this.#sending += spans.length
    this.#exporter.export(spans, (result) => {
      this.#sending -= spans.length
      if (result.error === undefined) this.#sent()
      else this.#failed(spans.length, result.error)
      done(result)
    })
  }

  #sent(): void {
    if (this.#isDown) this.#options.log.info({}, 'Traces are sent again.')
    this.#isDown = false
  }

  #failed(spans: number, error: Error): void {
    this.#drop('export_failed', spans)
    if (this.#isDown) return
    this.#isDown = true
    const { code } = error as { readonly code?: unknown }
    const message = `Traces cannot be sent to tracing.endpoint: ${reasonOf(error, code)}. The pipeline goes on; their spans are dropped and counted.`
    this.#options.log.warn({ code }, message)
  }

  #drop(reason: Dropped, spans: number): void {
    this.#options.metrics.count('posture_spans_dropped_total', spans, { reason })
  }
}

/** A status in words, where it is one of HTTP. */
function reasonOf({ message }: Error, code: unknown): string {
  if (code === 401 || code === 403) return `it answered ${code}, so check tracing.headers`
  if (code === 404 || code === 405) return `it answered ${code}, so check its path, which usually is /v1/traces`
  return typeof code === 'number' ? `it answered ${code} ${message}` : message
}
