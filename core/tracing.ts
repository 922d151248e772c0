import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  isSpanContextValid,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api'

/** What a span may say beside what OpenTelemetry's conventions say: names and ids, never what a finding is about. */
export interface Facts {
  readonly 'posture.collector'?: string
  /** Where a statement stands at its source: `report.json#1024` (a file and the byte), `queue/message`. */
  readonly 'posture.source.origin'?: string
  readonly 'posture.event.type'?: string
  readonly 'posture.finding.key'?: string
  readonly 'posture.finding.revision'?: number
  readonly 'posture.finding.state'?: string
  /** Why a revision was emitted. */
  readonly 'posture.cause'?: string
  /** What became of it: as the metrics of its stage name it. */
  readonly 'posture.outcome'?: string
  /** Revisions that one event brought. */
  readonly 'posture.emissions'?: number
  readonly 'posture.sink'?: string
  /** How often a finding was given to a sink. */
  readonly 'posture.attempts'?: number
}

/** A record of the stream, as far as a trace names it. */
interface TracedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly headers: Readonly<Record<string, string>>
}

/** How spans name the stream. */
interface Messaging {
  /** `kafka`, or `sqlite` where the stream is embedded. */
  readonly system: string
  /** What a topic is called there. */
  nameOf(topic: string): string
}

// https://www.w3.org/TR/trace-context/: of a version that is not known yet, what follows is left alone.
const TRACEPARENT = /^(?!ff)([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/

/** One span of a trace that is sampled. What never ends is never sent. */
export class Step {
  readonly #span: Span

  constructor(span: Span) {
    this.#span = span
  }

  get context(): SpanContext {
    return this.#span.spanContext()
  }

  /** What a record's headers must say so that the trace goes on with it. */
  get headers(): { readonly traceparent: string } {
    const { traceId, spanId } = this.context
    return { traceparent: `00-${traceId}-${spanId}-01` }
  }

  set(facts: Facts): void {
    this.#span.setAttributes(facts as Attributes)
  }

  link(other: Step): void {
    this.#span.addLink({ context: other.context })
  }

  /** By its code alone: a message may tell what a finding is about, and stands in the log and in the dead letter. */
  failed(code: string): void {
    this.#span.setAttribute('error.type', code)
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: code })
  }

  /** `at`: a moment of `performance.now()`; now, unless told. */
  end(at?: number): void {
    this.#span.end(at)
  }
}

/**
 * What the stages tell of single statements on their way from a source to the sinks, as OpenTelemetry's conventions for
 * messaging (1.45) say it; the message's own context is the parent. A step is undefined where its trace is not sampled:
 * that is decided once, where the statement is read, and told to the stages after it by the header `traceparent`.
 */
export class Tracing {
  readonly #tracer: Tracer
  readonly #messaging: Messaging

  constructor(tracer: Tracer, messaging: Messaging) {
    this.#tracer = tracer
    this.#messaging = messaging
  }

  /** A new trace: a collector has read a statement. */
  collecting(collector: string): Step | undefined {
    return this.#start(`collect ${collector}`, SpanKind.INTERNAL, ROOT_CONTEXT, {})
  }

  /** A record is written; its headers must be the step's. */
  sending(cause: Step, topic: string): Step {
    const destination = this.#messaging.nameOf(topic)
    const attributes = this.#operation('send', destination, 'send')
    return this.#start(`send ${destination}`, SpanKind.PRODUCER, within(cause.context), attributes)!
  }

  /** A stage works on a record that it read; undefined where the record's headers name no trace. */
  processing(record: TracedRecord, group: string, operation: 'process' | 'deliver' = 'process'): Step | undefined {
    const header = record.headers['traceparent']
    const parent = header === undefined ? undefined : parsed(header)
    if (parent === undefined) return undefined
    const destination = this.#messaging.nameOf(record.topic)
    const id = record.headers['ce_id']
    const attributes: Attributes = {
      ...this.#operation(operation, destination, 'process'),
      'messaging.consumer.group.name': group,
      'messaging.destination.partition.id': String(record.partition),
      ...(id === undefined ? {} : { 'messaging.message.id': id }),
      ...(this.#messaging.system === 'kafka' ? { 'kafka.offset': Number(record.offset) } : {}),
    }
    return this.#start(`${operation} ${destination}`, SpanKind.CONSUMER, within(parent), attributes)
  }

  /** A sink is given several findings at once: a trace of its own, which names those that are traced. */
  attempting(sink: string, findings: number, traced: readonly Step[]): Step | undefined {
    const attributes = { 'posture.sink': sink, 'messaging.batch.message_count': findings }
    const links = traced.map(({ context }) => ({ context }))
    const span = this.#tracer.startSpan(`attempt ${sink}`, { kind: SpanKind.CLIENT, attributes, links }, ROOT_CONTEXT)
    return sampled(span)
  }

  #operation(name: string, destination: string, type: 'send' | 'process'): Attributes {
    return {
      'messaging.system.name': this.#messaging.system,
      'messaging.operation.name': name,
      'messaging.operation.type': type,
      'messaging.destination.name': destination,
    }
  }

  #start(name: string, kind: SpanKind, context: Context, attributes: Attributes): Step | undefined {
    return sampled(this.#tracer.startSpan(name, { kind, attributes }, context))
  }
}

function sampled(span: Span): Step | undefined {
  return isSampled(span.spanContext()) ? new Step(span) : undefined
}

function within(context: SpanContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, context)
}

/** The context that a header names, where it is valid and sampled. */
function parsed(header: string): SpanContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(header) ?? []
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  if (version === '00' && more !== undefined) return undefined
  return isSpanContextValid(context) && isSampled(context) ? context : undefined
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0
}
