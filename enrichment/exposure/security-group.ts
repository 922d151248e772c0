import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { interfaceExposure } from './interface.ts'
import { nameOf } from './reading.ts'
import { worstOf } from './worst-of.ts'

/** A group may have tens of thousands of members; of so many the first ones are looked at. */
const MOST_MEMBERS = 200

/**
 * A security group is reached by nobody; what it lets in reaches what it is on. So its exposure is the worst of the
 * interfaces that have it, and there is none where a complete scan shows that no interface has it.
 */
export function securityGroupExposure(
  graph: ContextGraph,
  tenant: string,
  group: KnownAsset<'AWS::EC2::SecurityGroup'>,
): Exposure {
  const { uid, account, region, version } = group
  const members = graph.referring(tenant, uid, 'groups', 'AWS::EC2::NetworkInterface')
  const covered = graph.covers(tenant, 'AWS::EC2::NetworkInterface', account, region)
  const missing = [
    ...(covered ? [] : [`network interfaces of ${account} in ${region}`]),
    ...(members.length <= MOST_MEMBERS
      ? []
      : [`${members.length - MOST_MEMBERS} more network interfaces of ${nameOf(uid)}`]),
  ]
  const input = { uid, version }
  if (members.length === 0 && covered)
    return {
      value: 'none',
      certainty: 'certain',
      routes: [],
      closedBy: [{ uid, text: `no network interface has security group ${nameOf(uid)}` }],
      inputs: [input],
      missing: [],
    }
  const exposures = members.slice(0, MOST_MEMBERS).map((each) => interfaceExposure(graph, tenant, each))
  const { inputs, ...worst } = worstOf({ exposures, missing })
  return { ...worst, inputs: [input, ...inputs] }
}
