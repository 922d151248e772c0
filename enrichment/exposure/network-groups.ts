/**
 * Security groups: allow only, stateful, the union over all groups. A CIDR is matched directly; the entries of a prefix
 * list as CIDRs. A rule that names a group matches the private addresses of its members: never a source on the internet,
 * so it adds nothing here, and `named` tells it apart. Members are never expanded.
 */
import type { DocumentOf } from '../context-graph.ts'
import type { Hop } from '../exposure.ts'
import type { GroupRule } from '../../schemas/generated/asset-document.ts'
import { intersect, touching } from './flow-set.ts'
import type { FlowSet } from './flow-set.ts'
import { addressesOf, parseCidr } from './flow-set-addresses.ts'
import type { AddressSet, Family } from './flow-set-addresses.ts'
import { CLOSED, either, firstMatching, passing } from './flow-set-bounds.ts'
import type { Bounds, Rule } from './flow-set-bounds.ts'
import { describeFlows } from './network-text.ts'
import { ALL_SERVICES, servicesOf } from './flow-set-services.ts'
import type { ServiceRange } from './flow-set-services.ts'
import { nameOf } from './reading.ts'
import type { Reading } from './reading.ts'

export interface GroupsAnswer {
  /** What they let in by CIDRs and prefix lists. */
  readonly bounds: Bounds
  /** What they let in from members of groups that their rules name. */
  readonly named: readonly Named[]
  /** The groups that let in some of what was left at the end. */
  readonly hops: (left: FlowSet) => readonly Hop[]
  readonly missing: readonly string[]
}

export interface Named {
  readonly group: string
  readonly services: ServiceRange
  /** The group whose rule it is. */
  readonly by: string
}

interface GroupAnswer {
  readonly uid: string
  readonly bounds: Bounds
  readonly named: readonly Named[]
  readonly missing: readonly string[]
}

/** What a list of groups lets in; undefined: it is not known which groups. */
export function groupsOf(
  reading: Reading,
  family: Family,
  groups: readonly string[] | undefined,
  of: string,
): GroupsAnswer {
  if (groups === undefined) return unknownGroups(family, of)
  const answers = [...new Set(groups)].map((uid) =>
    reading.once(`group ${family} ${uid}`, () => groupOf(reading, family, uid)),
  )
  return {
    bounds: answers.map(({ bounds }) => bounds).reduce(either, CLOSED),
    named: answers.flatMap(({ named }) => named),
    hops: (left) => answers.flatMap((answer) => hopOf(family, answer, left)),
    missing: answers.flatMap(({ missing }) => missing),
  }
}

function hopOf(family: Family, { uid, bounds }: GroupAnswer, left: FlowSet): readonly Hop[] {
  const allowed = intersect(bounds.possible, left)
  if (allowed.length === 0 && intersect(bounds.unknown, left).length === 0) return []
  const what = allowed.length > 0 ? `allows ${describeFlows(family, touching(bounds.possible, left))}` : 'is not known'
  return [{ uid, text: `security group ${nameOf(uid)} ${what}` }]
}

function groupOf(reading: Reading, family: Family, uid: string): GroupAnswer {
  const group = reading.asset(uid, 'AWS::EC2::SecurityGroup')
  const ingress: unknown = group?.document.ingress
  if (!Array.isArray(ingress))
    return { uid, bounds: passing(family, 'unknown'), named: [], missing: [`rules of security group ${nameOf(uid)}`] }
  const missing = new Set<string>()
  const rules = (ingress as readonly GroupRule[]).flatMap((rule) => linesOf(reading, family, uid, rule, missing))
  const named = (ingress as readonly GroupRule[]).flatMap((rule) =>
    (rule.groups ?? []).map((member) => ({
      group: member,
      by: uid,
      services: servicesOf(rule.protocol, rule.ports) ?? ALL_SERVICES,
    })),
  )
  return { uid, bounds: firstMatching(family, rules), named, missing: [...missing] }
}

function linesOf(
  reading: Reading,
  family: Family,
  uid: string,
  rule: GroupRule,
  missing: Set<string>,
): readonly Rule[] {
  const services = servicesOf(rule.protocol, rule.ports)
  const hasSources = [rule.cidrs, rule.prefixLists].some((list) => (list ?? []).length > 0)
  if (services === undefined && hasSources) missing.add(`a rule of security group ${nameOf(uid)} that makes no sense`)
  const line = (sources: AddressSet | undefined, how: Rule['how'] = 'certain'): Rule => ({ services, sources, how })
  const cidrs = rule.cidrs ?? []
  const known = line(addressesOf(family, cidrs))
  const bad = cidrs.filter((cidr) => parseCidr(cidr) === undefined)
  if (bad.length > 0) missing.add(`CIDR ${bad[0]} of security group ${nameOf(uid)}`)
  const lists = (rule.prefixLists ?? []).map((list) => prefixListOf(reading, family, list))
  for (const { gap } of lists) if (gap !== undefined) missing.add(gap)
  return [
    known,
    ...(bad.length > 0 ? [line(undefined)] : []),
    ...lists.flatMap(({ sources, how, gap }) => [
      line(sources, how),
      ...(gap && how === 'certain' ? [line(undefined)] : []),
    ]),
  ]
}

interface PrefixListAnswer {
  /** The addresses that are known to be in it. */
  readonly sources: AddressSet
  readonly how: 'certain' | 'possible'
  /** What is missing for the rest. */
  readonly gap?: string
}

/**
 * Some of the addresses that CloudFront fetches origins from, which stand for them all where the list's entries are not
 * known: anyone can make a distribution, so the list is one of many somebodies and never the internet.
 */
const CLOUDFRONT: Readonly<Record<Family, AddressSet>> = {
  v4: addressesOf('v4', ['130.176.0.0/16']),
  v6: addressesOf('v6', ['2600:9000::/28']),
}

/** The addresses of a prefix list. */
function prefixListOf(reading: Reading, family: Family, uid: string): PrefixListAnswer {
  const document = reading.asset(uid, 'AWS::EC2::PrefixList')?.document
  const gap = `entries of prefix list ${nameOf(uid)}`
  const cidrs = document?.cidrs
  if (!Array.isArray(cidrs))
    return document !== undefined && isCloudFront(document)
      ? { sources: CLOUDFRONT[family], how: 'possible', gap }
      : { sources: [], how: 'certain', gap }
  const sources = addressesOf(family, cidrs)
  const isBad = cidrs.some((cidr) => parseCidr(cidr) === undefined)
  return { sources, how: 'certain', ...(isBad ? { gap } : {}) }
}

function isCloudFront({ managedBy, name }: DocumentOf<'AWS::EC2::PrefixList'>): boolean {
  return managedBy === 'aws' && name?.endsWith('.cloudfront.origin-facing') === true
}

/** Nothing stands in front of it: a network load balancer that was made without groups. */
export function noGroups(family: Family, uid: string, text: string): GroupsAnswer {
  return { bounds: passing(family, 'certain'), named: [], hops: () => [{ uid, text }], missing: [] }
}

/** Nothing is known of what stands in front of it. */
export function unknownGroups(family: Family, of: string): GroupsAnswer {
  return {
    bounds: passing(family, 'unknown'),
    named: [],
    hops: () => [],
    missing: [`security groups of ${nameOf(of)}`],
  }
}
