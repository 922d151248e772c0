import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AssetState } from '../../schemas/generated/state.ts'
import type { ContextGraph, Relation } from '../context-graph.ts'
import { stateKey } from '../state/keys.ts'
import { ANY_UIDS, anyAsset } from './sample-worlds.ts'
import { AssetGraph } from './asset-graph.ts'
import { KINDS } from './kinds.ts'
import { eachNamed } from './relations.ts'
import { assetRecord, SAMPLE_REGION as REGION, SAMPLE_TENANT, type SampleAsset } from './sample-graph.ts'
import { StoredGraph } from './stored-graph.ts'

const RELATIONS: readonly Relation[] = [...new Set(KINDS.map(({ relation }) => relation))]
const gone = (uid: string): SampleAsset => ({ uid, document: { type: 'AWS::EC2::VPC' } })
const anyStep = fc.oneof(
  { weight: 4, arbitrary: anyAsset.map((asset) => ({ asset, deleted: false })) },
  { weight: 1, arbitrary: fc.constantFrom(...ANY_UIDS).map((uid) => ({ asset: gone(uid), deleted: true })) },
)

/** A graph and the records beside it. */
class World {
  readonly records = new Map<string, AssetState>()
  readonly graph = new AssetGraph()
  readonly view: ContextGraph = new StoredGraph(this.graph, this.records)

  put(asset: SampleAsset, deleted = false): void {
    const { document, ...record } = assetRecord(asset)
    const key = stateKey.asset(record.tenant, asset.uid)
    this.records.set(key, { ...record, deleted, ...(deleted ? {} : { document: document! }) })
    this.graph.update(key, this.records.get(key))
  }

  rebuilt(): World {
    const world = new World()
    for (const [key, record] of [...this.records].toReversed()) {
      world.records.set(key, record)
      world.graph.update(key, record)
    }
    return world
  }

  /** Who is known, and who names whom, as the graph answers. */
  told(): readonly string[] {
    return ANY_UIDS.flatMap((uid) => [
      ...(this.view.asset(SAMPLE_TENANT, uid) === undefined ? [] : [uid]),
      ...RELATIONS.flatMap((relation) =>
        this.view.referring(SAMPLE_TENANT, uid, relation).map((each) => `${each.uid} ${relation} ${uid}`),
      ),
    ]).toSorted()
  }

  /** The same from the documents alone. */
  meant(): readonly string[] {
    const lines = [...this.records.values()].flatMap(({ asset: { uid, account }, document, deleted }) => {
      if (deleted) return []
      const found = [uid]
      eachNamed(document!, (relation, named) => ANY_UIDS.includes(named) && found.push(`${uid} ${relation} ${named}`), {
        uid,
        account,
        region: REGION,
      })
      return found
    })
    return [...new Set(lines)].toSorted()
  }
}

describe('the graph', () => {
  test('after any history is that of the last documents, and the same as one built anew', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60, size: 'max' }), (steps) => {
        const world = new World()
        for (const { asset, deleted } of steps) world.put(asset, deleted)
        expect(world.told()).toEqual(world.meant())
        const rebuilt = world.rebuilt()
        expect(rebuilt.told()).toEqual(world.told())
        expect(rebuilt.graph.size).toEqual(world.graph.size)
        const accounts = (each: World) => [...each.graph.links.reach('111122223333')].toSorted()
        expect(accounts(rebuilt)).toEqual(accounts(world))
      }),
      { numRuns: 200 },
    )
  })

  test('without assets holds nothing, whatever was in it before', () => {
    fc.assert(
      fc.property(fc.array(anyAsset, { maxLength: 30, size: 'max' }), (assets) => {
        const world = new World()
        for (const asset of assets) world.put(asset)
        for (const { uid } of assets) world.put(gone(uid), true)
        expect(world.graph.size).toEqual({ assets: 0, edges: 0 })
        for (const uid of ANY_UIDS) expect(world.graph.find(stateKey.asset(SAMPLE_TENANT, ''), uid)).toBe(0)
        expect(world.graph.links.reach('111122223333').size).toBe(1)
      }),
      { numRuns: 50 },
    )
  })

  test('keeps tenants apart', () => {
    const world = new World()
    const document = { type: 'AWS::EC2::Subnet', vpc: 'arn:vpc-1' } as const
    world.put({ uid: 'arn:subnet-1', document, tenant: 'one' })
    world.put({ uid: 'arn:subnet-2', document, tenant: 'two' })
    expect(world.view.referring('one', 'arn:vpc-1', 'vpc').map(({ uid }) => uid)).toEqual(['arn:subnet-1'])
    expect(world.view.asset('one', 'arn:subnet-2')).toBeUndefined()
  })

  test('answers only what is of the type that is asked for', () => {
    const world = new World()
    world.put({ uid: 'arn:b', document: { type: 'AWS::EC2::Subnet', vpc: 'arn:vpc-1' } })
    world.put({ uid: 'arn:a', document: { type: 'AWS::EC2::RouteTable', vpc: 'arn:vpc-1' } })
    expect(world.view.asset(SAMPLE_TENANT, 'arn:b', 'AWS::EC2::VPC')).toBeUndefined()
    expect(world.view.asset(SAMPLE_TENANT, 'arn:b', 'AWS::EC2::Subnet')?.document.vpc).toBe('arn:vpc-1')
    const referring = (...type: ['AWS::EC2::Subnet'] | []) =>
      world.view.referring(SAMPLE_TENANT, 'arn:vpc-1', 'vpc', ...type).map(({ uid }) => uid)
    expect(referring()).toEqual(['arn:a', 'arn:b'])
    expect(referring('AWS::EC2::Subnet')).toEqual(['arn:b'])
  })

  test('tells the newest document, also where the edges are the same', () => {
    const world = new World()
    const document = (state: string) => ({ type: 'AWS::EC2::Instance', state, vpc: 'arn:vpc-1' }) as const
    world.put({ uid: 'arn:i', document: document('running') })
    expect(world.view.asset(SAMPLE_TENANT, 'arn:i', 'AWS::EC2::Instance')?.document.state).toBe('running')
    world.put({ uid: 'arn:i', document: document('stopped') })
    expect(world.view.asset(SAMPLE_TENANT, 'arn:i', 'AWS::EC2::Instance')?.document.state).toBe('stopped')
  })

  test('does not know an asset of a type that it does not know, nor one without a document', () => {
    const world = new World()
    world.put({ uid: 'arn:x', document: { type: 'AWS::Odd::Thing' } as never })
    const { document: _, ...bare } = assetRecord({ uid: 'arn:y', document: { type: 'AWS::EC2::VPC' } })
    world.graph.update(stateKey.asset(SAMPLE_TENANT, 'arn:y'), bare)
    expect(world.graph.size.assets).toBe(0)
    expect(world.view.asset(SAMPLE_TENANT, 'arn:x')).toBeUndefined()
  })
})
