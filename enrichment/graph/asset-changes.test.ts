import { describe, expect, onTestFinished, test } from 'vitest'
import type { AssetDocument } from '../../schemas/generated/asset-document.ts'
import type { AssetDeleted, AssetObserved, PostureEvent } from '../../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { statement } from '../../test/sample-statement.ts'
import { ScratchEnrichment } from '../../test/scratch-enrichment.ts'
import { BatchWork } from '../batch-work.ts'
import type { ContextGraph } from '../context-graph.ts'
import type { Enricher, FindingContext } from '../enricher.ts'
import { assetPrefix, stateKey } from '../state/keys.ts'
import { LocalStore } from '../state/local-store.ts'
import { assetRecord } from './sample-graph.ts'

const START = Date.UTC(2026, 10, 25, 12)
const ACCOUNT = '123456789012'
const REGION = 'eu-west-1'
const arn = (name: string, account = ACCOUNT): string => `arn:aws:ec2:${REGION}:${account}:${name}`
const [GROUP, NIC, OTHER] = [arn('security-group/sg-1'), arn('network-interface/eni-1'), arn('network-interface/eni-2')]

/** The owner of an interface is named by what the graph tells, and remembers, of its groups: so the finding says it. */
const groupsOfInterface: Enricher = {
  name: 'groups-of-interface',
  version: 1,
  consumes: [],
  apply: () => [],
  enrich: ({ tenant, resources: [{ uid }] }, { graph }) => graph.remember(uid, () => groupsOf(graph, tenant, uid)),
}

function groupsOf(graph: ContextGraph, tenant: string, uid: string): FindingContext {
  const { groups = [] } = graph.asset(tenant, uid, 'AWS::EC2::NetworkInterface')?.document ?? {}
  const named = groups.map((group) => graph.asset(tenant, group, 'AWS::EC2::SecurityGroup')?.document.name ?? '?')
  const whole = graph.covers(tenant, 'AWS::EC2::SecurityGroup', ACCOUNT, REGION)
  return { owner: { name: `${named.join('+')}${whole ? '!' : ''}`, source: 'test' } }
}

let time = START
const assetOf = (uid: string, account: string) =>
  ({ uid, provider: 'aws', account, region: REGION, version: { time: ++time } }) as const
const about = (uid: string) => ({ id: `${uid} ${time}`, time, tenant: 'acme', collector: 'inventory' })

function observed(uid: string, document: AssetDocument, account = ACCOUNT): AssetObserved {
  const asset = { ...assetOf(uid, account), type: document.type }
  return { type: 'asset.observed', ...about(uid), asset, document: { ...document } }
}

function deleted(uid: string): AssetDeleted {
  return { type: 'asset.deleted', ...about(uid), asset: assetOf(uid, ACCOUNT) }
}

const group = (name: string, more: object = {}) => observed(GROUP, { type: 'AWS::EC2::SecurityGroup', name, ...more })
const nic = (uid: string, groups: string[]) => observed(uid, { type: 'AWS::EC2::NetworkInterface', groups })

/** What each event, or the clock until nothing is left, brings: resource, revision and owner. */
class Bench {
  readonly enrichment = new ScratchEnrichment(START, { enrichers: [groupsOfInterface] })

  async take(...events: readonly PostureEvent[]): Promise<string[]> {
    return this.#lines(await this.enrichment.take(...events))
  }

  drain(): string[] {
    const lines: string[] = []
    for (let settled = false; !settled;) {
      const step = this.enrichment.tick()
      lines.push(...this.#lines(step.findings))
      settled = step.settled
    }
    return lines.toSorted()
  }

  #lines(findings: Awaited<ReturnType<ScratchEnrichment['take']>>): string[] {
    return findings.map(({ event, revision }) => {
      const [{ uid, owner }] = event['resources'] as [{ uid: string; owner?: { name: string } }]
      return `${uid.slice(uid.lastIndexOf('/') + 1)} ${revision} ${owner?.name}`
    })
  }
}

describe('a finding', () => {
  test('comes out again when an asset that its resource depends on changes, and only then', async () => {
    const bench = new Bench()
    await bench.take(nic(NIC, [GROUP]), nic(OTHER, []), statement(NIC), statement(OTHER), statement('bucket'))
    expect(bench.drain()).toEqual([])
    await bench.take(group('web'))
    expect(bench.drain()).toEqual(['eni-1 2 web'])
    await bench.take(nic(OTHER, [GROUP]))
    expect(bench.drain()).toEqual(['eni-2 2 web'])
    await bench.take(deleted(GROUP))
    expect(bench.drain()).toEqual(['eni-1 3 ?', 'eni-2 3 ?'])
    await bench.take(group('again'))
    expect(bench.drain()).toEqual(['eni-1 4 again', 'eni-2 4 again'])
  })

  test('sees the assets that the same batch brought', async () => {
    const bench = new Bench()
    expect(await bench.take(group('web'), nic(NIC, [GROUP]), statement(NIC))).toEqual(['eni-1 1 web'])
    expect(bench.drain()).toEqual([])
  })

  test('is looked at again when it came before its asset in the same batch', async () => {
    const bench = new Bench()
    expect(await bench.take(statement(NIC), group('web'), nic(NIC, [GROUP]))).toEqual(['eni-1 1 undefined'])
    expect(bench.drain()).toEqual(['eni-1 2 web'])
  })

  test('is not looked at again for what people write beside an asset', async () => {
    const bench = new Bench()
    await bench.take(group('web'), nic(NIC, [GROUP]), statement(NIC))
    bench.drain()
    await bench.take(group('web', { tags: [{ name: 'team', value: 'a' }] }))
    expect(bench.enrichment.tick().settled).toBe(true)
    expect(bench.drain()).toEqual([])
  })

  test('comes out again when a complete scan proves that what is not known is not there', async () => {
    const bench = new Bench()
    await bench.take(nic(NIC, []), statement(NIC), statement('bucket'))
    bench.drain()
    const scan = { uid: 'scan-1', time: START }
    const scope = { provider: 'aws', account: ACCOUNT, regions: [REGION], types: ['AWS::EC2::SecurityGroup'] }
    const source = { product: 'aws-inventory', format: 'aws-api' }
    await bench.take({
      type: 'scan.completed',
      ...about('scan'),
      source,
      scan,
      scope,
      outcome: 'complete',
      findings: 0,
      assets: 0,
    })
    expect(bench.drain()).toEqual(['eni-1 2 !'])
  })
})

