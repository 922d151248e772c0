import { assetRecord } from '../../enrichment/graph/sample-graph.ts'
import { stateKey } from '../../enrichment/state/keys.ts'
import type { AssetDocument } from '../../schemas/generated/asset-document.ts'
import type { StateRecord } from '../../schemas/generated/state.ts'
import { REGION, Vpc } from './vpc.ts'

export const TENANT = 'acme'
export const NOW = Date.UTC(2026, 10, 25, 12)
const VPC_ASSETS = 200
const VPCS_OF_ACCOUNT = 50
const SUBJECTS = new Set<string>([
  'AWS::EC2::Instance',
  'AWS::EC2::NetworkInterface',
  'AWS::EC2::SecurityGroup',
  'AWS::S3::Bucket',
])

export interface WorldAsset {
  readonly uid: string
  readonly account: string
  readonly document: AssetDocument
}

/**
 * The assets of an organisation: VPCs of 200 assets each, fifty to an account. Four in five are instances and their
 * interfaces; the others guard them, lead to them or are buckets. Nothing is random: the same again for the same count.
 */
export function* world(count: number): Iterable<WorldAsset> {
  for (let vpc = 0; vpc * VPC_ASSETS < count; vpc += 1) yield* assetsOf(vpc).slice(0, count - vpc * VPC_ASSETS)
}

/** The resources that findings are about: instances, interfaces, groups and buckets all over the organisation. */
export function subjects(count: number, findings: number): readonly WorldAsset[] {
  const vpcs = Math.ceil(count / VPC_ASSETS)
  return Array.from({ length: findings }, (_, index) => {
    const assets = assetsOf((index * 7919) % vpcs).filter(({ document }) => SUBJECTS.has(document.type))
    return assets[(index * 31) % assets.length]!
  })
}

function assetsOf(vpc: number): WorldAsset[] {
  const account = String(100_000_000_000 + Math.floor(vpc / VPCS_OF_ACCOUNT))
  return new Vpc(account, vpc).assets().map(([uid, document]) => ({ uid, account, document }))
}

/** As posture.state holds it. */
export function recordOf({ uid, account, document }: WorldAsset): [string, StateRecord] {
  const record = assetRecord({ uid, document, tenant: TENANT, account, region: REGION, version: NOW })
  return [stateKey.asset(TENANT, uid), record]
}
