import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PRIORITIES } from '../../enrichment/ocsf/captions.ts'
import { ndjson } from './dashboards.ts'
import { DELAY, PATTERN_FIELDS, type PatternField } from './index-patterns.ts'
import type { SavedObject } from './saved-object.ts'

const text = readFileSync(join(import.meta.dirname, 'dashboards.ndjson'), 'utf8')
const objects = text
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as SavedObject)
const fields = new Map(PATTERN_FIELDS.map((field) => [field.name, field]))

interface VisState {
  readonly title: string
  readonly type: string
  readonly aggs: readonly {
    readonly id: string
    readonly type: string
    readonly params: Readonly<Record<string, unknown>>
  }[]
}

function ofType(type: SavedObject['type']): SavedObject[] {
  return objects.filter((object) => object.type === type)
}

/** A value that is kept as text. */
function parsed({ attributes }: SavedObject, name: string): unknown {
  return JSON.parse(attributes[name] as string)
}

function queryOf({ attributes }: SavedObject): string {
  const { searchSourceJSON } = attributes['kibanaSavedObjectMeta'] as { searchSourceJSON: string }
  return (JSON.parse(searchSourceJSON) as { query: { query: string } }).query.query
}

test('the file is what it is made of', () => {
  expect(text === ndjson()).toBe(true)
})

describe('every saved object', () => {
  test.each(objects)('$type $id is whole', (object) => {
    expect(Object.keys(object).toSorted()).toEqual(['attributes', 'id', 'migrationVersion', 'references', 'type'])
    expect(object.attributes['title']).toEqual(expect.stringMatching(/./))
    expect(Object.keys(object.migrationVersion)).toEqual([object.type])
    for (const { id, type } of object.references)
      expect(objects.some((other) => other.id === id && other.type === type)).toBe(true)
  })

  test('keeps its id, so that importing again replaces it', () => {
    expect(objects.map(({ type, id }) => `${type} ${id}`)).toEqual([
      'index-pattern posture-findings',
      'index-pattern posture-findings-history',
      'visualization posture-open-now',
      'visualization posture-urgent-now',
      'visualization posture-overdue-now',
      'visualization posture-open-by-priority',
      'visualization posture-by-state',
      'search posture-urgent-findings',
      'visualization posture-open-by-account',
      'visualization posture-open-by-owner',
      'visualization posture-open-by-control',
      'visualization posture-opened-per-week',
      'visualization posture-closed-per-week',
      'visualization posture-top-resources',
      'visualization posture-open-by-standard',
      'dashboard posture-findings-overview',
      'visualization posture-revisions-by-cause',
      'visualization posture-revisions-by-product',
      'visualization posture-freshness',
      'visualization posture-delay',
      'visualization posture-flags',
      'visualization posture-truncated',
      'dashboard posture-pipeline-health',
    ])
  })

  test('names only fields that the template has, and groups and sorts only by those that can be', () => {
    const aggregated = ofType('visualization').flatMap((object) =>
      (parsed(object, 'visState') as VisState).aggs.flatMap(
        ({ params }) => (params['field'] as string | undefined) ?? [],
      ),
    )
    const sorted = ofType('search').flatMap(({ attributes }) =>
      (attributes['sort'] as [string, string][]).map(([name]) => name),
    )
    for (const name of [...aggregated, ...sorted]) expect([name, fields.get(name)?.aggregatable]).toEqual([name, true])

    const shown = ofType('search').flatMap(({ attributes }) => attributes['columns'] as string[])
    const asked = [...ofType('visualization'), ...ofType('search')].flatMap((object) =>
      [...queryOf(object).matchAll(/([\w.]+)\s*(?::|>=|<)/g)].map(([, name = '']) => name),
    )
    expect(asked.length).toBeGreaterThan(8)
    for (const name of [...shown, ...asked]) expect([name, fields.get(name)?.searchable]).toEqual([name, true])
  })
})

describe('an index pattern', () => {
  test('says P1 where the event has the number', () => {
    const [pattern] = ofType('index-pattern')
    const formats = parsed(pattern!, 'fieldFormatMap') as Record<
      string,
      { params: { lookupEntries: { key: string; value: string }[] } }
    >
    const entries = formats['priority_id']!.params.lookupEntries.map(({ key, value }) => [value, Number(key)])
    expect(entries).toEqual(Object.entries(PRIORITIES).map(([band, [id]]) => [band, id]))
  })

  test('has its fields from the template, and a time only where time passes', () => {
    for (const pattern of ofType('index-pattern')) {
      const own = parsed(pattern, 'fields') as PatternField[]
      expect(own.filter(({ scripted }) => scripted).map(({ name }) => name)).toEqual([DELAY])
      expect(own.find(({ name }) => name === 'message')).toMatchObject({ aggregatable: false, searchable: true })
      expect(own.find(({ name }) => name === 'time_dt')).toMatchObject({ aggregatable: false, searchable: false })
      expect(own.some(({ name }) => /^resources\.data(\.|$)/.test(name))).toBe(false)
    }
    expect(ofType('index-pattern').map(({ attributes }) => attributes['timeFieldName'])).toEqual([undefined, 'time'])
  })
})

describe('a dashboard', () => {
  test.each(ofType('dashboard'))('$id shows each of its panels once, side by side on 48 columns', (board) => {
    type Grid = Readonly<Record<'x' | 'y' | 'w' | 'h', number>>
    const panels = parsed(board, 'panelsJSON') as { gridData: Grid; panelRefName: string }[]
    expect(panels.map(({ panelRefName }) => panelRefName)).toEqual(board.references.map(({ name }) => name))
    for (const [index, { gridData: a }] of panels.entries()) {
      expect(a.x + a.w).toBeLessThanOrEqual(48)
      for (const { gridData: b } of panels.slice(index + 1))
        expect(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y).toBe(true)
    }
  })

  test('nothing is drawn that stands on none', () => {
    const used = ofType('dashboard').flatMap(({ references }) => references.map(({ id }) => id))
    const drawn = [...ofType('visualization'), ...ofType('search')].map(({ id }) => id)
    expect(used.toSorted()).toEqual(drawn.toSorted())
  })
})
