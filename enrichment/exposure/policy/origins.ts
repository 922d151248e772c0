import { firstAddress, intersect, subtract, union, type AddressSet, type Family } from '../flow-set-addresses.ts'
import { INTERNET } from '../flow-set-internet.ts'
import type { Origin } from './caller.ts'
import type { Condition } from './condition.ts'
import { FRESH, globMatches, globOf, instancesOf } from './glob.ts'
import type { Policy } from './parse.ts'

/** Addresses of the internet between which no condition of the policy makes a difference. */
export interface Stretch {
  readonly family: Family
  readonly addresses: AddressSet
  /** One of them. */
  readonly origin: Origin
}

/** From where a policy can be asked, as far as it makes a difference to it. */
export interface Origins {
  readonly stretches: readonly Stretch[]
  /** A VPC that the policy does not name: anybody with an account has one. */
  readonly anyVpc: Origin
  /** The VPCs and endpoints that it names. */
  readonly named: readonly { readonly name: string; readonly origin: Origin }[]
}

/** A combination of more VPCs and endpoints than this is not tried in pairs. */
const MOST_PAIRS = 64
const UNNAMED_VPC = `vpc-${FRESH}`
const UNNAMED_ENDPOINT = `vpce-${FRESH}`

export function originsOf(policy: Policy): Origins {
  const conditions = policy.statements.flatMap((each) => each.conditions ?? [])
  const sets = conditions.filter((each) => each.key === 'aws:sourceip').flatMap(({ blocks }) => blocks ?? [])
  return {
    stretches: [
      ...stretchesOf(
        'v4',
        sets.map(({ v4 }) => v4),
      ),
      ...stretchesOf(
        'v6',
        sets.map(({ v6 }) => v6),
      ),
    ],
    anyVpc: { kind: 'vpc', vpc: UNNAMED_VPC, endpoint: UNNAMED_ENDPOINT },
    named: namedOrigins(conditions),
  }
}

/** Splits the internet by set after set; what lies in the same ones stays together. */
function stretchesOf(family: Family, sets: readonly AddressSet[]): readonly Stretch[] {
  let parts: AddressSet[] = [INTERNET[family]]
  for (const set of new Map(sets.map((each) => [each.join(), each])).values()) {
    parts = parts.flatMap((part) => {
      const inside = intersect(part, set)
      if (inside.length === 0) return [part]
      const outside = subtract(family, part, set)
      return outside.length === 0 ? [inside] : [inside, outside]
    })
  }
  return parts.flatMap((addresses) => {
    const address = firstAddress(family, addresses)
    return address === undefined ? [] : [{ family, addresses, origin: { kind: 'address' as const, address } }]
  })
}

/** The addresses of several stretches of one family. */
export function addressesIn(family: Family, stretches: readonly Stretch[]): AddressSet {
  return union(stretches.flatMap((each) => (each.family === family ? each.addresses : [])))
}

function namedOrigins(conditions: readonly Condition[]): Origins['named'] {
  const vpcs = namesOf(conditions, 'aws:sourcevpc', UNNAMED_VPC)
  const endpoints = namesOf(conditions, 'aws:sourcevpce', UNNAMED_ENDPOINT)
  const origin = (vpc: string, endpoint: string): Origin => ({ kind: 'vpc', vpc, endpoint })
  const pairs = endpoints
    .flatMap((endpoint) => vpcs.map((vpc) => ({ name: `${endpoint} in ${vpc}`, origin: origin(vpc, endpoint) })))
    .slice(0, MOST_PAIRS)
  return [
    ...vpcs.map((vpc) => ({ name: vpc, origin: origin(vpc, UNNAMED_ENDPOINT) })),
    ...endpoints.map((endpoint) => ({ name: endpoint, origin: origin(UNNAMED_VPC, endpoint) })),
    ...pairs,
  ]
}

/** What the conditions name; a pattern that matches any VPC names none. */
function namesOf(conditions: readonly Condition[], key: string, unnamed: string): readonly string[] {
  const values = conditions
    .filter((each) => each.key === key && each.operator !== 'null')
    .flatMap((each) => each.values)
  const globs = [...new Set(values)].map(globOf).filter((each) => !globMatches(each, unnamed))
  return globs.flatMap((each) => instancesOf(each).slice(0, 1))
}
