import { expect, onTestFinished, test } from 'vitest'
import type { Intel } from '../schemas/generated/posture-event.ts'
import type { FindingState } from '../schemas/generated/state.ts'
import type { PostureFinding } from '../sinks/sink.ts'
import { epssList, intelPriority, intelRead, intelRecords, kevList, sampleIntel } from '../test/sample-intel.ts'
import { statement } from '../test/sample-statement.ts'
import { ScratchEnrichment } from '../test/scratch-enrichment.ts'
import { intelPosition, markChangedCves } from './reprioritise.ts'
import { stateKey } from './state/keys.ts'
import { LocalStore } from './state/local-store.ts'
import { Overlay } from './state/overlay.ts'

const START = Date.UTC(2026, 10, 25, 12)
const XZ = 'CVE-2024-3094'
const OTHER = 'CVE-2023-4863'

/** One partition whose priorities go by intelligence that the test observes. */
class Bench {
  readonly intelligence = sampleIntel()
  readonly enrichment = new ScratchEnrichment(START, {
    intelligence: this.intelligence,
    enrichers: [intelPriority(this.intelligence)],
  })

  constructor(...lists: readonly (readonly Intel[])[]) {
    this.observe(...lists)
    this.intelligence.complete(0n)
    this.enrichment.tick()
  }

  observe(...lists: readonly (readonly Intel[])[]): void {
    this.intelligence.take(intelRead(intelRecords(lists.flat()), this.intelligence.next))
  }

  /** What each tick brings until nothing is left to do. */
  drain(): PostureFinding[][] {
    const steps: PostureFinding[][] = []
    for (let settled = false; !settled;) {
      const step = this.enrichment.tick()
      steps.push(step.findings)
      settled = step.settled
    }
    return steps
  }

  changes(): string[] {
    return this.drain()
      .flat()
      .map(({ event, priority, cause, revision }) => {
        const [{ uid }] = event['resources'] as [{ uid: string }]
        return `${uid} ${revision} ${priority} ${cause}`
      })
      .toSorted()
  }
}

test('exactly the findings about a CVE come out again when it enters the catalogue, and when it leaves it', async () => {
  const bench = new Bench(epssList({ [XZ]: 0.01, [OTHER]: 0.01 }), kevList([]))
  await bench.enrichment.take(
    statement('a', { cves: [XZ] }),
    statement('b', { cves: [OTHER] }),
    statement('c', { cves: ['GHSA-1', OTHER, 'cve-2024-3094'] }),
    statement('d'),
  )
  expect(bench.changes()).toEqual([])
  bench.observe(kevList([XZ]))
  expect(bench.changes()).toEqual(['a 2 P1 context', 'c 2 P1 context'])
  bench.observe(epssList({ [XZ]: 0.02, [OTHER]: 0.03 }))
  expect(bench.changes()).toEqual([])
  bench.observe(epssList({ [XZ]: 0.02, [OTHER]: 0.3 }))
  expect(bench.changes()).toEqual(['b 2 P2 context'])
  bench.observe(kevList([]))
  expect(bench.changes()).toEqual(['a 3 P3 context', 'c 3 P2 context'])
})

test('all kinds of work together are as bounded as one', async () => {
  const bench = new Bench(kevList([]), epssList({ [XZ]: 0.01 }))
  const [both, own] = [Array.from({ length: 300 }, (_, i) => `b-${i}`), Array.from({ length: 300 }, (_, i) => `o-${i}`)]
  await bench.enrichment.take(...both.map((uid) => statement(uid, { cves: [XZ, OTHER] })))
  await bench.enrichment.take(...own.map((uid) => statement(uid, { cves: [OTHER] })))
  bench.enrichment.changeRules('other')
  bench.observe(kevList([XZ, OTHER]))
  const steps = bench.drain()
  expect(Math.max(...steps.map(({ length }) => length))).toBeLessThanOrEqual(500)
  expect(steps.flat().map(({ revision }) => revision)).toEqual(Array(600).fill(2))
})

