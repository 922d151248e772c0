import { PermanentError } from '../../../core/errors.ts'
import { readTime } from '../../../core/time.ts'
import type { FoundFinding, MessageContent } from '../../messages/message.ts'
import { parsedBody } from '../../messages/parsed-body.ts'
import { isObject, type JsonObject } from '../../records/fields.ts'

/** A push in a list in a pipeline's own envelope is three; a body that is wrapped more often is a mistake. */
const WRAPPINGS = 8
/** The lists in which findings come: of ListFindings, and of what people write themselves. */
const LISTS = ['listFindingsResults', 'list_findings_results', 'findings', 'receivedMessages', 'received_messages']
/** What else is sent to topics that findings are sent to: a feed of assets, a sink of logs. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['asset', 'a change of an asset'],
  ['priorAsset', 'a change of an asset'],
  ['logName', 'a log entry'],
]
const FINDING_NAME = /\/findings\/[^/]/
const EMPTY = 'an empty message'

/**
 * Takes a body apart: a notification of Security Command Center (v1 or v2), a finding alone, what ListFindings gives,
 * lists of any of these, as text within JSON too, and all that in the envelope of a push, of a pull or of an event.
 * Throws a PermanentError (`MESSAGE_…`) where it is none of these.
 */
export function readBody(body: string): MessageContent {
  const reading = new BodyReading()
  reading.read(body, undefined, WRAPPINGS)
  return reading
}

class BodyReading implements MessageContent {
  readonly findings: FoundFinding[] = []
  readonly others: string[] = []

  read(value: unknown, at: number | undefined, wrappings: number): void {
    if (wrappings === 0) throw unknownBody('it is wrapped too often')
    if (isEmpty(value)) this.others.push(EMPTY)
    else if (typeof value === 'string') this.read(parsedBody(value), at, wrappings - 1)
    else if (Array.isArray(value)) for (const each of value) this.#readElement(each, at, wrappings - 1)
    else if (isObject(value)) this.#readObject(value, at, wrappings)
    else throw unknownBody(`it holds a ${typeof value}`)
  }

  /** In a list only what is clearly an envelope is opened: anything else stands where a finding should. */
  #readElement(value: unknown, at: number | undefined, wrappings: number): void {
    if (isObject(value) && contentOf(value) !== undefined) this.read(value, at, wrappings)
    else this.findings.push({ record: value, at })
  }

  #readObject(value: JsonObject, at: number | undefined, wrappings: number): void {
    const content = contentOf(value)
    if (content !== undefined) this.read(content.inner, content.at ?? at, wrappings - 1)
    else if ('finding' in value || isFinding(value)) this.findings.push({ record: value, at })
    else this.others.push(otherOf(value))
  }
}

/** What an envelope holds, and when it was published; undefined for what is none. */
function contentOf(value: JsonObject): { readonly inner: unknown; readonly at: number | undefined } | undefined {
  const { message, data } = value
  if ('finding' in value || isFinding(value)) return undefined
  if (isObject(message)) return { inner: message, at: publishedAt(value) }
  if (typeof data === 'string') return { inner: decoded(data), at: publishedAt(value) }
  if (isObject(data)) return { inner: data, at: publishedAt(value) }
  const list = LISTS.map((key) => value[key]).find((each) => Array.isArray(each))
  return list === undefined ? undefined : { inner: list, at: publishedAt(value) }
}

function publishedAt(value: JsonObject): number | undefined {
  const given = value['publishTime'] ?? value['publish_time'] ?? value['time']
  return readTime(given, { unit: 'milliseconds' })?.at
}

/** Base64, as Pub/Sub has it; some write the text itself. */
function decoded(data: string): string {
  return /^\s*(?:[[{"]|$)/.test(data) ? data : Buffer.from(data, 'base64').toString('utf8')
}

/** By what no finding is without: what else is wrong with it is for the mapping to say. */
function isFinding(value: JsonObject): boolean {
  const names = [value['name'], value['canonicalName'], value['canonical_name']]
  return names.some((each) => typeof each === 'string' && FINDING_NAME.test(each))
}

function otherOf(value: JsonObject): string {
  const known = OTHERS.find(([key]) => key in value)?.[1]
  if (known !== undefined) return known
  if ('notificationConfigName' in value || 'notification_config_name' in value)
    return 'a notification without a finding'
  throw unknownBody(`its fields are ${Object.keys(value).slice(0, 8).join(', ')}`)
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === ''
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}

function unknownBody(what: string): PermanentError {
  return new PermanentError(
    'MESSAGE_UNKNOWN',
    `the message is neither a notification of Security Command Center nor a finding out of one: ${what}`,
  )
}
