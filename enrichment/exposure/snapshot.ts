import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure, Hop } from '../exposure.ts'
import type { Answer } from './policy/answer.ts'
import type { Who } from './policy/who.ts'
import type { Opening } from './policy/opening.ts'
import { settle } from './policy/settle.ts'

type DatabaseSnapshot = KnownAsset<'AWS::RDS::DBSnapshot'> | KnownAsset<'AWS::RDS::DBClusterSnapshot'>

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
  const { uid, account, region, document } = asset
  const sharing = { ...sharingOf(asset), noun: 'snapshot', isPublic: document.public, sharedWith: document.sharedWith }
  if (document.public === false) return shared(graph, tenant, asset, sharing, UNBLOCKED)
  const partition = uid.split(':')[1] ?? 'aws'
  const place = `arn:${partition}:account::${account}:region/${region}`
  const settings = graph.asset(tenant, place, 'AWS::Account::RegionSettings')
  const blocked = settings?.document.snapshotBlock
  const answer = blocked === undefined ? 'unknown' : blocked === 'block-all-sharing' ? 'yes' : 'no'
  const block = { answer, uid: place, missing: `block public access for snapshots in ${region} of ${account}` } as const
  return shared(graph, tenant, asset, sharing, block, settings ? [{ uid: place, version: settings.version }] : [])
}

/** Who may start an image. There is no setting that takes back what is public already: block-new-sharing does not. */
export function imageExposure(graph: ContextGraph, tenant: string, asset: KnownAsset<'AWS::EC2::Image'>): Exposure {
  const { public: isPublic, sharedWith } = asset.document
  return shared(graph, tenant, asset, { ...sharingOf(asset), noun: 'image', isPublic, sharedWith }, UNBLOCKED)
}

/** Who may restore a snapshot of a database or of a cluster of them. RDS has no setting above it. */
export function databaseSnapshotExposure(graph: ContextGraph, tenant: string, asset: DatabaseSnapshot): Exposure {
  const { public: isPublic, sharedWith } = asset.document
  return shared(graph, tenant, asset, { ...sharingOf(asset), noun: 'snapshot', isPublic, sharedWith }, UNBLOCKED)
}

function sharingOf({ uid, account }: Pick<KnownAsset, 'uid' | 'account'>): Pick<Sharing, 'uid' | 'account'> {
  return { uid, account }
}

function shared(
  graph: ContextGraph,
  tenant: string,
  asset: Pick<KnownAsset, 'uid' | 'account' | 'region' | 'version'>,
  sharing: Sharing,
  block: Block,
  inputs: Exposure['inputs'] = [],
): Exposure {
  return settle(graph, tenant, asset, {
    openings: [...publicOpening(sharing, block), ...accountOpenings(sharing)],
    closedBy: closedBy(sharing, block),
    missing: [],
    inputs: [{ uid: asset.uid, version: asset.version }, ...inputs],
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
