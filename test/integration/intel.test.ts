import { describe, expect, test, vi } from 'vitest'
import type { Enricher } from '../../enrichment/enricher.ts'
import type { FindingObserved, Intel } from '../../schemas/generated/posture-event.ts'
import { eventHeaders, readFindingHeaders } from '../../schemas/records.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { topics } from '../../stream/topics.ts'
import { epssList, intelPriority, intelRead, intelRecords, kevList, sampleIntel } from '../sample-intel.ts'
import { statement } from '../sample-statement.ts'
import { ScratchEnrichment } from '../scratch-enrichment.ts'
import { ScratchEnrichmentStage } from '../scratch-enrichment-stage.ts'
import { ScratchStages } from '../scratch-stages.ts'

const START = Date.UTC(2026, 10, 25, 12)
const XZ = 'CVE-2024-3094'
const OTHER = 'CVE-2023-4863'
/** They lie on different partitions of two. */
const ACCOUNTS = ['123456789012', '111122223333'] as const
const schemas = new SchemaRegistry()

function open(...lists: readonly (readonly Intel[])[]): Promise<ScratchEnrichmentStage> {
  return ScratchEnrichmentStage.open({
    enrichers: (intelligence) => [intelPriority(intelligence)],
    intel: lists.flat(),
  })
}

