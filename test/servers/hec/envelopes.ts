import { HecRefusal } from './codes.ts'
import type { HecEnvelope, HecToken } from './options.ts'

const PLAIN_DECIMAL = /^\d+(\.\d+)?$/
/** Whether a time in exponent notation may be in there: the ones that need a second, slower look. */
const EXPONENT = /"time"\s*:\s*-?[\d.]+[eE]/
const METADATA = ['host', 'source', 'sourcetype', 'index'] as const

const QUOTE = 34
const BACKSLASH = 92
const OPEN = 123
const CLOSE = 125

/**
 * The events of a body in order, read as Splunk reads them: as a stream, so that those before a bad one have been given
 * out when the HecRefusal is thrown, and none from it on. Stricter than Splunk in two things, which its documentation does
 * not allow but its servers take: an array of events (6), and an event without `event` (12).
 */
export function* readEnvelopes(text: string, token: HecToken): Generator<HecEnvelope> {
  let count = 0
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const end = endOfObject(text, at)
    if (end === undefined) throw new HecRefusal(6, count)
    const envelope = parse(text.slice(at, end), count)
    check(envelope, token, count)
    yield envelope
    count += 1
    at = end
  }
  if (count === 0) throw new HecRefusal(5)
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\r\n'.includes(text[at]!)) at += 1
  return at
}

/** Where the object that begins at `start` is over; undefined when none begins there, or it does not end. */
function endOfObject(text: string, start: number): number | undefined {
  if (text.charCodeAt(start) !== OPEN) return undefined
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === OPEN) depth += 1
    else if (code === CLOSE && (depth -= 1) === 0) return at + 1
  }
  return undefined
}

/** Where the quote stands that ends the string begun at `start`; past the end when none does. */
function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1)
  while (at >= 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1)
  return at < 0 ? text.length : at
}

function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1
  return (at - first) % 2 === 1
}

function parse(text: string, position: number): HecEnvelope {
  try {
    const envelope = JSON.parse(text) as HecEnvelope
    if (EXPONENT.test(text) && hasExponentTime(text)) throw new HecRefusal(15, position)
    return envelope
  } catch (error) {
    if (error instanceof HecRefusal) throw error
    throw new HecRefusal(6, position)
  }
}

/** Whether the envelope's own `time`, not one deeper, is a number like 1.79E9. */
function hasExponentTime(text: string): boolean {
  const sources = new WeakMap<object, string>()
  const remember: Reviver = function (key, value, { source = '' }) {
    if (key === 'time') sources.set(this, source)
    return value
  }
  const envelope = JSON.parse(text, remember as JsonReviver) as object
  return /^[^"]*[eE]/.test(sources.get(envelope) ?? '')
}

/** As node 24 calls it; the types of the language do not know the third argument yet. */
type Reviver = (this: object, key: string, value: unknown, context: { readonly source?: string }) => unknown
type JsonReviver = NonNullable<Parameters<typeof JSON.parse>[1]>

function check(envelope: HecEnvelope, token: HecToken, position: number): void {
  if (!Object.hasOwn(envelope, 'event')) throw new HecRefusal(12, position)
  if (isBlank(envelope.event)) throw new HecRefusal(13, position)
  if (Object.hasOwn(envelope, 'time') && !isTime(envelope.time)) throw new HecRefusal(15, position)
  if (Object.hasOwn(envelope, 'fields') && !isFlat(envelope.fields)) throw new HecRefusal(15, position)
  for (const name of METADATA)
    if (Object.hasOwn(envelope, name) && typeof envelope[name] !== 'string') throw new HecRefusal(6, position)
  const { index = '' } = envelope
  if (index !== '' && token.indexes?.includes(index) === false) throw new HecRefusal(7, position)
}

function isBlank(event: unknown): boolean {
  if (typeof event === 'string') return event.trim() === ''
  return event === null || (typeof event === 'object' && Object.keys(event).length === 0)
}

/** Epoch seconds as a number or as the text of one; the notation is looked at elsewhere. */
function isTime(time: unknown): boolean {
  return typeof time === 'number' ? time >= 0 : typeof time === 'string' && PLAIN_DECIMAL.test(time)
}

function isFlat(fields: unknown): boolean {
  if (fields === null || typeof fields !== 'object' || Array.isArray(fields)) return false
  return Object.values(fields).every((value) => (Array.isArray(value) ? value.every(isScalar) : isScalar(value)))
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}
