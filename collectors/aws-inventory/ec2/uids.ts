import { setOf, type Place } from '../services/facts.ts'

/** As EC2's ARNs name them. */
export type Ec2Kind =
  | 'carrier-gateway'
  | 'egress-only-internet-gateway'
  | 'image'
  | 'instance'
  | 'internet-gateway'
  | 'natgateway'
  | 'network-acl'
  | 'network-interface'
  | 'prefix-list'
  | 'route-table'
  | 'security-group'
  | 'snapshot'
  | 'subnet'
  | 'transit-gateway'
  | 'volume'
  | 'vpc'
  | 'vpc-endpoint'
  | 'vpc-peering-connection'
  | 'vpn-gateway'

/**
 * The uid of what an id of EC2 names; undefined without one. It is named as of the account that sees it, also where it is
 * shared by another one or is AWS's own (a prefix list): a reference does not say whose it is, and has to find it.
 */
export function uidOf(place: Place, kind: Ec2Kind, id: string | undefined): string | undefined {
  return id === undefined || id === '' ? undefined : place.arn('ec2', `${kind}/${id}`)
}

/** The same of several, each once, in one order; undefined stays so. */
export function uidsOf(place: Place, kind: Ec2Kind, ids: Iterable<string | undefined>): string[]
export function uidsOf(place: Place, kind: Ec2Kind, ids: Iterable<string | undefined> | undefined): string[] | undefined
export function uidsOf({ arn }: Place, kind: Ec2Kind, ids: Iterable<string | undefined> | undefined) {
  return setOf(ids)?.map((id) => arn('ec2', `${kind}/${id}`))
}
