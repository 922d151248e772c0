import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digest } from '../../../core/digest.ts'
import { toOcsf, WEIGHT_LIMIT } from '../../../enrichment/ocsf/ocsf.ts'
import { anyContext, anyEmission, anyState, KINDS, STATUSES } from '../../../test/oracle/any-finding.ts'
import type { FieldMapping, Properties } from './field-types.ts'
import { PROPERTIES } from './properties.ts'
import { findingsTemplate, historyTemplate, TEMPLATE_VERSION } from './template.ts'
import { TEMPLATE_DIGESTS } from './versions.ts'

const fields = new Map(walk(PROPERTIES))
const leaves = [...fields].filter(([, { properties }]) => properties === undefined)

/** Every path of a mapping with what stands there, objects and subfields included. */
function walk(properties: Properties, prefix = ''): [string, FieldMapping][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    return [[path, field], ...walk({ ...field.properties, ...field.fields }, `${path}.`)] as [string, FieldMapping][]
  })
}

/** Every path of an event down to its last value; lists are no level. What is below a free-form object is left out. */
function* pathsOf(value: unknown, path = ''): Generator<string> {
  if (Array.isArray(value)) {
    for (const each of value) yield* pathsOf(each, path)
  } else if (typeof value !== 'object' || value === null || fields.get(path)?.enabled === false) {
    yield path
  } else {
    for (const [key, each] of Object.entries(value)) yield* pathsOf(each, path === '' ? key : `${path}.${key}`)
  }
}

/** Events of findings of every kind in every state, with every attribute that a source can fill in; one is enormous. */
function events(): object[] {
  const draws = fc.sample(fc.tuple(anyState, anyContext, anyEmission), { seed: 20_251_125, numRuns: 400 })
  return draws.map(([state, context, emission], at) => {
    const kind = KINDS[at % KINDS.length]!
    const status = STATUSES[Math.floor(at / KINDS.length) % STATUSES.length]!
    const unmapped = at === 0 ? { heavy: Array(40).fill('x'.repeat(WEIGHT_LIMIT / 25)) } : state.unmapped
    return toOcsf({ ...state, kind, ...(unmapped && { unmapped }) }, context, { ...emission, status })
  })
}

describe('the mapping', () => {
  test('has a version of its own', () => {
    // The mapping has changed: add its digest as a new last line of versions.ts. Lines that were shipped never change.
    expect(TEMPLATE_DIGESTS.at(-1)).toBe(digest(PROPERTIES))
    expect(new Set(TEMPLATE_DIGESTS).size).toBe(TEMPLATE_VERSION)
  })

  test('holds every attribute of every kind of event, and nothing that no event has', () => {
    const emitted = new Set<string>()
    for (const event of events()) for (const path of pathsOf(event)) emitted.add(path)
    const mapped = leaves.map(([path]) => path).filter((path) => !path.endsWith('.keyword'))
    expect([...emitted].toSorted()).toEqual(mapped.toSorted())
  })

  test('gives every attribute a type that its values in OCSF have', () => {
    for (const [path, field] of leaves) {
      const type = ocsfTypeOf(path)
      if (type !== undefined)
        expect([path, mappingsFor(path, type)]).toEqual([path, expect.arrayContaining([typeOf(field)])])
    }
  })

  test('can refuse no value: texts are cut for the index, numbers and times that are none are left out', () => {
    for (const [path, { type, ignore_above: limit = Infinity, ignore_malformed: lenient }] of leaves) {
      // 32,766 bytes are the longest term; a UTF-16 unit has up to 3.
      if (type === 'keyword') expect([path, limit * 3 < 32_766]).toEqual([path, true])
      if (type === 'integer' || type === 'long' || type === 'double' || type === 'date')
        expect([path, lenient]).toEqual([path, true])
    }
    expect(new Set(leaves.map(([, field]) => typeOf(field)))).toEqual(
      new Set(['keyword', 'text', 'integer', 'long', 'double', 'date', 'boolean', 'free-form']),
    )
  })

  test('stays below the limit of fields that its indices have', () => {
    const { settings, mappings } = findingsTemplate('any').template
    expect(fields.size).toBeLessThan(Number(settings['index.mapping.total_fields.limit']))
    expect(mappings.dynamic).toBe('false')
  })

  test('has the fields that are searched when a search names none', () => {
    const searched = findingsTemplate('any').template.settings['index.query.default_field'] as string[]
    expect(searched.filter((path) => !fields.has(path))).toEqual([])
  })
})

describe('the templates', () => {
  test('are for the indices behind the alias, and for the data stream, whose names may begin alike', () => {
    expect(findingsTemplate('posture-findings').index_patterns).toEqual(['posture-findings-0*'])
    const history = historyTemplate('posture-findings-history')
    expect(history.index_patterns).toEqual(['posture-findings-history'])
    expect(history.priority).toBeGreaterThan(findingsTemplate('posture-findings').priority)
  })

  test('say in the index as well which version it is', () => {
    const mark = { _meta: { managed_by: 'posture-stream', version: TEMPLATE_VERSION } }
    for (const template of [findingsTemplate('a'), historyTemplate('b')])
      expect(template).toMatchObject({ ...mark, version: TEMPLATE_VERSION, template: { mappings: mark } })
  })
})

interface OcsfSchema {
  readonly $id: string
  readonly properties: Readonly<Record<string, OcsfAttribute>>
}
interface OcsfAttribute {
  readonly type?: string
  readonly $ref?: string
  readonly items?: OcsfAttribute
}

const schemas = new Map(
  (
    JSON.parse(
      readFileSync(join(import.meta.dirname, '../../../schemas/ocsf/1.6.0.schemas.json'), 'utf8'),
    ) as OcsfSchema[]
  ).map((schema) => [schema.$id, schema]),
)
const classes = [...schemas.values()].filter(({ $id }) => $id.startsWith('ocsf:classes/'))

/** What OCSF's own schema says of an attribute: its JSON type; undefined for what lies below `unmapped`. */
function ocsfTypeOf(path: string): string | undefined {
  const [first = '', ...rest] = path.replace(/\.keyword$/, '').split('.')
  if (first === 'unmapped') return undefined
  let at = classes.map(({ properties }) => properties[first]).find((attribute) => attribute !== undefined)
  for (const name of rest) at = schemas.get((at?.items ?? at)?.$ref ?? '')?.properties[name]
  expect([path, at]).toEqual([path, expect.anything()])
  const { type, $ref } = at!.items ?? at!
  return $ref === undefined ? (type ?? 'any') : 'object'
}

function mappingsFor(path: string, type: string): readonly string[] {
  if (path.endsWith('_dt')) return ['date']
  if (type === 'integer') return path.endsWith('time') ? ['date'] : ['integer', 'long']
  if (type === 'string') return ['keyword', 'text']
  if (type === 'number') return ['double']
  return type === 'boolean' ? ['boolean'] : ['free-form']
}

function typeOf({ type = 'object', enabled }: FieldMapping): string {
  return enabled === false ? 'free-form' : type
}