describe('a hub', () => {
  const members = Array.from({ length: 6000 }, (_, index) => arn(`network-interface/eni-${index}`))

  test('has the findings of its whole account looked at again in bounded steps, and once more where it changes meanwhile', async () => {
    const bench = new Bench()
    await bench.take(group('web'), ...members.map((uid) => nic(uid, [GROUP])))
    const found = [...members.slice(0, 10), ...members.slice(-510)]
    await bench.take(...found.map((uid) => statement(uid)))
    bench.drain()
    await bench.take(group('hub'))
    const first = bench.enrichment.tick()
    expect(first.findings.length).toBeGreaterThan(0)
    expect(first.findings.length).toBeLessThanOrEqual(500)
    expect(first.settled).toBe(false)
    await bench.take(group('again'))
    const lines = bench.drain()
    expect(lines.filter((line) => line.endsWith('again')).length).toBe(520)
    expect(lines.length).toBeLessThanOrEqual(520 + 520 - first.findings.length)
  }, 60_000)
})

describe('the graph', () => {
  const schemas = new SchemaRegistry()
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  const periods = { refreshMs: 1e9, forgetMs: 1e9, memoryMs: 1e9 }
  const workshop = { schemas, enrichers: [], periods, ruleset: 'r', log: quiet, clock: () => START }
  const key = stateKey.asset('acme', NIC)
  const letter = { key: 'k', value: new Uint8Array(), headers: {} }
  const nicWith = (...groups: string[]) =>
    assetRecord({ uid: NIC, document: { type: 'AWS::EC2::NetworkInterface', groups } })

  function open() {
    const store = LocalStore.open({ path: ':memory:', version: '1', dueAt: () => undefined })
    onTestFinished(() => store.close())
    store.partition(0).apply([[key, nicWith('a')]], 1n, START)
    return store
  }
  const inGroup = ({ graph }: ReturnType<LocalStore['partition']>) =>
    graph.remember('groups', () => ['a', 'b'].filter((name) => graph.referring('acme', name, 'groups').length > 0))

  test('remembers what was derived from it until it changes', () => {
    const state = open().partition(0)
    let derived = 0
    const derive = () => state.graph.remember('count', () => ++derived)
    expect([derive(), derive()]).toEqual([1, 1])
    state.apply([[key, nicWith('b')]], 2n, START)
    expect([derive(), derive()]).toEqual([2, 2])
  })

  test('is as it was before a step that failed', () => {
    const state = open().partition(0)
    const work = new BatchWork(state, workshop)
    const done = work.attempt(letter, 'origin', (store) => {
      store.put(key, nicWith('b'))
      work.follow(store)
      expect(store.graph.referring('acme', 'b', 'groups').map(({ document }) => document)).toMatchObject([
        { groups: ['b'] },
      ])
      throw new Error('later')
    })
    expect(done).toBe(false)
    expect(work.store.graph.referring('acme', 'b', 'groups')).toEqual([])
    expect(work.store.graph.referring('acme', 'a', 'groups').length).toBe(1)
  })

  test('is as it was before a batch that came to nothing, once the partition is taken over anew', () => {
    const store = open()
    const work = new BatchWork(store.partition(0), workshop)
    work.attempt(letter, 'origin', (step) => (step.put(key, nicWith('b')), work.follow(step), []))
    expect(work.store.graph.referring('acme', 'b', 'groups').length).toBe(1)
    const anew = store.partition(0)
    anew.assets.revert(anew)
    expect(inGroup(anew)).toEqual(['a'])
  })

  test('follows what is read from the stream, and is empty once the state is discarded', () => {
    const state = open().partition(0)
    state.apply([[key, nicWith('a', 'b')]], 2n, START)
    expect(inGroup(state)).toEqual(['a', 'b'])
    state.apply([[key, null]], 3n, START)
    expect(inGroup(state)).toEqual([])
    state.apply([[key, nicWith('a')]], 4n, START)
    state.clear()
    expect(inGroup(state)).toEqual([])
  })

  test('is built from what the store holds', async () => {
    const store = open()
    const state = store.partition(0)
    const many = Array.from({ length: 1200 }, (_, index) => arn(`network-interface/eni-${index}`))
    const document = { type: 'AWS::EC2::NetworkInterface', groups: ['a'] } satisfies AssetDocument
    state.apply(
      many.map((uid) => [stateKey.asset('acme', uid), assetRecord({ uid, document })]),
      2n,
      START,
    )
    state.assets.unload()
    expect(state.assets.isLoaded).toBe(false)
    await state.assets.load(() => state.records(assetPrefix), new AbortController().signal)
    expect(state.assets.graph.size).toEqual({ assets: 1200, edges: 1200 })
    expect(state.graph.referring('acme', 'a', 'groups').length).toBe(1200)
  })
})