/** By resource, every revision that ever came out: its number, priority and cause. */
async function revisions(bench: ScratchEnrichmentStage): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  for (const { headers, value } of await bench.records(topics.findings.name)) {
    const { revision, priority, cause } = readFindingHeaders(headers)
    const { resources } = JSON.parse(Buffer.from(value!).toString()) as { resources: [{ uid: string }] }
    const [{ uid }] = resources
    found.set(uid, [...(found.get(uid) ?? []), `${revision} ${priority} ${cause}`])
  }
  return new Map([...found].toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

/** What became of findings, each different course once. */
async function histories(bench: ScratchEnrichmentStage): Promise<string[]> {
  return [...new Set([...(await revisions(bench)).values()].map((each) => each.join(', ')))]
}

async function countEmitted({ stream }: ScratchEnrichmentStage): Promise<number> {
  const ends = await stream.ends(topics.findings.name)
  return [...ends.values()].reduce((sum, end) => sum + Number(end), 0)
}

const numbered = (count: number): FindingObserved[] =>
  Array.from({ length: count }, (_, index) => statement(`r-${index}`, { cves: [XZ] }))

describe.each(['embedded', 'kafka'] as const)('on a stream of type %s', (type) => {
  test('intelligence before and after its findings gives them the same priority, on every partition', async (context) => {
    const stages = await ScratchStages.start(type, context, { enricher: intelPriority })
    const observe = (...lists: readonly Intel[][]) =>
      stages.stream.publish(topics.global.name, intelRecords(lists.flat()))
    const latest = () =>
      Object.fromEntries(
        stages.delivered.map(({ event, revision, priority, cause }) => {
          const [{ uid }] = event['resources'] as [{ uid: string }]
          return [uid, `${revision} ${priority} ${cause}`]
        }),
      )
    await observe(kevList([OTHER]))
    await stages.settled()
    const findings = ACCOUNTS.flatMap((account, index) => [
      statement(`after-${index}`, { account, cves: [XZ] }),
      statement(`before-${index}`, { account, cves: [OTHER] }),
      statement(`none-${index}`, { account }),
    ])
    await stages.collect(findings)
    await stages.settled()
    await observe(kevList([OTHER, XZ]))
    await stages.settled()
    expect(new Set((await stages.records('findings')).map(({ partition }) => partition)).size).toBe(2)
    expect(latest()).toEqual({
      'after-0': '2 P1 context',
      'after-1': '2 P1 context',
      'before-0': '1 P1 observed',
      'before-1': '1 P1 observed',
      'none-0': '1 P3 observed',
      'none-1': '1 P3 observed',
    })
    expect(stages.delivered.length).toBe(8)
    expect(await stages.records('deadLetters')).toEqual([])
  })
})

test('scores that move and cross no threshold bring nothing; a page that a snapshot drops brings its findings', async () => {
  const bench = await open(epssList({ [XZ]: 0.5, [OTHER]: 0.01 }), kevList([]))
  await bench.publish(statement('a', { cves: [XZ] }), statement('b', { cves: [OTHER] }))
  await bench.settled()
  await bench.observe(...epssList({ [XZ]: 0.4, [OTHER]: 0.02 }))
  await bench.settled()
  expect(await countEmitted(bench)).toBe(2)
  await bench.observe(...epssList({ [OTHER]: 0.02 }).slice(-1))
  await bench.settled()
  expect(Object.fromEntries(await revisions(bench))).toEqual({
    a: ['1 P2 observed', '2 P3 context'],
    b: ['1 P3 observed'],
  })
  const inForce = bench.said.filter(({ message }) => message === 'A list about CVEs is in force.')
  expect(inForce.map(({ fields }) => [fields['list'], fields['cves']])).toEqual([
    ['epss', 2],
    ['kev', 0],
    ['epss', 2],
    ['epss', 1],
  ])
})

test.each([false, true])('what came while nobody ran is made up for (local store lost: %s)', async (lost) => {
  const bench = await open(epssList({}), kevList([OTHER]))
  await bench.publish(...ACCOUNTS.map((account, index) => statement(`a-${index}`, { account, cves: [XZ] })))
  await bench.publish(statement('b', { cves: [OTHER] }), statement('c'))
  await bench.settled()
  await bench.stop()
  await bench.start({ lost })
  await bench.settled()
  expect(await countEmitted(bench)).toBe(4)
  await bench.stop()
  await bench.observe(...kevList([XZ]))
  await bench.start({ lost })
  await bench.settled()
  expect(Object.fromEntries(await revisions(bench))).toEqual({
    'a-0': ['1 P3 observed', '2 P1 context'],
    'a-1': ['1 P3 observed', '2 P1 context'],
    b: ['1 P1 observed', '2 P3 context'],
    c: ['1 P3 observed'],
  })
})

test('stopped in the middle, and gone on with elsewhere, every finding comes out once', async () => {
  const bench = await open(epssList({}), kevList([]))
  await bench.publish(...numbered(2500))
  await bench.settled()
  await bench.stop()
  await bench.start({ tickMs: 200 })
  await bench.observe(...kevList([XZ]))
  await vi.waitFor(async () => expect(await countEmitted(bench)).toBeGreaterThan(2500), {
    timeout: 20_000,
    interval: 5,
  })
  await bench.stop()
  const inBetween = await countEmitted(bench)
  expect(inBetween).toBeLessThan(5000)
  await bench.start({ lost: true })
  await bench.settled()
  console.log(`stopped after ${inBetween - 2500} of 2500`)
  expect(await countEmitted(bench)).toBe(5000)
  expect((await revisions(bench)).size).toBe(2500)
  expect(await histories(bench)).toEqual(['1 P3 observed, 2 P1 context'])
})

test('a batch that fails in the middle leaves nothing behind and is done again', async () => {
  const bench = await open(epssList({}), kevList([]))
  await bench.publish(...numbered(700))
  await bench.settled()
  await bench.stop()
  let left = 600
  const failing = (enricher: Enricher): Enricher => ({
    ...enricher,
    enrich: (...args) => {
      if (--left === 0) throw Object.assign(new Error('the disk is full'), { code: 'ERR_SQLITE_ERROR' })
      return enricher.enrich(...args)
    },
  })
  await bench.start({ enrichers: (intelligence) => [failing(intelPriority(intelligence))] })
  await bench.observe(...kevList([XZ]))
  await bench.settled()
  expect(left).toBeLessThan(0)
  expect((await revisions(bench)).size).toBe(700)
  expect(await histories(bench)).toEqual(['1 P3 observed, 2 P1 context'])
})

test('a record of a newer version on posture.global stops the stage, which says so, and lets it start no more', async () => {
  const bench = await open(epssList({}), kevList([]))
  await bench.publish(statement('a', { cves: [XZ] }))
  await bench.settled()
  const [record] = intelRecords(kevList([XZ]))
  const newer = { ...record!, headers: { ...record!.headers, schema: 'posture-event/99' } }
  await bench.stream.publish(topics.global.name, [newer])
  await vi.waitFor(() => expect(() => bench.intelligence.requireReadable()).toThrow('posture-event/99'))
  await bench.publish(statement('b', { cves: [XZ] }))
  await vi.waitFor(() =>
    expect(bench.said.filter(({ level }) => level === 'error').map(({ fields }) => fields['code'])).toContain(
      'SCHEMA_NEWER',
    ),
  )
  expect(await bench.running.pending()).toBe(true)
  expect([...(await revisions(bench)).keys()]).toEqual(['a'])
  await bench.stop()
  await expect(bench.start()).rejects.toMatchObject({ code: 'SCHEMA_NEWER' })
})

test('a record on posture.global that is not valid is told once, and what is no intelligence not at all', async () => {
  const bench = await open()
  const decision = { ...eventHeaders(statement('a')), ce_type: 'posture.verdict.recorded' }
  const wide = {
    type: 'verdict.recorded',
    id: 'v-1',
    time: START,
    tenant: 'acme',
    scope: { control: 'c' },
    decision: { action: 'mute', by: 'ann' },
  } as const
  await bench.stream.publish(topics.global.name, [
    { key: 'v-1', value: schemas.encode('posture-event', wide), headers: decision },
    { key: 'k', value: Buffer.from('{'), headers: decision },
  ])
  await bench.observe(...kevList([XZ]))
  await bench.publish(statement('a', { cves: [XZ] }))
  await bench.settled()
  const warnings = bench.said.filter(({ level }) => level === 'warn' || level === 'error')
  expect(warnings.map(({ fields }) => fields['offset'])).toEqual(['1'])
  expect(bench.metrics.total('posture_intel_records_skipped_total')).toBe(1)
  expect((await revisions(bench)).get('a')?.at(-1)).toContain(' P1 ')
})

test('the real priority follows the lists, and is silent about a score that crosses nothing', async () => {
  const intelligence = sampleIntel()
  const observe = (...lists: readonly Intel[][]) =>
    intelligence.take(intelRead(intelRecords(lists.flat()), intelligence.next))
  observe(epssList({ [XZ]: 0.01, [OTHER]: 0.01 }), kevList([]))
  intelligence.complete(0n)
  const enrichment = new ScratchEnrichment(START, { intelligence })
  enrichment.tick()
  const [before] = await enrichment.take(statement('a', { cves: [XZ] }), statement('b', { cves: [OTHER] }))
  observe(epssList({ [XZ]: 0.02, [OTHER]: 0.015 }))
  expect(enrichment.tick()).toEqual({ findings: [], settled: true })
  observe(kevList([XZ]))
  const { findings, settled } = enrichment.tick()
  expect(settled).toBe(true)
  expect(findings.map(({ key, cause, revision }) => [key, cause, revision])).toEqual([[before!.key, 'context', 2]])
  expect(findings[0]!.priority < before!.priority).toBe(true)
  observe(kevList([]))
  expect(enrichment.tick().findings.map(({ key, priority }) => [key, priority])).toEqual([
    [before!.key, before!.priority],
  ])
})

test('5,000 findings about one CVE come out in bounded steps, each once', async () => {
  const intelligence = sampleIntel()
  intelligence.take(intelRead(intelRecords([...epssList({}), ...kevList([])]), 0n))
  intelligence.complete(0n)
  const enrichment = new ScratchEnrichment(START, { intelligence, enrichers: [intelPriority(intelligence)] })
  enrichment.tick()
  for (let from = 0; from < 5000; from += 1000) await enrichment.take(...numbered(from + 1000).slice(from))
  intelligence.take(intelRead(intelRecords(kevList([XZ])), intelligence.next))
  const steps: number[] = []
  const keys = new Set<string>()
  const started = performance.now()
  for (let settled = false; !settled;) {
    const step = enrichment.tick()
    steps.push(step.findings.length)
    for (const { key } of step.findings) keys.add(key)
    settled = step.settled
  }
  const took = Math.round(performance.now() - started)
  console.log(`findings per tick: ${steps.join(' ')}; ${took} ms in all`)
  expect(Math.max(...steps)).toBe(500)
  expect([keys.size, steps.reduce((sum, step) => sum + step, 0)]).toEqual([5000, 5000])
})

test('300,000 CVEs are held in less than 8 MB', () => {
  const scores: Record<string, number> = {}
  for (let index = 0; index < 300_000; index++)
    scores[`CVE-${2000 + (index % 27)}-${1000 + Math.floor(index / 27)}`] = index / 300_000
  const records = intelRead(intelRecords(epssList(scores)), 0n)
  const intelligence = sampleIntel()
  // The lists lie in typed arrays: what else the heap holds meanwhile does not blur the count.
  const before = process.memoryUsage().arrayBuffers
  const started = performance.now()
  intelligence.take(records)
  intelligence.complete(0n)
  const took = Math.round(performance.now() - started)
  const bytes = process.memoryUsage().arrayBuffers - before
  console.log(`${records.length} records, 300,000 CVEs: ${(bytes / 1e6).toFixed(1)} MB, read in ${took} ms`)
  expect(intelligence.epss?.count).toBe(300_000)
  expect(intelligence.epssOf('CVE-2026-5000')).toBeDefined()
  expect(bytes).toBeLessThan(8e6)
})
