import { addressesOf, parseCidr } from './flow-set-addresses.ts'
import type { AddressSet, Family } from './flow-set-addresses.ts'
import type { Named, Reading } from './reading.ts'

/** Where something is attached to the network; what is undefined is not known. */
export interface Place {
  /** What is attached. */
  readonly uid: string
  readonly account: string
  readonly region: string
  readonly vpc: string | undefined
  readonly subnet: string | undefined
  readonly groups: readonly string[] | undefined
}

interface Attachment {
  readonly vpc?: string
  readonly groups?: readonly string[]
}

export function placeOf(
  reading: Reading,
  { uid, account, region }: Named,
  at: Attachment & { readonly subnet?: string },
): Place {
  const vpc = at.vpc ?? (at.subnet && reading.asset(at.subnet, 'AWS::EC2::Subnet')?.document.vpc)
  return { uid, account, region, vpc: vpc || undefined, subnet: at.subnet, groups: at.groups }
}

/** One place for each subnet, or one of which the subnet is not known. */
export function placesIn(
  reading: Reading,
  asset: Named,
  { vpc, groups }: Attachment,
  subnets: readonly string[],
): readonly Place[] {
  const at = { ...(vpc === undefined ? {} : { vpc }), ...(groups === undefined ? {} : { groups }) }
  if (subnets.length === 0) return [placeOf(reading, asset, at)]
  return subnets.map((subnet) => placeOf(reading, asset, { ...at, subnet }))
}

/** Whether none of the places can have an IPv6 address, for want of a subnet with some. */
export function lacksIpv6(reading: Reading, places: readonly Place[]): boolean {
  return places.every(({ subnet }) => subnetAddresses(reading, 'v6', subnet)?.length === 0)
}

/** The addresses of a subnet; undefined where they are not known. */
export function subnetAddresses(reading: Reading, family: Family, subnet: string | undefined): AddressSet | undefined {
  const document = subnet === undefined ? undefined : reading.asset(subnet, 'AWS::EC2::Subnet')?.document
  if (family === 'v6') return listed(family, document?.cidrs6)
  return listed(family, document?.cidr === undefined ? undefined : [document.cidr])
}

/** The addresses of a VPC; undefined where they are not known. */
export function vpcAddresses(reading: Reading, family: Family, vpc: string | undefined): AddressSet | undefined {
  const document = vpc === undefined ? undefined : reading.asset(vpc, 'AWS::EC2::VPC')?.document
  return listed(family, family === 'v4' ? document?.cidrs : document?.cidrs6)
}

function listed(family: Family, cidrs: readonly string[] | undefined): AddressSet | undefined {
  if (!Array.isArray(cidrs) || !cidrs.every((cidr) => parseCidr(cidr) !== undefined)) return undefined
  return addressesOf(family, cidrs)
}
