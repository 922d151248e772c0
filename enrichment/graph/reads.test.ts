import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AssetState, StateRecord } from '../../schemas/generated/state.ts'
import { exposureOf } from '../exposure/exposure-of.ts'
import { stateKey } from '../state/keys.ts'
import { Overlay } from '../state/overlay.ts'
import { affectedBy } from './affected.ts'
import { ANY_UIDS, anyAsset, anyAssets } from './sample-worlds.ts'
import { AssetChanges } from './asset-changes.ts'
import { KINDS } from './kinds.ts'
import { PartitionGraph } from './graph.ts'
import { ACCOUNT_WIDE } from './reads.ts'
import { recordingGraph, type Look } from './sample-recorder.ts'
import { NAMINGS } from './relations.ts'
import { assetRecord, SAMPLE_TENANT, type SampleAsset } from './sample-graph.ts'
import { StoredGraph } from './stored-graph.ts'

const PREFIX = stateKey.asset(SAMPLE_TENANT, '')
/** Settings are read by whatever lies there; what is no ARN is no asset. */
const isWide = (uid: string): boolean => uid.startsWith('arn:aws:account::') || !uid.startsWith('arn:')

/** A committed state of assets, each of which has a finding by its own uid. */
class World {
  readonly records = new Map<string, StateRecord>()
  readonly assets = new PartitionGraph()

  constructor(assets: readonly SampleAsset[]) {
    for (const asset of assets) this.#put(assetRecord(asset))
  }

  #put(record: AssetState): void {
    this.records.set(`${PREFIX}${record.asset.uid}`, record)
    this.assets.change(`${PREFIX}${record.asset.uid}`, record)
  }

  overlay(): Overlay {
    const { records, assets } = this
    return new Overlay({
      assets,
      get: (key) => records.get(key),
      keys: () => [],
      findingsOf: (_tenant, uid) => [`finding/${uid}`],
      findingsWithCve: () => [],
    })
  }

  /** What every asset's exposure is, but for the versions of what it rests on. */
  exposures(view: Overlay): ReadonlyMap<string, string> {
    return new Map(
      ANY_UIDS.map((uid) => {
        const { inputs: _, ...exposure } = exposureOf(view.graph, SAMPLE_TENANT, uid) ?? { inputs: [] }
        return [uid, JSON.stringify(exposure)]
      }),
    )
  }

  affects(uid: string): ReadonlySet<string> {
    const { graph } = this.assets
    const node = graph.find(PREFIX, uid)
    const { nodes } = affectedBy(graph, node, 5000)
    return new Set(node === 0 ? [] : [...nodes].map((each) => graph.uidOf(each)))
  }

  /** Those affected by an asset that would come and name this one so. */
  affectsNewcomer({ uid, relation, type }: Required<Look>): ReadonlySet<string> {
    const newcomer = 'arn:aws:ec2:eu-west-1:111122223333:new/comer'
    const { path } = NAMINGS[type!].find((each) => each.relation === relation)!
    const document = { ...path.reduceRight<unknown>((inner, name) => ({ [name]: [inner] }), uid)!, type: type! }
    this.assets.change(
      `${PREFIX}${newcomer}`,
      assetRecord({ uid: newcomer, document: document as SampleAsset['document'] }),
    )
    const affected = this.affects(newcomer)
    this.assets.change(`${PREFIX}${newcomer}`, null)
    return affected
  }
}

describe('what an exposure rests on', () => {
  test('is inside the table of what is read: whatever it looks at, a change of it leads back', () => {
    const looked = new Set<string>()
    fc.assert(
      fc.property(anyAssets, (assets) => {
        const world = new World(assets)
        const view = new StoredGraph(world.assets.graph, world.records)
        for (const subject of ANY_UIDS) {
          const { graph, looks } = recordingGraph(view)
          exposureOf(graph, SAMPLE_TENANT, subject)
          for (const { uid, relation, type } of looks.filter((each) => !isWide(each.uid))) {
            looked.add(`${relation ?? ''} ${type ?? ''}`)
            if (relation === undefined) {
              if (uid !== subject) expect([...world.affects(uid)], uid).toContain(subject)
              continue
            }
            const types =
              type === undefined ? KINDS.filter((kind) => kind.relation === relation).map((kind) => kind.type) : [type]
            for (const each of types)
              if (!ACCOUNT_WIDE.has(each))
                expect(
                  [...world.affectsNewcomer({ uid, relation, type: each })],
                  `${each} by ${relation} of ${uid}`,
                ).toContain(subject)
          }
        }
      }),
      { numRuns: 300 },
    )
    expect(looked.size).toBeGreaterThan(10)
  }, 120_000)

  test('is marked when it changes, also for the better: every exposure that is another one afterwards', () => {
    let changed = 0
    const anyChange = fc.record({ asset: anyAsset, isDeleted: fc.boolean() })
    fc.assert(
      fc.property(anyAssets, anyChange, (assets, { asset, isDeleted }) => {
        const world = new World(assets)
        const before = world.exposures(world.overlay())
        const batch = world.overlay()
        const changes = new AssetChanges(world.assets)
        const step = new Overlay(batch)
        const { document, ...record } = assetRecord(asset)
        const next = { ...record, deleted: isDeleted, ...(isDeleted ? {} : { document: document! }) }
        step.put(`${PREFIX}${asset.uid}`, next)
        changes.follow(step, batch)
        batch.absorb(step)
        changes.mark(batch)
        const marks = [...batch.changes.keys()]
        const accounts = marks
          .filter((key) => key.startsWith('dirty/account/'))
          .map((key) => key.slice(key.lastIndexOf('/') + 1))
        for (const [uid, exposure] of world.exposures(batch)) {
          if (exposure === before.get(uid)) continue
          changed += 1
          const isMarked =
            marks.includes(`dirty/finding/${uid}`) || accounts.some((account) => uid.includes(`:${account}:`))
          expect(isMarked, `${uid} after ${asset.uid}`).toBe(true)
        }
      }),
      { numRuns: 400 },
    )
    expect(changed).toBeGreaterThan(50)
  }, 120_000)
})