test('a CVE that changes back while its findings come out leaves them as they are now', async () => {
  const bench = new Bench(epssList({}), kevList([]))
  await bench.enrichment.take(...Array.from({ length: 550 }, (_, i) => statement(`r-${i}`, { cves: [XZ] })))
  bench.observe(kevList([XZ]))
  expect(bench.enrichment.tick().findings.length).toBe(500)
  bench.observe(kevList([]))
  const back = bench.drain().flat()
  expect(back.length).toBe(500)
  expect(new Set(back.map(({ priority }) => priority))).toEqual(new Set(['P3']))
})

test('more changed CVEs than are looked up one by one, and a first list, still change only what they concern', async () => {
  const many = Array.from({ length: 600 }, (_, index) => `CVE-2022-${1000 + index}`)
  const bench = new Bench()
  await bench.enrichment.take(statement('a', { cves: [XZ] }), statement('b', { cves: [OTHER] }))
  bench.observe(kevList([OTHER]))
  expect(bench.changes()).toEqual(['b 2 P1 context'])
  bench.observe(kevList([OTHER, XZ, ...many]))
  expect(bench.changes()).toEqual(['a 2 P1 context'])
})

test('a closed finding does not come out for a CVE or for other rules, nor when its source confirms that it is closed', async () => {
  const bench = new Bench(epssList({}), kevList([]))
  const day = 24 * 3600 * 1000
  const resolved = (at: number) => statement('a', { cves: [XZ], verdict: 'pass', at: START + at })
  await bench.enrichment.take(statement('a', { cves: [XZ] }), resolved(day))
  bench.observe(kevList([XZ]))
  bench.enrichment.changeRules('other')
  expect(bench.changes()).toEqual([])
  expect(await bench.enrichment.take(resolved(2 * day))).toEqual([])
  const [relapse] = await bench.enrichment.take(statement('a', { cves: [XZ], at: START + 3 * day }))
  expect(relapse).toMatchObject({ state: 'open', priority: 'P1', revision: 3 })
})

test('a closed finding whose meaning follows the rules is noted in silence', async () => {
  const control = { product: 'prowler', control: 'bucket-public' }
  const bench = new Bench()
  await bench.enrichment.take(statement('a'), statement('a', { verdict: 'pass', at: START + 1 }), statement('b'))
  bench.enrichment.configure({ correlation: { 'bucket-public': [control] } })
  expect(bench.changes()).toEqual(['b 2 P3 context'])
  expect(await bench.enrichment.take(statement('a', { verdict: 'pass', at: START + 2 }))).toEqual([])
})

test('findings that were prioritised by more, or by another topic, than was read here are all looked at again', () => {
  const store = LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined })
  onTestFinished(() => store.close())
  const description = { vulnerabilities: [{ uid: XZ }] }
  const finding = { type: 'finding', state: 'open', tenant: 'acme', identity: { resource: 'r' }, description }
  const state = store.partition(0)
  const position = stateKey.position('posture.global')
  state.apply(
    [
      ['finding/a', finding as unknown as FindingState],
      [position, { type: 'position', next: '10' }],
    ],
    2n,
    0,
  )
  const overlay = new Overlay(state)
  markChangedCves(overlay, { next: 3n, changedSince: () => [] })
  expect([...overlay.changes.keys()].toSorted()).toEqual([stateKey.dirtyCves, position])
  expect(intelPosition(overlay)).toBe(3n)
})

test('a partition without findings about CVEs moves its position and marks nothing', () => {
  const store = LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined })
  onTestFinished(() => store.close())
  const overlay = new Overlay(store.partition(0))
  markChangedCves(overlay, { next: 3n, changedSince: () => 'everything' })
  markChangedCves(overlay, { next: 7n, changedSince: () => [XZ] })
  expect([...overlay.changes]).toEqual([['position/posture.global', { type: 'position', next: '7' }]])
})
