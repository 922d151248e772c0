import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { savedObjects } from '../../deploy/opensearch/dashboards.ts'
import { DELAY, PATTERN_FIELDS } from '../../deploy/opensearch/index-patterns.ts'
import { PROPERTIES } from '../../sinks/opensearch/template/properties.ts'
import { findingsTemplate } from '../../sinks/opensearch/template/template.ts'
import type { FieldMapping, Properties } from '../../sinks/opensearch/template/field-types.ts'
import { ScratchPipeline, type WrittenEvent } from '../scratch-pipeline.ts'
import { sharedOpenSearch } from '../servers/opensearch/shared-opensearch.ts'
import { Rest } from './opensearch/rest.ts'

interface VisState {
  readonly aggs: readonly {
    readonly type: string
    readonly params: { readonly field?: string; readonly percents?: number[] }
  }[]
}

const drawn = savedObjects.filter(({ type }) => type === 'visualization')

/** No report here makes a finding that is too large, or one with a flag. */
const NOTHING_TO_SHOW = ['posture-truncated', 'posture-flags', 'posture-overdue-now']

let events: WrittenEvent[]
beforeAll(async () => {
  const pipeline = new ScratchPipeline()
  try {
    for (const scan of ['scan-1', 'after-fix-and-mute']) pipeline.addSample(`${scan}/prowler.ocsf.json`)
    pipeline.addSample('account/prowler.asff.json')
    pipeline.addSample('cloud-custodian.asff.json')
    await pipeline.run()
    events = pipeline.written()
  } finally {
    pipeline.remove()
  }
})

test('every attribute of what the pipeline writes of real reports is mapped, or free-form', () => {
  expect(events.length).toBeGreaterThan(300)
  const unknown = new Set(events.flatMap((event) => [...unmappedIn(event, PROPERTIES, '')]))
  expect([...unknown]).toEqual([])
})

describe('on an index of real findings', () => {
  let rest: Rest
  let index: string
  beforeEach(async (context) => {
    rest = new Rest(await sharedOpenSearch(context))
    index = `dashboards-${crypto.randomUUID().slice(0, 8)}`
    onTestFinished(async () => {
      await rest.ask('DELETE', `/${index}-000001`)
      await rest.ask('DELETE', `/_index_template/${index}`)
    })
    await rest.ask('PUT', `/_index_template/${index}`, findingsTemplate(index))
    await rest.ask('PUT', `/${index}-000001`, { aliases: { [index]: {} } })
    const written = events.map((event, at) => ({ id: String(at), revision: event.metadata.sequence, event }))
    expect(await rest.index(index, written)).toEqual([])
    await rest.ask('POST', `/${index}/_refresh`)
  })

  test('every panel of the dashboards asks for nothing that OpenSearch refuses, and shows something', async () => {
    for (const object of drawn) {
      const { aggs } = JSON.parse(object.attributes['visState'] as string) as VisState
      const asked = Object.fromEntries(
        aggs.flatMap((agg, at) => (agg.type === 'count' ? [] : [[`a${at}`, asRequest(agg)]])),
      )
      const { status, body } = await rest.ask('POST', `/${index}/_search`, {
        size: 0,
        query: asQuery(object.attributes),
        aggs: asked,
      })
      expect([object.id, status, body]).toEqual([object.id, 200, expect.anything()])
      const { hits, aggregations = {} } = body as Result
      if (NOTHING_TO_SHOW.includes(object.id)) continue
      expect([object.id, hits.total.value]).not.toEqual([object.id, 0])
      for (const each of Object.values(aggregations))
        expect([
          object.id,
          each.buckets?.length ?? Object.values(each.values ?? {}).length + Number(each.value !== null),
        ]).not.toEqual([object.id, 0])
    }
  })

  test('every query of the guide finds something', async () => {
    const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/opensearch.md'), 'utf8')
    const requests = [...guide.matchAll(/```http\nGET \S+\n([^`]+)```/g)].map(([, body = '']) => body)
    expect(requests).toHaveLength(4)
    const [{ finding_info: info }] = events as [WrittenEvent]
    for (const body of requests) {
      const known = JSON.parse(body.replace(/v1:0123456789abcdef0123456789abcdef/, info.uid_alt)) as object
      const answer = await rest.ask('POST', `/${index}/_search`, known)
      expect([body, answer]).toEqual([body, expect.objectContaining({ status: 200 })])
      expect([body, (answer.body as Result).hits.total.value]).not.toEqual([body, 0])
    }
  })
})

interface Result {
  readonly hits: { readonly total: { readonly value: number } }
  readonly aggregations?: Readonly<Record<string, { buckets?: unknown[]; value?: number | null; values?: object }>>
}

/** As Dashboards asks: a scripted field by its script. */
function asRequest({ type, params: { field = '', percents } }: VisState['aggs'][number]): object {
  const { script, lang } = PATTERN_FIELDS.find(({ name }) => name === field)!
  const subject = field === DELAY ? { script: { source: script, lang } } : { field }
  const interval = type === 'date_histogram' ? { calendar_interval: 'week' } : {}
  return { [type]: { ...subject, ...interval, ...(percents && { percents }) } }
}

/** The few forms of DQL that our objects use, as Lucene's query language has them. */
function asQuery(attributes: Readonly<Record<string, unknown>>): object {
  const { searchSourceJSON } = attributes['kibanaSavedObjectMeta'] as { searchSourceJSON: string }
  const { query } = (JSON.parse(searchSourceJSON) as { query: { query: string } }).query
  if (query === '') return { match_all: {} }
  return { query_string: { query: query.replaceAll(' and ', ' AND ').replaceAll(/(\w) (>=|<) (\w)/g, '$1:$2$3') } }
}

function* unmappedIn(value: unknown, properties: Properties | undefined, path: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const each of value) yield* unmappedIn(each, properties, path)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      const field: FieldMapping | undefined = properties?.[key]
      if (field === undefined) yield `${path}${key}`
      else if (field.enabled !== false) yield* unmappedIn(each, field.properties, `${path}${key}.`)
    }
  }
}
