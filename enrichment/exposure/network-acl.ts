/**
 * Network ACLs: of each direction the first entry in ascending number that matches decides, and what none matches is
 * denied. They keep no state: the reply must be allowed out as well, to the client's address and, of TCP and UDP, to some
 * port of 1024-65535, since whoever attacks picks the port that it sends from.
 */
import type { AclEntry } from '../../schemas/generated/asset-document.ts'
import { flows, intersect, sourcesOf, sourcesOfAll } from './flow-set.ts'
import type { FlowSet } from './flow-set.ts'
import { EVERYWHERE, parseCidr, subtract } from './flow-set-addresses.ts'
import type { Family } from './flow-set-addresses.ts'
import { both, firstMatching, map, passing } from './flow-set-bounds.ts'
import type { Rule } from './flow-set-bounds.ts'
import { portsOf, servicesOf, TCP, UDP } from './flow-set-services.ts'
import type { ServiceRange } from './flow-set-services.ts'
import { nameOf } from './reading.ts'
import type { Reading } from './reading.ts'
import { unknownStep } from './network-step.ts'
import type { Step } from './network-step.ts'

const FIRST_REPLY_PORT = 1024

/** What the ACL of a subnet lets in, and whose replies it lets out. */
export function aclSteps(reading: Reading, family: Family, subnet: string | undefined, of: string): readonly Step[] {
  const uid = subnet ?? of
  const missing = `network ACL of ${subnet === undefined ? `the subnet of ${nameOf(of)}` : nameOf(subnet)}`
  if (subnet === undefined) return [unknownStep(family, uid, missing)]
  return reading.once(`acl ${family} ${subnet}`, () => {
    const acls = reading.referring(subnet, 'subnets', 'AWS::EC2::NetworkAcl')
    const [acl] = acls
    const entries: unknown = acl?.document.entries
    if (acl === undefined || acls.length > 1 || !Array.isArray(entries)) return [unknownStep(family, uid, missing)]
    return stepsOf(family, acl.uid, entries as readonly AclEntry[])
  })
}

function stepsOf(family: Family, uid: string, entries: readonly AclEntry[]): readonly Step[] {
  const rules = entries.toSorted((one, other) => one.number - other.number).flatMap((each) => ruleOf(family, each))
  const bad = rules.find(({ services, sources }) => services === undefined || sources === undefined)
  const missing = bad ? [`entry ${bad.entry.number} of network ACL ${nameOf(uid)}, which makes no sense`] : []
  const inDirection = (direction: AclEntry['direction']): readonly Rule[] =>
    rules.filter(({ entry }) => entry.direction === direction)
  const inbound = firstMatching(family, inDirection('in'))
  const outbound = firstMatching(family, inDirection('out'))
  return [
    {
      uid,
      bounds: inbound,
      hops: () => [{ uid, text: `network ACL ${nameOf(uid)} lets it in` }],
      closes: `network ACL ${nameOf(uid)} lets none of it in`,
      missing,
    },
    {
      uid,
      bounds: map(outbound, (set) => repliesOf(family, set)),
      hops: (left) => [{ uid, text: replyText(family, uid, left, outbound.possible) }],
      closes: `network ACL ${nameOf(uid)} lets no reply out`,
      missing,
    },
  ]
}

interface EntryRule extends Rule {
  readonly entry: AclEntry
}

function ruleOf(family: Family, entry: AclEntry): readonly EntryRule[] {
  const block = parseCidr(entry.cidr)
  if (block !== undefined && block.family !== family) return []
  const services = servicesOf(entry.protocol, entry.ports)
  return [{ services, sources: block?.addresses, how: entry.action === 'allow' ? 'certain' : 'no', entry }]
}

/** The requests that can be answered, where this may leave. */
function repliesOf(family: Family, outbound: FlowSet): FlowSet {
  const withPorts = (protocol: number): FlowSet =>
    flows(portsOf(protocol, 0, 65_535), sourcesOf(outbound, portsOf(protocol, FIRST_REPLY_PORT, 65_535)))
  const without = (first: number, last: number): FlowSet =>
    intersect(outbound, flows([portsOf(first, 0, 0)[0], portsOf(last, 0, 65_535)[1]], EVERYWHERE[family]))
  return [
    ...without(0, TCP - 1),
    ...withPorts(TCP),
    ...without(TCP + 1, UDP - 1),
    ...withPorts(UDP),
    ...without(UDP + 1, 255),
  ]
}

function replyText(family: Family, uid: string, left: FlowSet, outbound: FlowSet): string {
  const isOdd = [TCP, UDP].some((protocol) => {
    const replies: ServiceRange = portsOf(protocol, FIRST_REPLY_PORT, 65_535)
    const clients = sourcesOf(left, portsOf(protocol, 0, 65_535))
    return subtract(family, clients, sourcesOfAll(family, outbound, replies)).length > 0
  })
  return `network ACL ${nameOf(uid)} lets the replies out${isOdd ? ', on some ports only, which is odd' : ''}`
}

/** What the ACL of a subnet lets in and whose replies out, as one. */
export function aclBounds(reading: Reading, family: Family, subnet: string | undefined, of: string) {
  return aclSteps(reading, family, subnet, of)
    .map(({ bounds }) => bounds)
    .reduce(both, passing(family, 'certain'))
}
