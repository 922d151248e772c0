import * as fc from 'fast-check'
import type { AssetType } from '../../../enrichment/context-graph.ts'
import type { AssetDocument } from '../../../schemas/generated/asset-document.ts'
import { anyNetworkDocument } from './any-network.ts'
import { anyServiceDocument } from './any-service.ts'
import { ACCOUNT, PARTNER, REGION, uidOf } from './uids.ts'

/** One asset that an account may have; its document is whatever `anyDocument` makes of it. */
export interface Slot {
  readonly uid: string
  readonly type: AssetType
  readonly account: string
  readonly region: string
  /** Of its type, from 1. */
  readonly number: number
}

const COUNTS: readonly (readonly [AssetType, number])[] = [
  ['AWS::EC2::VPC', 2],
  ['AWS::EC2::Subnet', 3],
  ['AWS::EC2::InternetGateway', 2],
  ['AWS::EC2::RouteTable', 3],
  ['AWS::EC2::NetworkAcl', 2],
  ['AWS::EC2::SecurityGroup', 4],
  ['AWS::EC2::PrefixList', 2],
  ['AWS::EC2::VPCPeeringConnection', 1],
  ['AWS::EC2::NetworkInterface', 4],
  ['AWS::EC2::Instance', 4],
  ['AWS::EC2::Snapshot', 2],
  ['AWS::EC2::Image', 1],
  ['AWS::EC2::Volume', 1],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 2],
  ['AWS::ElasticLoadBalancingV2::Listener', 3],
  ['AWS::ElasticLoadBalancingV2::TargetGroup', 3],
  ['AWS::ElasticLoadBalancing::LoadBalancer', 1],
  ['AWS::S3::Bucket', 3],
  ['AWS::RDS::DBInstance', 3],
  ['AWS::RDS::DBCluster', 1],
  ['AWS::RDS::DBSnapshot', 1],
  ['AWS::RDS::DBClusterSnapshot', 1],
  ['AWS::Lambda::Function', 2],
  ['AWS::EKS::Cluster', 2],
  ['AWS::SQS::Queue', 1],
  ['AWS::SNS::Topic', 1],
  ['AWS::KMS::Key', 1],
  ['AWS::SecretsManager::Secret', 1],
  ['AWS::Account::Settings', 1],
  ['AWS::Account::RegionSettings', 1],
]

/** Of the second VPC, in another account: it is the other side of the peering. */
const PARTNERS = new Set([uidOf('AWS::EC2::VPC', 2)])

/** What an account consists of: some 50 uids that name one another, and a few that nobody ever tells of. */
export const SLOTS: readonly Slot[] = COUNTS.flatMap(([type, count]) =>
  Array.from({ length: count }, (_, index) => {
    const uid = uidOf(type, index + 1)
    return { uid, type, account: PARTNERS.has(uid) ? PARTNER : ACCOUNT, region: REGION, number: index + 1 }
  }),
)

/** What may be told of the asset at one time: references hit other slots, or nothing; properties may be unknown. */
export function anyDocument(slot: Slot): fc.Arbitrary<AssetDocument> {
  const arbitrary = anyNetworkDocument(slot.type, slot.number) ?? anyServiceDocument(slot.type)
  return arbitrary.chain((document) => withGaps(document))
}

/** Now and then a property that could not be read: a gap, with or without a word why. */
function withGaps(document: AssetDocument): fc.Arbitrary<AssetDocument> {
  const properties = Object.keys(document).filter((property) => property !== 'type')
  if (properties.length === 0) return fc.constant(document)
  return fc.record({ gap: fc.integer({ min: 0, max: 29 }), said: fc.boolean() }).map(({ gap, said }) => {
    const property = properties[gap]
    if (property === undefined || gap > 6) return document
    const left = Object.fromEntries(Object.entries(document).filter(([key]) => key !== property))
    return { ...left, ...(said ? { refused: { [property]: 'AccessDenied' } } : {}) } as unknown as AssetDocument
  })
}
