import { PROPERTIES } from '../../sinks/opensearch/template/properties.ts'
import type { FieldMapping, Properties } from '../../sinks/opensearch/template/field-types.ts'
import { savedObject, type SavedObject } from './saved-object.ts'

/** The names that a configuration has by default. */
export const FINDINGS = 'posture-findings'
export const HISTORY = 'posture-findings-history'

/** Seconds between the moment when what a finding says was accepted and the moment when this revision was emitted. */
export const DELAY = 'delay_seconds'

/** A field as an index pattern remembers it. */
export interface PatternField {
  readonly name: string
  readonly type: string
  readonly esTypes?: readonly string[]
  readonly count: 0
  readonly scripted: boolean
  readonly searchable: boolean
  readonly aggregatable: boolean
  readonly readFromDocValues: boolean
  readonly script?: string
  readonly lang?: 'painless'
  readonly subType?: { readonly multi: { readonly parent: string } }
}

const KINDS: Readonly<Record<string, string>> = {
  keyword: 'string',
  text: 'string',
  integer: 'number',
  long: 'number',
  double: 'number',
  date: 'date',
  boolean: 'boolean',
}

/** `priority_id` is what sorts; people say P1. */
const BANDS = [
  { key: '4', value: 'P1' },
  { key: '3', value: 'P2' },
  { key: '2', value: 'P3' },
  { key: '1', value: 'P4' },
]

const FORMATS = {
  priority_id: { id: 'static_lookup', params: { lookupEntries: BANDS, unknownKeyValue: null } },
  'finding_info.src_url': { id: 'url', params: { type: 'a', urlTemplate: null, labelTemplate: null } },
}

/** All that can be searched, from the template itself, so that nothing has to be refreshed after an import. */
export const PATTERN_FIELDS: readonly PatternField[] = [
  meta('_id', '_id', true),
  meta('_index', '_index', true),
  { ...meta('_score', undefined, false), type: 'number' },
  { ...meta('_source', '_source', false), type: '_source' },
  ...fieldsOf(PROPERTIES),
  {
    name: DELAY,
    type: 'number',
    count: 0,
    scripted: true,
    script: `if (doc['time'].size() == 0 || doc['metadata.logged_time'].size() == 0) { return null } return (doc['time'].value.toInstant().toEpochMilli() - doc['metadata.logged_time'].value.toInstant().toEpochMilli()) / 1000.0`,
    lang: 'painless',
    searchable: true,
    aggregatable: true,
    readFromDocValues: false,
  },
]

/** The latest state has no time: a dashboard shows all that is open now, whatever the time picker says. */
export const findingsPattern = pattern(FINDINGS)
export const historyPattern = pattern(HISTORY, 'time')

function pattern(title: string, timeFieldName?: string): SavedObject {
  return savedObject('index-pattern', title, {
    title,
    ...(timeFieldName === undefined ? {} : { timeFieldName }),
    fields: JSON.stringify(PATTERN_FIELDS),
    fieldFormatMap: JSON.stringify(FORMATS),
  })
}

function fieldsOf(properties: Properties, prefix = '', parent?: string): PatternField[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    if (field.properties !== undefined) return fieldsOf(field.properties, `${path}.`)
    if (field.enabled === false) return []
    return [fieldOf(path, field, parent), ...fieldsOf(field.fields ?? {}, `${path}.`, path)]
  })
}

function fieldOf(name: string, { type = '', index, doc_values: values }: FieldMapping, parent?: string): PatternField {
  const inDocValues = type !== 'text' && values !== false
  return {
    name,
    type: KINDS[type]!,
    esTypes: [type],
    count: 0,
    scripted: false,
    searchable: index !== false,
    aggregatable: inDocValues,
    readFromDocValues: inDocValues,
    ...(parent === undefined ? {} : { subType: { multi: { parent } } }),
  }
}

function meta(name: string, esType: string | undefined, searchable: boolean): PatternField {
  return {
    name,
    type: 'string',
    ...(esType === undefined ? {} : { esTypes: [esType] }),
    count: 0,
    scripted: false,
    searchable,
    aggregatable: searchable,
    readFromDocValues: false,
  }
}
