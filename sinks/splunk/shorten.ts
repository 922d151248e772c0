import type { PostureFinding } from '../sink.ts'

type Json = Record<string, unknown>

/** A finding with less in it. */
export interface Shortened {
  readonly bytes: Buffer
  /** How far down the ladder it stands. */
  readonly rung: number
}

interface Rung {
  /** As it stands in `unmapped.left_out`. */
  readonly name: string
  /** Changes the event in place; false when there was nothing of it. */
  readonly leaveOut: (event: Json) => boolean
}

/** An enrichment of this many characters of JSON is no free-form data: it keeps its value. */
const SMALL_DATA = 1000
/** Whose text is an identity, an address or a time, and would be another one when cut. */
const WHOLE = /(^|_)(uid|uid_alt|url|dt|version)$/
const ELLIPSIS = '…'

/**
 * What is left out of a finding that is too large for Splunk, the least missed first. Each rung includes those before it.
 * Every attribute that OCSF requires stays, and so do all numbers, identities and times: the event stays valid, and the
 * same finding.
 */
const LADDER: readonly Rung[] = [
  { name: 'unmapped.source', leaveOut: ({ unmapped }) => remove(unmapped, 'source') },
  { name: 'resources.data', leaveOut: ({ resources }) => some(list(resources), (each) => remove(each, 'data')) },
  { name: 'enrichments.data', leaveOut: ({ enrichments }) => some(list(enrichments), emptyData) },
  { name: 'texts over 1024 characters', leaveOut: (event) => cutTexts(event, 1024) },
  { name: 'lists over 100 entries', leaveOut: (event) => cutLists(event, 100) },
  { name: 'texts over 256 characters', leaveOut: (event) => cutTexts(event, 256) },
  { name: 'lists over 10 entries', leaveOut: (event) => cutLists(event, 10) },
]

/**
 * The finding's event on the first rung below `from` (0 is the whole) that leaves something out; undefined at the end of the
 * ladder. It says so of itself: `metadata.is_truncated`, `metadata.untruncated_size` in kilobytes, and `unmapped.left_out`.
 */
export function shorten({ event: whole, bytes }: PostureFinding, from: number): Shortened | undefined {
  const event = structuredClone(whole) as Json
  const leftOut: string[] = []
  for (const [index, { name, leaveOut }] of LADDER.entries()) {
    const rung = index + 1
    if (leaveOut(event)) leftOut.push(name)
    if (rung > from && leftOut.at(-1) === name) return { bytes: marked(event, leftOut, bytes.byteLength), rung }
  }
  return undefined
}

function marked(event: Json, leftOut: readonly string[], bytes: number): Buffer {
  const metadata = object(event['metadata'])
  // What was shortened before it came here was larger still.
  const size = Math.max(Math.ceil(bytes / 1024), Number(metadata['untruncated_size'] ?? 0))
  return Buffer.from(
    JSON.stringify({
      ...event,
      metadata: { ...metadata, is_truncated: true, untruncated_size: size },
      unmapped: { ...object(event['unmapped']), left_out: leftOut },
    }),
  )
}

function remove(value: unknown, key: string): boolean {
  const from = object(value)
  return Object.hasOwn(from, key) && delete from[key]
}

/** OCSF requires the attribute, and takes an empty object. */
function emptyData(value: unknown): boolean {
  const enrichment = object(value)
  const isLarge = JSON.stringify(enrichment['data'] ?? null).length > SMALL_DATA
  if (isLarge) enrichment['data'] = {}
  return isLarge
}

function cutTexts(value: Json | unknown[], limit: number): boolean {
  return some(Object.entries(value), ([key, each]) => {
    if (typeof each === 'object' && each !== null) return cutTexts(each as Json, limit)
    if (typeof each !== 'string' || each.length <= limit || WHOLE.test(key)) return false
    // toWellFormed: a cut in the middle of a surrogate pair would be no text any more.
    ;(value as Json)[key] =
      each
        .slice(0, limit - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '') + ELLIPSIS
    return true
  })
}

function cutLists(value: Json | unknown[], limit: number): boolean {
  const isLong = Array.isArray(value) && value.length > limit
  if (isLong) value.length = limit
  const below = Object.values(value).filter((each) => typeof each === 'object' && each !== null)
  return some(below, (each) => cutLists(each as Json, limit)) || isLong
}

/** Whether it did something to any of them; all are visited. */
function some<T>(values: readonly T[], act: (value: T) => boolean): boolean {
  return values.filter((value) => act(value)).length > 0
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}
