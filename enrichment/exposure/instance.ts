import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { addressesOf, interfaceWays } from './interface.ts'
import { balancedWays } from './load-balancer-targets.ts'
import { answerOf } from './network-answer.ts'
import { placeOf } from './network-place.ts'
import { distinctAssets, nameOf, Reading } from './reading.ts'

/**
 * Who reaches an instance: directly on every one of its interfaces, and through load balancers that have it, or an address
 * of it, as a target. Of a stopped instance it is who would reach it, since a start is all that is missing.
 */
export function instanceExposure(
  graph: ContextGraph,
  tenant: string,
  asset: KnownAsset<'AWS::EC2::Instance'>,
): Exposure {
  const reading = new Reading(graph, tenant, asset)
  const { interfaces, gaps } = interfacesOf(reading, asset)
  const primary = interfaces[0]
  const { document, uid } = asset
  const through = [
    balancedWays(reading, {
      place: placeOf(reading, asset, { ...primary?.document, ...document }),
      targets: [uid],
      addresses: [],
    }),
    ...interfaces.map((each) =>
      balancedWays(reading, {
        place: placeOf(reading, each, each.document),
        targets: [],
        addresses: addressesOf(each),
      }),
    ),
  ]
  const state = document.state ?? 'running'
  const note =
    state === 'running' ? undefined : { uid, text: `instance ${nameOf(uid)} is ${state}: so it would be reached` }
  return answerOf(reading, {
    ways: [...interfaces.flatMap((each) => interfaceWays(reading, each)), ...through.flatMap(({ ways }) => ways)],
    gaps: [...new Set([...gaps, ...through.flatMap((each) => each.gaps)])],
    note,
  })
}

/** All its interfaces that are known, the primary one first, and what is missing of the others. */
function interfacesOf(reading: Reading, asset: KnownAsset<'AWS::EC2::Instance'>) {
  const { uid, document } = asset
  const attached = reading.referring(uid, 'instance', 'AWS::EC2::NetworkInterface')
  const named = Array.isArray(document.interfaces) ? document.interfaces : []
  const listed = named.map((each) => reading.asset(each, 'AWS::EC2::NetworkInterface'))
  const gaps = named.filter((_, at) => listed[at] === undefined).map((each) => `network interface ${nameOf(each)}`)
  if (document.interfaces === undefined && !reading.covers('AWS::EC2::NetworkInterface', asset))
    gaps.push(`network interfaces of ${nameOf(uid)}`)
  return { interfaces: distinctAssets([...listed, ...attached]), gaps }
}
