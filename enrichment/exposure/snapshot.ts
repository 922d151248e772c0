import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure, Hop } from '../exposure.ts'
import type { Answer } from './policy/answer.ts'
import type { Who } from './policy/who.ts'
import type { Opening } from './policy/opening.ts'
import { settle } from './policy/settle.ts'
import { Reading, regionSettingsOf } from './reading.ts'

type DatabaseSnapshot = KnownAsset<'AWS::RDS::DBSnapshot'> | KnownAsset<'AWS::RDS::DBClusterSnapshot'>
type Shareable = KnownAsset<'AWS::EC2::Snapshot'> | KnownAsset<'AWS::EC2::Image'> | DatabaseSnapshot

/** With whom a copy is shared, as far as it is known. */
interface Sharing {
  readonly uid: string
  readonly noun: string
  readonly isPublic: boolean | undefined
  readonly sharedWith: readonly string[] | undefined
  readonly account: string
}

/** A region's setting that may keep the public out, whatever is shared. */
interface Block {
  readonly answer: Answer
  readonly uid: string
  readonly missing: string
}

const UNBLOCKED: Block = { answer: 'no', uid: '', missing: '' }

/**
 * Who may take an EBS snapshot, and with it the volume's data. The region's block-all-sharing closes what is shared with
 * everyone, not what is shared with accounts; block-new-sharing leaves alone what is shared already.
 */
export function snapshotExposure(
  graph: ContextGraph,
  tenant: string,
  asset: KnownAsset<'AWS::EC2::Snapshot'>,
): Exposure {
  const { account, region, document } = asset
  const reading = new Reading(graph, tenant, asset)
  if (document.public === false) return shared(reading, asset, 'snapshot', UNBLOCKED)
  const place = regionSettingsOf(asset)
  const blocked = reading.asset(place, 'AWS::Account::RegionSettings')?.document.snapshotBlock
  const answer = blocked === undefined ? 'unknown' : blocked === 'block-all-sharing' ? 'yes' : 'no'
  const block = { answer, uid: place, missing: `block public access for snapshots in ${region} of ${account}` } as const
  return shared(reading, asset, 'snapshot', block)
}

/** Who may start an image. There is no setting that takes back what is public already: block-new-sharing does not. */
export function imageExposure(graph: ContextGraph, tenant: string, asset: KnownAsset<'AWS::EC2::Image'>): Exposure {
  return shared(new Reading(graph, tenant, asset), asset, 'image', UNBLOCKED)
}

/** Who may restore a snapshot of a database or of a cluster of them. RDS has no setting above it. */
export function databaseSnapshotExposure(graph: ContextGraph, tenant: string, asset: DatabaseSnapshot): Exposure {
  return shared(new Reading(graph, tenant, asset), asset, 'snapshot', UNBLOCKED)
}

function shared(reading: Reading, asset: Shareable, noun: string, block: Block): Exposure {
  const { uid, account, document } = asset
  const sharing: Sharing = { uid, account, noun, isPublic: document.public, sharedWith: document.sharedWith }
  return settle(reading, asset, {
    openings: [...publicOpening(sharing, block), ...accountOpenings(sharing)],
    closedBy: closedBy(sharing, block),
    holdsData: true,
  })
}

function publicOpening({ uid, noun, isPublic, sharedWith }: Sharing, block: Block): readonly Opening[] {
  const isShared = isPublic === true || sharedWith?.includes('all') === true
  if (block.answer === 'yes' || (isPublic === false && !isShared)) return []
  const isSure = isShared && block.answer === 'no'
  const missing = [...(isShared ? [] : [`sharing of ${uid}`]), ...(block.answer === 'unknown' ? [block.missing] : [])]
  const hops = [{ uid, text: `${noun} is ${isShared ? '' : 'perhaps '}shared with everyone` }]
  return [
    {
      who: { kind: 'anyone' },
      access: 'read',
      answer: isSure ? 'yes' : 'unknown',
      hops,
      missing: isSure ? [] : missing,
    },
  ]
}

function accountOpenings({ uid, noun, sharedWith, account }: Sharing): readonly Opening[] {
  if (sharedWith === undefined) {
    const who: Who = { kind: 'unread', name: 'whoever it is shared with', most: 'cross_boundary' }
    return [{ who, access: 'read', answer: 'unknown', hops: [], missing: [`accounts that ${uid} is shared with`] }]
  }
  return sharedWith
    .filter((each) => each !== account && each !== 'all')
    .map((each) => ({
      who: whoseShare(each),
      access: 'read',
      answer: 'yes',
      hops: [{ uid, text: `${noun} is shared with ${each}` }],
      missing: [],
    }))
}

function whoseShare(id: string): Who {
  const organisation = /:organization\/(o-[a-z0-9]+)$/.exec(id)?.[1]
  return organisation === undefined ? { kind: 'account', account: id } : { kind: 'organisation', id: organisation }
}

function closedBy({ uid, noun, isPublic, sharedWith }: Sharing, block: Block): readonly Hop[] {
  if (block.answer === 'yes') return [{ uid: block.uid, text: 'block-all-sharing makes shared snapshots private' }]
  if (isPublic !== false) return []
  return [{ uid, text: `${noun} is shared with ${sharedWith?.length === 0 ? 'nobody' : 'single accounts only'}` }]
}
