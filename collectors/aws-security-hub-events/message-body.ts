import { PermanentError } from '../../core/errors.ts'
import { readTime } from '../../core/time.ts'
import type { FoundFinding, MessageContent } from '../messages/message.ts'
import { parsedBody } from '../messages/parsed-body.ts'
import { isObject, type JsonObject } from '../records/fields.ts'

/** The events that bring findings: of Security Hub CSPM in ASFF, of Security Hub as OCSF. */
const IMPORTS: ReadonlySet<unknown> = new Set(['Security Hub Findings - Imported', 'Findings Imported V2'])
/** SNS in an event bus in a queue is three; a body that is wrapped more often is a mistake. */
const WRAPPINGS = 8

/**
 * Takes a body apart: an event of EventBridge, what an input transformer or an input path left of one (`detail`, the list
 * of findings, one finding), lists of any of these, as text within JSON too, and all that in an envelope of SNS. Throws a
 * PermanentError (`MESSAGE_…`) where it is none of these.
 */
export function readBody(body: string): MessageContent {
  const reading = new BodyReading()
  reading.read(parsedBody(body), undefined, WRAPPINGS)
  return reading
}

class BodyReading implements MessageContent {
  readonly findings: FoundFinding[] = []
  readonly others: string[] = []

  read(value: unknown, at: number | undefined, wrappings: number): void {
    if (wrappings === 0) throw unknownBody('it is wrapped too often')
    if (typeof value === 'string') this.read(parsedBody(value), at, wrappings - 1)
    else if (Array.isArray(value)) for (const each of value) this.#readElement(each, at, wrappings - 1)
    else if (!isObject(value)) throw unknownBody(`it holds ${value === null ? 'null' : `a ${typeof value}`}`)
    else if ('detail-type' in value) this.#readEvent(value)
    else if (isNotification(value)) this.#readNotification(value, at, wrappings)
    else if (isObject(value['detail'])) this.read(value['detail'], timeOf(value) ?? at, wrappings - 1)
    else this.#take(recordsIn(value), at)
  }

  /** In a list only what is clearly an envelope is opened: anything else stands where a finding should. */
  #readElement(value: unknown, at: number | undefined, wrappings: number): void {
    const isEnvelope = isObject(value) && ('detail-type' in value || isNotification(value))
    if (isEnvelope) this.read(value, at, wrappings)
    else this.#take([value], at)
  }

  #readEvent(event: JsonObject): void {
    const type = event['detail-type']
    if (!IMPORTS.has(type)) {
      this.others.push(typeof type === 'string' ? type : 'an event without a type')
      return
    }
    const list = isObject(event['detail']) ? findingsIn(event['detail']) : undefined
    if (list === undefined) throw unknownBody(`it is an event "${String(type)}" without detail.findings`)
    this.#take(list, timeOf(event))
  }

  #readNotification({ Type, Message, Timestamp }: JsonObject, at: number | undefined, wrappings: number): void {
    if (Type === 'Notification') this.read(Message, at ?? timeOf({ time: Timestamp }), wrappings - 1)
    else this.others.push(`SNS ${String(Type)}`)
  }

  #take(records: readonly unknown[], at: number | undefined): void {
    for (const record of records) this.findings.push({ record, at })
  }
}

function findingsIn(value: JsonObject): readonly unknown[] | undefined {
  return [value['findings'], value['Findings']].find((each) => Array.isArray(each))
}

function recordsIn(value: JsonObject): readonly unknown[] {
  const list = findingsIn(value)
  if (list !== undefined) return list
  if (isFinding(value)) return [value]
  throw unknownBody(`its fields are ${Object.keys(value).slice(0, 8).join(', ') || 'none'}`)
}

/** By what either form cannot do without: what else is wrong with it is for the mapping to say. */
function isFinding(value: JsonObject): boolean {
  return ('ProductArn' in value && 'Id' in value) || 'AwsAccountId' in value || 'class_uid' in value
}

function isNotification(value: JsonObject): boolean {
  return typeof value['Type'] === 'string' && 'Message' in value && 'TopicArn' in value
}

function timeOf({ time }: JsonObject): number | undefined {
  return readTime(time, { unit: 'milliseconds' })?.at
}

function unknownBody(what: string): PermanentError {
  return new PermanentError(
    'MESSAGE_UNKNOWN',
    `the message is neither an EventBridge event of Security Hub nor findings out of one: ${what}`,
  )
}
