import { PermanentError } from '../../../core/errors.ts'
import type { FoundFinding, MessageContent } from '../../messages/message.ts'
import { parsedBody } from '../../messages/parsed-body.ts'
import { isObject, type JsonObject } from '../../records/fields.ts'
import { lowerCaseKeys } from './any-case.ts'
import { splitDocuments } from './documents.ts'
import { recordKind } from './record-kind.ts'

/** Text in a wrapper in a list is three; a body that is wrapped more often is a mistake. */
const WRAPPINGS = 8
/** Where what forwards records to a hub puts them. */
const WRAPPERS = ['records', 'value'] as const
/** What a message without anything in it is counted as. */
const EMPTY = 'an empty message'
const MAY_BE_JSON = /^\s*["[{]/

/**
 * Takes a body apart: a record, a list, `records`, `value`, text within JSON, several documents one behind another, and
 * any of these in any other. Nothing at all is no finding and no fault. Throws a PermanentError (`MESSAGE_…`) where any
 * part of it is none of these.
 */
export function readDefenderBody(body: string): MessageContent {
  const reading = new BodyReading()
  reading.readText(body, WRAPPINGS)
  if (reading.findings.length === 0) reading.others.push(EMPTY)
  return reading
}

class BodyReading implements MessageContent {
  readonly findings: FoundFinding[] = []
  readonly others: string[] = []

  readText(text: string, wrappings: number): void {
    // Byte order marks count as white space here, as everywhere in JavaScript.
    const trimmed = text.trim()
    if (trimmed !== '') for (const value of valuesIn(trimmed)) this.#read(value, wrappings - 1)
  }

  #read(value: unknown, wrappings: number): void {
    if (wrappings === 0) throw unknownBody('it is wrapped too often')
    if (typeof value === 'string') this.readText(value, wrappings)
    else if (Array.isArray(value)) this.#readList(value, wrappings)
    else if (!isObject(value)) throw unknownBody(`it holds ${value === null ? 'null' : `a ${typeof value}`}`)
    else if (recordKind(value) !== undefined) this.#take(value)
    else this.#readWrapper(value, wrappings)
  }

  #readWrapper(value: JsonObject, wrappings: number): void {
    const inside = insideOf(value)
    if (inside.length === 0) throw unknownBody(`its fields are ${Object.keys(value).slice(0, 8).join(', ') || 'none'}`)
    for (const each of inside) if (each !== null) this.#read(each, wrappings - 1)
  }

  /** In a list only what is clearly one or more records is opened: anything else stands where a record should. */
  #readList(list: readonly unknown[], wrappings: number): void {
    if (wrappings === 0) throw unknownBody('it is wrapped too often')
    for (const each of list) {
      if (Array.isArray(each)) this.#readList(each, wrappings - 1)
      else if (typeof each === 'string' && MAY_BE_JSON.test(each)) this.readText(each, wrappings)
      else if (isObject(each) && recordKind(each) === undefined && insideOf(each).length > 0)
        this.#readWrapper(each, wrappings)
      else this.#take(each)
    }
  }

  #take(record: unknown): void {
    this.findings.push({ record, at: undefined })
  }
}

/** The values of one document, or of several where the text is none. */
function valuesIn(text: string): unknown[] {
  try {
    return [parsedBody(text)]
  } catch (error) {
    if (!(error instanceof PermanentError) || error.code !== 'MESSAGE_NOT_JSON') throw error
    const documents = splitDocuments(text)
    if (documents === undefined || documents.length < 2) throw error
    return documents.map((document) => parsedBody(document))
  }
}

function insideOf(value: JsonObject): unknown[] {
  const fields = lowerCaseKeys(value)
  return WRAPPERS.flatMap((key) => (key in fields ? [fields[key]] : []))
}

function unknownBody(what: string): PermanentError {
  return new PermanentError('MESSAGE_UNKNOWN', `the message holds nothing that Defender for Cloud exports: ${what}`)
}
