/** One field or object of a mapping, as OpenSearch itself shows it: only what differs from the defaults. */
export interface FieldMapping {
  readonly type?: string
  readonly enabled?: false
  readonly format?: string
  readonly ignore_above?: number
  readonly ignore_malformed?: true
  readonly index?: false
  readonly doc_values?: false
  readonly fields?: Properties
  readonly properties?: Properties
}

export type Properties = Readonly<Record<string, FieldMapping>>

/*
 * No value may ever be a reason to refuse a document. Lucene refuses a term of more than 32,766 bytes; `ignore_above`
 * counts UTF-16 units, each of which is at most 3 bytes of UTF-8: 4,096 of them are 12,288 bytes. What is longer stays in
 * _source and is not found by this field. Numbers and dates that are none are left out of the index in the same way.
 */

/** A word out of few, a caption, a name: for filters, groups and sorting. */
export const WORD: FieldMapping = { type: 'keyword', ignore_above: 1024 }

/** What names one thing: ARNs have up to 2,048 characters, web addresses often more than 1,024. */
export const IDENTIFIER: FieldMapping = { type: 'keyword', ignore_above: 4096 }

/** One line for people: searched by its words, grouped and sorted as a whole (`.keyword`). */
export const LINE: FieldMapping = { type: 'text', fields: { keyword: WORD } }

/** Paragraphs: searched by their words, never grouped. */
export const PROSE: FieldMapping = { type: 'text' }

/** A number of an OCSF enumeration. Not a keyword, because they have an order: `severity_id >= 4`. */
export const ENUM_ID: FieldMapping = { type: 'integer', ignore_malformed: true }

export const COUNT: FieldMapping = { type: 'long', ignore_malformed: true }

/** A number with a fraction: a score, a share. */
export const DECIMAL: FieldMapping = { type: 'double', ignore_malformed: true }

export const FLAG: FieldMapping = { type: 'boolean' }

/** Written as milliseconds since the epoch; queries may also say `2026-11-25` or `now-7d`. */
export const TIME: FieldMapping = {
  type: 'date',
  format: 'epoch_millis||strict_date_optional_time',
  ignore_malformed: true,
}

/** The `_dt` sibling of a time says the same again: it is to be read, and a query on it fails and says why. */
const TIME_TEXT: FieldMapping = { type: 'date', index: false, doc_values: false, ignore_malformed: true }

/** Whatever a source put there: kept in _source, never looked into, whatever its keys, types and sizes. */
export const FREE_FORM: FieldMapping = { type: 'object', enabled: false }

export function object(properties: Properties): FieldMapping {
  return { properties }
}

/** A time and its `_dt` sibling. */
export function time(...attributes: readonly string[]): Properties {
  return Object.fromEntries(
    attributes.flatMap((attribute) => [
      [attribute, TIME],
      [`${attribute}_dt`, TIME_TEXT],
    ]),
  )
}

/** A number and the caption that OCSF puts beside it. */
export function enumeration(...attributes: readonly string[]): Properties {
  return Object.fromEntries(
    attributes.flatMap((attribute) => [
      [`${attribute}_id`, ENUM_ID],
      [attribute, WORD],
    ]),
  )
}
