import { addressesOf, count, EVERYWHERE, intersect, subtract } from './flow-set-addresses.ts'
import type { AddressSet, Family } from './flow-set-addresses.ts'

/** Networks that nobody on the internet sends from (RFC 6890); those for documentation count as ordinary ones. */
const RESERVED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
]

/** Where the internet sends from: all but the reserved networks, and of IPv6 the global unicast addresses (RFC 4291). */
export const INTERNET: Readonly<Record<Family, AddressSet>> = {
  v4: subtract('v4', EVERYWHERE.v4, addressesOf('v4', RESERVED_V4)),
  v6: addressesOf('v6', ['2000::/3']),
}

/** What an organisation's own networks use among themselves (RFC 1918, RFC 6598, RFC 4193). */
export const PRIVATE: Readonly<Record<Family, AddressSet>> = {
  v4: addressesOf('v4', ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16']),
  v6: addressesOf('v6', ['fc00::/7']),
}

/** A source set of up to this many addresses is a list of somebodies, a larger one is the internet: a /8, or a /32 of IPv6. */
const SOMEBODIES: Readonly<Record<Family, bigint>> = { v4: 1n << 24n, v6: 1n << 96n }

/** Whether so many addresses of the internet are in the set that it stands for the internet. */
export function isInternet(family: Family, addresses: AddressSet): boolean {
  return count(intersect(addresses, INTERNET[family])) > SOMEBODIES[family]
}
