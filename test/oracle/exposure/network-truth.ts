import type { DocumentOf } from '../../../enrichment/context-graph.ts'
import { isRouted, stretches } from './addresses.ts'
import { anyOf, balancerTruth, tallyBalanced } from './balancer-truth.ts'
import { type Place, placeOf, tallyInside, tallyOutside } from './interface-truth.ts'
import { exactly, Tally, type Truth } from './tally.ts'
import { when } from './three.ts'
import type { World } from './world.ts'

const ANYTHING: Truth = { least: 'none', most: 'internet_sensitive' }

/** What is true of an asset on the network: undefined where it is none. */
export function networkTruth(world: World, uid: string): Truth | undefined {
  const asset = world.assets.find((each) => each.uid === uid)
  switch (asset?.document.type) {
    case 'AWS::EC2::NetworkInterface':
      return interfaceTruth(world, uid)
    case 'AWS::EC2::Instance':
      return instanceTruth(world, uid, asset.document)
    case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
    case 'AWS::ElasticLoadBalancing::LoadBalancer':
      return balancerTruth(world, uid)
    case 'AWS::RDS::DBInstance':
      return databaseTruth(world, uid, asset.document)
    case 'AWS::EKS::Cluster':
      return clusterTruth(world, asset.document)
    default:
      return undefined
  }
}

/** By its own word, or by that of the interfaces where all are told. */
function instanceTruth(world: World, uid: string, { interfaces }: DocumentOf<'AWS::EC2::Instance'>): Truth {
  const attached = world.all('AWS::EC2::NetworkInterface').filter(({ document }) => document.instance === uid)
  if (!interfaces && !world.hasAll('AWS::EC2::NetworkInterface')) return ANYTHING
  return anyOf((interfaces ?? attached.map((each) => each.uid)).map((each) => interfaceTruth(world, each)))
}

function interfaceTruth(world: World, uid: string): Truth {
  const document = world.find('AWS::EC2::NetworkInterface', uid)
  if (!document) return ANYTHING
  const place = placeOf(world, uid, document)
  const tally = new Tally()
  tallyOutside(world, place, tally)
  tallyInside(world, place, tally)
  const addresses = document.addresses?.map((address) => address.private) ?? []
  tallyBalanced(world, place, [...(document.instance ? [document.instance] : []), ...addresses], tally)
  const truth = tally.truth()
  const types = ['LoadBalancer', 'Listener', 'TargetGroup'] as const
  const told = types.every((type) => world.hasAll(`AWS::ElasticLoadBalancingV2::${type}`))
  return told && world.hasAll('AWS::ElasticLoadBalancing::LoadBalancer')
    ? truth
    : { least: truth.least, most: 'internet_sensitive' }
}

/** It stands in one of the subnets of its zone; which one, if there are several, nobody says. */
function databaseTruth(world: World, uid: string, document: DocumentOf<'AWS::RDS::DBInstance'>): Truth {
  const { port, vpc, zone, subnets, groups } = document
  if (!subnets) return ANYTHING
  const fitting = subnets.filter((each) => {
    const its = world.find('AWS::EC2::Subnet', each)?.zone
    return zone === undefined || its === undefined || its === zone
  })
  // In a zone in which it has no subnet it stands nowhere that is known.
  const truths = (fitting.length > 0 ? fitting : subnets).map((subnet) => {
    const place: Place = {
      uid,
      vpc,
      subnet,
      groups,
      named: (family) => (document.public === undefined ? 'unknown' : when(document.public && family === 4)),
      listens: (ask) => ask.protocol === 6 && (port === undefined || ask.port === port),
      sensitive: true,
    }
    const tally = new Tally()
    tallyOutside(world, place, tally)
    tallyInside(world, place, tally)
    return tally.truth()
  })
  const [first, ...others] = truths
  if (!first) return ANYTHING
  const isSame = fitting.length > 0 && others.every(({ least, most }) => least === first.least && most === first.most)
  return isSame ? first : { least: 'none', most: anyOf(truths).most }
}

function clusterTruth(world: World, document: DocumentOf<'AWS::EKS::Cluster'>): Truth {
  const { endpointPublic, endpointPrivate, publicCidrs } = document
  if (endpointPublic === undefined) return ANYTHING
  if (!endpointPublic) return endpointPrivate ? exactly('internal') : { least: 'none', most: 'internal' }
  const tally = new Tally()
  for (const stretch of stretches(world.texts())) {
    const from = { family: stretch.family, number: stretch.first }
    if (!isRouted(from)) continue
    const open = publicCidrs?.some((cidr) => world.holds(cidr, from)) ?? from.family === 4
    tally.outside(when(open), 'plain', stretch)
  }
  const truth = tally.truth()
  return truth.most === 'none' ? { least: 'none', most: 'cross_boundary' } : truth
}
