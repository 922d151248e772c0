import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { intersect, union } from './flow-set.ts'
import { FAMILIES } from './flow-set-addresses.ts'
import type { Family } from './flow-set-addresses.ts'
import { limit } from './flow-set-bounds.ts'
import { ALL_SERVICES, isPort, portsOf, TCP } from './flow-set-services.ts'
import { anyOf } from './load-balancer-front.ts'
import { answerOf } from './network-answer.ts'
import { directWay, fromInternet, privateWays } from './network-path.ts'
import type { Way } from './network-path.ts'
import { lacksIpv6, placesIn } from './network-place.ts'
import type { Place } from './network-place.ts'
import { distinctAssets, nameOf, Reading } from './reading.ts'
import { closedStep, openStep, unknownStep } from './network-step.ts'
import type { Step } from './network-step.ts'

type DbInstance = KnownAsset<'AWS::RDS::DBInstance'>

/**
 * Who reaches a database instance on its port: from the internet if it is publicly accessible, and the subnet that it is in
 * lets it pass as it would for an interface. In which subnet of its group it is, its zone tells; where several are left and
 * only some let it pass, it is reached possibly. Whatever the port is, what answers is a database.
 */
export function databaseExposure(graph: ContextGraph, tenant: string, asset: DbInstance): Exposure {
  const reading = new Reading(graph, tenant, asset)
  return answerOf(reading, { ways: waysTo(reading, asset), gaps: [] })
}

/** Who reaches a database cluster: whoever reaches one of its instances. */
export function databaseClusterExposure(
  graph: ContextGraph,
  tenant: string,
  asset: KnownAsset<'AWS::RDS::DBCluster'>,
): Exposure {
  const reading = new Reading(graph, tenant, asset)
  const { uid, document } = asset
  const listed = reading.referring(uid, 'cluster', 'AWS::RDS::DBInstance')
  const named = (document.members ?? []).map((member) => reading.asset(member, 'AWS::RDS::DBInstance'))
  const members = distinctAssets([...listed, ...named])
  const unread = (document.members ?? []).filter((_, at) => named[at] === undefined)
  const gaps = unread.map((member) => `database instance ${nameOf(member)}`)
  // A cluster without instances that we know of may be one that needs none.
  if (members.length === 0 && gaps.length === 0) gaps.push(`instances of database cluster ${nameOf(uid)}`)
  return answerOf(reading, { ways: members.flatMap((member) => waysTo(reading, member)), gaps })
}

function waysTo(reading: Reading, asset: DbInstance): readonly Way[] {
  const { port } = asset.document
  const services = isPort(port) ? portsOf(TCP, port, port) : portsOf(TCP, 0, 65_535)
  const { places, isSure } = placesOf(reading, asset)
  const direct = FAMILIES.map((family): Way => {
    const start = limit(fromInternet(family, services), isPort(port) ? 'certain' : 'unknown')
    const before = [publicStep(family, asset), ...(family === 'v6' ? [dualStackStep(reading, asset, places)] : [])]
    const way = inOneOf(places.map((place) => directWay(reading, family, place, { before, start })))
    const missing = isPort(port) ? way.missing : [...way.missing, `port of ${nameOf(asset.uid)}`]
    return { ...way, left: limit(way.left, isSure ? 'certain' : 'possible'), missing, isDatabase: true }
  })
  return [
    ...direct,
    ...places.flatMap((place) => privateWays(reading, ['v4'], place, isPort(port) ? services : ALL_SERVICES)),
  ]
}

/** The places where it can be: those of its zone where that is known, else all of its subnet group. */
function placesOf(reading: Reading, asset: DbInstance): { places: readonly Place[]; isSure: boolean } {
  const { subnets = [], zone } = asset.document
  const zoneOf = (subnet: string): string | undefined => reading.asset(subnet, 'AWS::EC2::Subnet')?.document.zone
  const near = subnets.filter((subnet) => zone === undefined || [zone, undefined].includes(zoneOf(subnet)))
  // In a zone where none of them is, what is known contradicts itself: it may be in any.
  const candidates = near.length > 0 ? near : subnets
  return { places: placesIn(reading, asset, asset.document, candidates), isSure: near.length > 0 }
}

/** One of the places, not known which: certain is only what passes at all of them. */
function inOneOf(ways: readonly Way[]): Way {
  const any = anyOf(ways)
  const certain = ways.map(({ left }) => left.certain).reduce(intersect)
  const possible = ways.map(({ left }) => left.possible).reduce(union)
  return { ...any, left: { certain, possible, unknown: any.left.unknown } }
}

function publicStep(family: Family, { uid, document }: DbInstance): Step {
  if (document.public === undefined) return unknownStep(family, uid, `whether ${nameOf(uid)} is publicly accessible`)
  if (!document.public) return closedStep(family, uid, `${nameOf(uid)} is not publicly accessible`)
  return openStep(family, uid, `${nameOf(uid)} is publicly accessible`)
}

/** It has IPv6 addresses in dual-stack mode, which needs subnets that have some; the mode itself is not collected. */
function dualStackStep(reading: Reading, { uid }: DbInstance, places: readonly Place[]): Step {
  if (lacksIpv6(reading, places)) return closedStep('v6', uid, `the subnets of ${nameOf(uid)} have no IPv6 addresses`)
  return unknownStep('v6', uid, `network type of ${nameOf(uid)}`)
}
