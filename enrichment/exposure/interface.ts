import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { FAMILIES, intersect, parseAddress } from './flow-set-addresses.ts'
import type { Family } from './flow-set-addresses.ts'
import { INTERNET } from './flow-set-internet.ts'
import { balancedWays } from './load-balancer-targets.ts'
import { answerOf } from './network-answer.ts'
import { directWay, privateWays } from './network-path.ts'
import type { Way } from './network-path.ts'
import { placeOf } from './network-place.ts'
import { nameOf, Reading } from './reading.ts'
import { closedStep, openStep, unknownStep } from './network-step.ts'
import type { Step } from './network-step.ts'

type Interface = KnownAsset<'AWS::EC2::NetworkInterface'>

/** Who reaches a network interface: directly on its addresses, and through load balancers. */
export function interfaceExposure(graph: ContextGraph, tenant: string, asset: Interface): Exposure {
  const reading = new Reading(graph, tenant, asset)
  const { instance, interfaceType } = asset.document
  const host = instance ? reading.asset(instance, 'AWS::EC2::Instance') : undefined
  const { ways, gaps } = balancedWays(reading, {
    place: placeOf(reading, asset, asset.document),
    addresses: addressesOf(asset),
    // A target that is an instance is reached on its primary interface, which is listed first.
    targets: instance && (host?.document.interfaces ?? [asset.uid])[0] === asset.uid ? [instance] : [],
  })
  const unsure = [
    ...(instance === undefined ? [`what ${nameOf(asset.uid)} is attached to`] : []),
    // Without groups it is open, and its load balancer's listeners decide; that is not named here.
    ...(interfaceType === 'network_load_balancer' ? [`load balancer of ${nameOf(asset.uid)}`] : []),
  ]
  return answerOf(reading, { ways: [...interfaceWays(reading, asset), ...ways], gaps: [...gaps, ...unsure] })
}

/** The ways to an interface that lead through no load balancer. */
export function interfaceWays(reading: Reading, asset: Interface): readonly Way[] {
  const place = placeOf(reading, asset, asset.document)
  const families = FAMILIES.filter((family) => family === 'v4' || asset.document.ipv6?.length !== 0)
  return [
    ...FAMILIES.map((family) => directWay(reading, family, place, { before: [addressStep(family, asset)] })),
    ...privateWays(reading, families, place),
  ]
}

/** Its private addresses; undefined where they are not known. */
export function addressesOf({ document }: Interface): readonly string[] | undefined {
  const { addresses, ipv6 } = document
  return addresses && ipv6 && [...addresses.map((address) => address.private), ...ipv6]
}

function addressStep(family: Family, { uid, document }: Interface): Step {
  const what = family === 'v4' ? 'public IPv4 address' : 'global IPv6 address'
  const listed = family === 'v4' ? document.addresses?.map((address) => address.public) : document.ipv6
  if (!Array.isArray(listed)) return unknownStep(family, uid, `${what} of ${nameOf(uid)}`)
  const given = (listed as readonly (string | undefined)[]).filter((address) => address !== undefined)
  const open = given.find((address) => isGlobal(family, address))
  if (open !== undefined) return openStep(family, uid, `${nameOf(uid)} has the ${what} ${open}`)
  if (given.some((address) => parseAddress(family, address) === undefined))
    return unknownStep(family, uid, `${what} of ${nameOf(uid)}`)
  return closedStep(family, uid, `${nameOf(uid)} has no ${what}`)
}

function isGlobal(family: Family, address: string): boolean {
  return intersect(parseAddress(family, address) ?? [], INTERNET[family]).length > 0
}
