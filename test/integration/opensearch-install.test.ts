import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openSearchClient } from '../../sinks/opensearch/client.ts'
import { askThrough, type Ask } from '../../sinks/opensearch/install/ask.ts'
import type { HistoryNames, InstallPlan } from '../../sinks/opensearch/install/install-plan.ts'
import { applyInstall, planInstall } from '../../sinks/opensearch/install/install.ts'
import {
  findingsTemplate,
  historyTemplate,
  MAPPING,
  MARK,
  TEMPLATE_VERSION,
} from '../../sinks/opensearch/template/template.ts'
import { sharedOpenSearch } from '../servers/opensearch/shared-opensearch.ts'
import { awkwardFindings, type Finding } from './opensearch/awkward-findings.ts'
import { withIsm } from './opensearch/index-state-management.ts'
import { Rest } from './opensearch/rest.ts'

const never = new AbortController().signal

/** One sink's names on the shared node, away from those of other tests. */
class Place {
  readonly index = `install-${crypto.randomUUID().slice(0, 8)}`
  readonly dataStream = `${this.index}-history`
  readonly rest: Rest
  readonly #url: string

  constructor(url: string) {
    this.#url = url
    this.rest = new Rest(url)
    onTestFinished(() => this.#clear())
  }

  get history(): HistoryNames {
    return { dataStream: this.dataStream, rolloverGb: 25, rolloverDays: 30, retentionDays: 365 }
  }

  /** Asks as the command does. */
  ask(): Ask {
    const client = openSearchClient({ nodes: [this.#url], requestTimeoutMs: 60_000 })
    onTestFinished(() => client.close())
    return askThrough(client, { signal: never, scrub: (text) => text })
  }

  plan({ history, ask = this.ask() }: Options = {}): Promise<readonly InstallPlan[]> {
    return planInstall(ask, { index: this.index, history }, never)
  }

  apply({ history, ask = this.ask() }: Options = {}): Promise<readonly InstallPlan[]> {
    return applyInstall(ask, { index: this.index, history }, never)
  }

  async #clear(): Promise<void> {
    await this.rest.ask('DELETE', `/_data_stream/${this.dataStream}`)
    await this.rest.ask('DELETE', `/${this.index}-*,-.*`)
    await this.rest.ask('DELETE', `/${this.index}`)
    for (const name of [this.index, this.dataStream, `other-${this.index}`])
      await this.rest.ask('DELETE', `/_index_template/${name}`)
  }
}

interface Options {
  readonly history?: HistoryNames
  readonly ask?: Ask
}

function states(plans: readonly InstallPlan[]): string[] {
  return plans.map(({ kind, state }) => `${kind}: ${state}`)
}

/** What the cluster holds under our names, to see whether anything changed. */
async function everything({ rest, index, dataStream }: Place): Promise<unknown> {
  const paths = [
    `/_index_template/${index}`,
    `/_index_template/${dataStream}`,
    `/${index}*`,
    `/_data_stream/${dataStream}`,
  ]
  return await Promise.all(paths.map((path) => rest.ask('GET', path)))
}

/** A version of our template from before: without the field `message`, and, if told, with another type of it. */
function older(template: ReturnType<typeof findingsTemplate>, message?: object): object {
  const { message: _now, ...properties } = MAPPING.properties
  const mark = { managed_by: 'posture-stream', version: 0 }
  const mappings = { dynamic: 'false', _meta: mark, properties: { ...properties, ...(message && { message }) } }
  return { ...template, _meta: mark, template: { settings: {}, mappings } }
}

/**
 * Writes through the alias as a pipeline would, what is refused again and again: higher revisions of a part of the
 * findings, and with each batch one that is new and never comes again. `written` keeps what stands on which revision.
 */
async function keepWriting({ rest, index }: Place, written: Map<string, number>, signal: AbortSignal): Promise<void> {
  const keys = [...written.keys()]
  for (let turn = 2; !signal.aborted; turn += 1) {
    const raised = keys.filter((_, at) => (at + turn) % 3 === 0).map((id) => ({ id, revision: written.get(id)! + 1 }))
    const batch = [...raised, { id: `new-${turn}`, revision: 1 }]
    await rest.write(index, batch)
    for (const { id, revision } of batch) written.set(id, revision)
  }
}

describe.each(['2.19.6', '3.6.0'] as const)('OpenSearch %s', (version) => {
  let place: Place
  beforeEach(async (context) => {
    place = new Place(await sharedOpenSearch(context, version))
  })

  describe('a new cluster', () => {
    test('gets template, index and alias; the plan before says so and changes nothing', async () => {
      const before = await everything(place)
      expect(states(await place.plan())).toEqual(['template: missing', 'index: missing'])
      expect(await everything(place)).toEqual(before)

      const found = await place.apply()
      expect(found.map(({ done }) => done)).toEqual([
        `created`,
        `created ${place.index}-000001, with the alias ${place.index}`,
      ])
      const made = await everything(place)
      const again = await place.apply()
      expect(states(again)).toEqual(['template: as-wanted', 'index: as-wanted'])
      expect(again.map(({ done }) => done)).toEqual(['', ''])
      expect(await everything(place)).toEqual(made)
    })

    test('gets what history needs where it is asked for, and is told what it cannot manage', async () => {
      const found = await place.apply({ history: place.history })
      expect(states(found)).toEqual([
        'template: missing',
        'index: missing',
        'template: missing',
        'policy: unmanaged',
        'data stream: missing',
      ])
      expect(states(await place.plan({ history: place.history }))).toEqual([
        'template: as-wanted',
        'index: as-wanted',
        'template: as-wanted',
        'policy: unmanaged',
        'data stream: as-wanted',
      ])
      const event = { time: 1_764_072_000_000, message: 'no @timestamp' }
      expect(await place.rest.ask('POST', `/${place.dataStream}/_create/1?refresh=true`, event)).toMatchObject({
        status: 201,
      })
      expect(await place.rest.count(place.dataStream, 'time:[2025-11-25 TO 2025-11-26]')).toBe(1)
    })

    test('two at once do no harm', async () => {
      const options = { history: place.history }
      await Promise.all([place.apply(options), place.apply(options), place.apply(options)])
      expect((await place.plan(options)).map(({ state }) => state)).toEqual([
        'as-wanted',
        'as-wanted',
        'as-wanted',
        'unmanaged',
        'as-wanted',
      ])
    })
  })

  describe('an upgrade', () => {
    test('of the template comes before the index is made from it', async () => {
      const { rest, index } = place
      await rest.ask('PUT', `/_index_template/${index}`, older(findingsTemplate(index)))
      await place.apply()
      const { body } = await rest.ask('GET', `/${index}/_mapping`)
      expect(body).toHaveProperty(`${index}-000001.mappings._meta.version`, TEMPLATE_VERSION)
    })

    test('of an index from before adds the field, and findings that come after are found by it', async () => {
      const { rest, index, dataStream } = place
      await rest.ask('PUT', `/_index_template/${index}`, older(findingsTemplate(index)))
      await rest.ask('PUT', `/_index_template/${dataStream}`, older(historyTemplate(dataStream)))
      await rest.ask('PUT', `/${index}-000001`, { aliases: { [index]: {} } })
      await rest.ask('PUT', `/_data_stream/${dataStream}`)
      const options = { history: place.history }
      expect(states(await place.plan(options))).toEqual([
        'template: differs',
        'index: differs',
        'template: differs',
        'policy: unmanaged',
        'data stream: differs',
      ])
      const done = (await place.apply(options)).map((each) => each.done)
      expect(done[1]).toContain('mapping added to: message')
      expect(done[4]).toContain('mapping added to: message')
      expect((await place.plan(options)).every(({ state }) => state === 'as-wanted' || state === 'unmanaged')).toBe(
        true,
      )
      for (const [target, how] of [
        [index, 'PUT'],
        [dataStream, 'POST'],
      ] as const) {
        const at = how === 'PUT' ? `/${target}/_doc/1` : `/${target}/_create/1`
        await rest.ask(how, `${at}?refresh=true`, { time: 1_764_072_000_000, message: 'the bucket is public' })
        expect(await rest.count(target, 'message:bucket')).toBe(1)
      }
    })

    test('whose types differ copies the index while findings keep coming, and loses and sets back none', async () => {
      const { rest, index } = place
      await rest.ask('PUT', `/_index_template/${index}`, older(findingsTemplate(index), { type: 'keyword' }))
      await rest.ask('PUT', `/${index}-000001`, { aliases: { [index]: { is_write_index: true } } })
      const keys = Array.from({ length: 300 }, (_, at) => `finding-${at}`)
      await rest.write(
        index,
        keys.map((id) => ({ id, revision: 1 })),
      )

      const stop = new AbortController()
      const written = new Map(keys.map((id) => [id, 1]))
      const writing = keepWriting(place, written, stop.signal)
      const [, found] = await place.apply()
      stop.abort()
      await writing

      expect(found).toMatchObject({
        state: 'differs',
        done: expect.stringContaining(`copied ${index}-000001 to ${index}-000002`),
      })
      expect(await rest.behind(index)).toEqual([`${index}-000002`])
      expect(await rest.revisions(index)).toEqual(written)
      expect(states(await place.plan())).toEqual(['template: as-wanted', 'index: as-wanted'])
      expect(Math.max(...written.values())).toBeGreaterThan(2)
      // The old one is a person's to delete.
      expect((await rest.ask('HEAD', `/${index}-000001`)).status).toBe(200)
    })

    test('that was interrupted after the alias had moved goes on where it was', async () => {
      const { rest, index } = place
      await rest.ask('PUT', `/_index_template/${index}`, findingsTemplate(index))
      await rest.ask('PUT', `/${index}-000001`, { mappings: { properties: { message: { type: 'keyword' } } } })
      await rest.write(`${index}-000001`, [{ id: 'late', revision: 7 }], { direct: true })
      await rest.ask('PUT', `/${index}-000002`, {
        mappings: { _meta: { ...MARK, copying_from: `${index}-000001` } },
        aliases: { [index]: {} },
      })
      expect((await place.plan())[1]).toMatchObject({
        state: 'differs',
        sentence: expect.stringContaining('to be finished'),
      })
      await place.apply()
      expect(await rest.revisions(index)).toEqual(new Map([['late', 7]]))
      expect(states(await place.plan())).toEqual(['template: as-wanted', 'index: as-wanted'])
    })

    test('of two at once, both of which would copy, ends like one', async () => {
      const { rest, index } = place
      await rest.ask('PUT', `/_index_template/${index}`, older(findingsTemplate(index), { type: 'keyword' }))
      await rest.ask('PUT', `/${index}-000001`, { aliases: { [index]: { is_write_index: true } } })
      await rest.write(index, [{ id: 'one', revision: 3 }])
      await Promise.allSettled([place.apply(), place.apply()])
      await place.apply()
      expect(await rest.behind(index)).toEqual([`${index}-000002`])
      expect(await rest.revisions(index)).toEqual(new Map([['one', 3]]))
      expect(states(await place.plan())).toEqual(['template: as-wanted', 'index: as-wanted'])
    })

    test('of a history whose types differ begins a new index', async () => {
      const { rest, dataStream, history } = place
      await rest.ask('PUT', `/_index_template/${dataStream}`, older(historyTemplate(dataStream), { type: 'keyword' }))
      await rest.ask('PUT', `/_data_stream/${dataStream}`)
      await place.apply({ history })
      const { body } = await rest.ask('GET', `/_data_stream/${dataStream}`)
      expect(body).toHaveProperty('data_streams[0].generation', 2)
      expect((await place.plan({ history })).at(-1)).toMatchObject({ state: 'as-wanted' })
    })

    test('leaves alone what operators added to a template, and what a newer version installed', async () => {
      const { rest, index } = place
      const mine = older(findingsTemplate(index)) as { priority: number; template: { settings: object } }
      mine.priority = 777
      mine.template.settings = { 'index.number_of_shards': 3, 'index.refresh_interval': '30s' }
      await rest.ask('PUT', `/_index_template/${index}`, mine)
      await place.apply()
      const { body } = await rest.ask('GET', `/_index_template/${index}`)
      expect(body).toHaveProperty('index_templates[0].index_template.priority', 777)
      expect(body).toHaveProperty(
        'index_templates[0].index_template.template.settings.index',
        expect.objectContaining({
          number_of_shards: '3',
          refresh_interval: '30s',
          codec: 'best_compression',
        }),
      )

      const mark = { managed_by: 'posture-stream', version: TEMPLATE_VERSION + 1 }
      const newer = {
        ...findingsTemplate(index),
        _meta: mark,
        template: { mappings: { dynamic: 'false', _meta: mark } },
      }
      await rest.ask('PUT', `/_index_template/${index}`, newer)
      await rest.ask('PUT', `/${index}/_mapping`, { _meta: mark })
      const before = await everything(place)
      expect(states(await place.apply())).toEqual(['template: newer', 'index: newer'])
      expect(await everything(place)).toEqual(before)
    })
  })

  describe('is refused, with what to do about it', () => {
    test('an index under the name of the alias', async () => {
      const { rest, index } = place
      await rest.ask('PUT', `/${index}/_doc/1`, { made: 'by accident' })
      const [, refused] = await place.apply()
      expect(refused).toMatchObject({ state: 'refused', sentence: expect.stringContaining(`DELETE /${index}`) })
      expect(await rest.behind(index)).toEqual([])
    })

    test('an alias for several indices, and an index that lost its alias', async () => {
      const { rest, index } = place
      await place.apply()
      await rest.ask('PUT', `/${index}-000002`, { aliases: { [index]: {} } })
      expect((await place.plan())[1]).toMatchObject({
        state: 'refused',
        sentence: expect.stringContaining('several indices'),
      })
      await rest.ask('POST', '/_aliases', { actions: [{ remove: { index: `${index}-*`, alias: index } }] })
      expect((await place.plan())[1]).toMatchObject({
        state: 'refused',
        sentence: expect.stringContaining('without the alias'),
      })
    })

    test('a template of somebody else with the same name, priority or a higher one; no index is made from it', async () => {
      const { rest, index } = place
      const other = { index_patterns: [`${index}*`], priority: 500 }
      for (const [name, priority, said] of [
        [index, 1, 'is not ours'],
        [`other-${index}`, 500, 'same priority'],
        [`other-${index}`, 900, `comes before ours for ${index}-000001`],
      ] as const) {
        await rest.ask('PUT', `/_index_template/${name}`, { ...other, priority })
        const [refused] = await place.apply()
        expect(refused).toMatchObject({ kind: 'template', state: 'refused', sentence: expect.stringContaining(said) })
        expect(await rest.behind(index)).toEqual([])
        await rest.ask('DELETE', `/_index_template/${name}`)
      }
    })

    test('a history whose name an index has, or whose time field is another', async () => {
      const { rest, dataStream, history } = place
      await rest.ask('PUT', `/${dataStream}`)
      expect((await place.plan({ history })).at(-1)).toMatchObject({ state: 'refused' })
      await rest.ask('DELETE', `/${dataStream}`)
      await rest.ask('PUT', `/_index_template/${dataStream}`, {
        index_patterns: [dataStream],
        data_stream: {},
        priority: 501,
      })
      await rest.ask('PUT', `/_data_stream/${dataStream}`)
      expect((await place.plan({ history })).at(-1)).toMatchObject({
        state: 'refused',
        sentence: expect.stringContaining('@timestamp'),
      })
    })
  })

  describe('where there is Index State Management', () => {
    test('rollover and retention are set, changed with the settings, and otherwise left alone', async () => {
      const ism = withIsm(place.ask())
      const { history, dataStream } = place
      const options = { history, ask: ism.ask }
      expect((await place.plan(options))[3]).toMatchObject({ kind: 'policy', state: 'missing' })
      await place.apply(options)
      expect((await place.plan(options)).map(({ state }) => state)).toEqual(Array(5).fill('as-wanted'))
      expect(ism.policy(dataStream)).toMatchObject({
        ism_template: [{ index_patterns: [dataStream] }],
        states: [
          { actions: [{ rollover: { min_size: '25gb', min_index_age: '30d' } }] },
          { actions: [{ delete: {} }] },
        ],
      })

      const longer = { ...options, history: { ...history, retentionDays: 700 } }
      expect((await place.plan(longer))[3]).toMatchObject({
        state: 'differs',
        sentence: expect.stringContaining('700 days'),
      })
      await place.apply(longer)
      expect(ism.calls.at(-1)).toBe(`POST /_plugins/_ism/change_policy/${dataStream}`)
      expect((await place.plan(longer)).map(({ state }) => state)).toEqual(Array(5).fill('as-wanted'))
    })

    test('a policy of somebody else stays', async () => {
      const ism = withIsm(place.ask())
      const { history, dataStream } = place
      await ism.ask('PUT', `/_plugins/_ism/policies/${dataStream}`, { policy: { description: 'mine' } })
      const found = await place.apply({ history, ask: ism.ask })
      expect(found[3]).toMatchObject({ kind: 'policy', state: 'refused' })
      expect(ism.policy(dataStream)).toEqual({ description: 'mine' })
    })
  })

  test('2,000 findings with 50 free-form keys each, of clashing types and one of 100 KB: none is refused, no field is added', async () => {
    const { rest, index, dataStream, history } = place
    await place.apply({ history })
    const fieldsBefore = await rest.fields(index)
    const findings: Finding[] = awkwardFindings(2000)
    for (let at = 0; at < findings.length; at += 200) {
      const batch = findings.slice(at, at + 200)
      expect(await rest.index(index, batch)).toEqual([])
      expect(await rest.append(dataStream, batch)).toEqual([])
    }
    await rest.ask('POST', `/${index},${dataStream}/_refresh`)
    expect(await rest.count(index, '*')).toBe(2000)
    expect(await rest.count(dataStream, '*')).toBe(2000)
    expect(await rest.fields(index)).toEqual(fieldsBefore)
    expect(await rest.fields(dataStream)).toEqual(fieldsBefore)
    // Nothing is added to a document and nothing taken away.
    const { id, event } = findings[1234]!
    expect(await rest.source(index, id)).toEqual(event)
  })
})
