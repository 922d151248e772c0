import type { Rung } from '../../evidence.ts'
import { partitionOf, type Named, type Reading } from '../reading.ts'
import type { Access } from './grant.ts'
import type { Opening } from './opening.ts'

type Exposed = Rung<'exposure'>

/** How far outside somebody stands, at least and at most. */
export interface Standing {
  readonly least: Exposed
  readonly most: Exposed
  /** For a person. */
  readonly from: string
  readonly missing: readonly string[]
}

/**
 * How far outside those stand whom an opening lets in. Another account and an organisation, which is more accounts than one,
 * are across the boundary; a VPC of the asset's own account is inside. Open data is worse than an open call.
 */
export function standingOf(reading: Reading, asset: Named, { who, access }: Opening): Standing {
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
      return vpcStanding(reading, asset, who.name)
    case 'source':
      return sourceStanding(reading, asset, who.arn)
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
  return { least: rung, most: rung, from, missing: [] }
}

function unsure(most: Exposed, from: string, missing: readonly string[]): Standing {
  return { least: 'none', most, from, missing }
}

/** The last word of `vpce-1 in vpc-1`; of an endpoint alone the inventory knows nothing. */
function vpcStanding(reading: Reading, { uid, account, region }: Named, name: string): Standing {
  const id = name.split(' ').at(-1) ?? name
  const vpc = reading.asset(`arn:${partitionOf(uid)}:ec2:${region}:${account}:vpc/${id}`, 'AWS::EC2::VPC')
  if (vpc === undefined) return { ...unsure('cross_boundary', name, [`account of ${id}`]), least: 'internal' }
  return sure('internal', name)
}

function sourceStanding(reading: Reading, { account }: Named, arn: string): Standing {
  const source = reading.asset(arn)
  if (source === undefined) return unsure('cross_boundary', `owner of ${arn}`, [`account of ${arn}`])
  return sure(source.account === account ? 'none' : 'cross_boundary', `account ${source.account}`)
}
