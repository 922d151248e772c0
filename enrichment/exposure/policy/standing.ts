import type { ContextGraph, KnownAsset } from '../../context-graph.ts'
import type { Rung } from '../../evidence.ts'
import type { Exposure } from '../../exposure.ts'
import type { Access, Opening } from './opening.ts'

type Exposed = Rung<'exposure'>
/** Whose asset it is, and where. */
export type Place = Pick<KnownAsset, 'uid' | 'account' | 'region'>

/** How far outside somebody stands, at least and at most. */
export interface Standing {
  readonly least: Exposed
  readonly most: Exposed
  /** For a person. */
  readonly from: string
  readonly missing: readonly string[]
  readonly inputs: Exposure['inputs']
}

/**
 * How far outside those stand whom an opening lets in. Another account and an organisation, which is more accounts than one,
 * are across the boundary; a VPC of the asset's own account is inside. Open data is worse than an open call.
 */
export function standingOf(graph: ContextGraph, tenant: string, asset: Place, { who, access }: Opening): Standing {
  switch (who.kind) {
    case 'anyone':
    case 'any-account':
      return sure(strangers(access), 'internet')
    case 'addresses':
      return sure('internet_restricted', who.cidrs.join(', '))
    case 'signer':
      return sure('internet_restricted', 'internet')
    case 'account':
      return sure('cross_boundary', `account ${who.account}`)
    case 'organisation':
      return sure('cross_boundary', `organisation ${who.id}`)
    case 'vpc':
      return vpcStanding(graph, tenant, asset, who.name)
    case 'source':
      return sourceStanding(graph, tenant, asset, who.arn)
    case 'somebody':
      return unsure('cross_boundary', who.name, [`account of ${who.name}`])
    case 'unread':
      return unsure(who.most, who.name, [])
    case 'front':
      return unsure(strangers(access), who.name, [`what ${who.name} lets through to ${asset.uid}`])
  }
}

function strangers(access: Access): Exposed {
  return access === 'read' || access === 'write' ? 'internet_sensitive' : 'internet'
}

function sure(rung: Exposed, from: string): Standing {
  return { least: rung, most: rung, from, missing: [], inputs: [] }
}

function unsure(most: Exposed, from: string, missing: readonly string[]): Standing {
  return { least: 'none', most, from, missing, inputs: [] }
}

/** The last word of `vpce-1 in vpc-1`; of an endpoint alone the inventory knows nothing. */
function vpcStanding(graph: ContextGraph, tenant: string, { uid, account, region }: Place, name: string): Standing {
  const id = name.split(' ').at(-1) ?? name
  const partition = uid.split(':')[1] ?? 'aws'
  const vpc = graph.asset(tenant, `arn:${partition}:ec2:${region}:${account}:vpc/${id}`, 'AWS::EC2::VPC')
  if (vpc === undefined) return { ...unsure('cross_boundary', name, [`account of ${id}`]), least: 'internal' }
  return { ...sure('internal', name), inputs: [{ uid: vpc.uid, version: vpc.version }] }
}

function sourceStanding(graph: ContextGraph, tenant: string, { account }: Place, arn: string): Standing {
  const source = graph.asset(tenant, arn)
  if (source === undefined) return unsure('cross_boundary', `owner of ${arn}`, [`account of ${arn}`])
  const inputs = [{ uid: source.uid, version: source.version }]
  return { ...sure(source.account === account ? 'none' : 'cross_boundary', `account ${source.account}`), inputs }
}
