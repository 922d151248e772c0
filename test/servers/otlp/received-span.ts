import { WireMessage } from './protobuf.ts'

export type Attributes = Readonly<Record<string, string | number | boolean>>

/** A span as it arrived, as far as the tests look into it. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  /** Empty at a trace's root. */
  readonly parentSpanId: string
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** In nanoseconds since the epoch. */
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Attributes
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly error: string | undefined
  /** Of the process that sent it. */
  readonly resource: Attributes
}

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'] as const
const ERROR = 2n

/** The spans of an ExportTraceServiceRequest. Throws a RangeError where it is none, or breaks OTLP's rules. */
export function spansIn(request: Buffer): ReceivedSpan[] {
  return new WireMessage(request).messages(1).flatMap((ofResource) => {
    const resource = attributesOf(ofResource.message(1), 1)
    return ofResource.messages(2).flatMap((ofScope) => ofScope.messages(2).map((span) => spanOf(span, resource)))
  })
}

function spanOf(span: WireMessage, resource: Attributes): ReceivedSpan {
  const status = span.message(15)
  const kind = KINDS[Number(span.integer(6))]
  const read = {
    traceId: span.hex(1),
    spanId: span.hex(2),
    parentSpanId: span.hex(4),
    name: span.text(5),
    kind: kind || 'internal',
    start: span.integer(7),
    end: span.integer(8),
    attributes: attributesOf(span, 9),
    links: span.messages(13).map((link) => ({ traceId: link.hex(1), spanId: link.hex(2) })),
    error: status.integer(3) === ERROR ? status.text(2) : undefined,
    resource,
  } as const
  if (!isId(read.traceId, 32) || !isId(read.spanId, 16)) throw new RangeError('an id has a wrong length or is zero')
  if (read.name === '' || !kind || read.end < read.start) throw new RangeError(`span ${read.spanId} makes no sense`)
  return read
}

function isId(hex: string, length: number): boolean {
  return hex.length === length && !/^0*$/.test(hex)
}

function attributesOf(message: WireMessage, field: number): Attributes {
  return Object.fromEntries(message.messages(field).map((each) => [each.text(1), valueOf(each.message(2))]))
}

function valueOf(value: WireMessage): string | number | boolean {
  if (value.has(2)) return value.integer(2) === 1n
  if (value.has(3)) return Number(BigInt.asIntN(64, value.integer(3)))
  if (value.has(4)) return new Float64Array(new BigUint64Array([value.integer(4)]).buffer)[0]!
  return value.text(1)
}
