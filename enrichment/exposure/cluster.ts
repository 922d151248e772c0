import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { flows } from './flow-set.ts'
import { addressesOf, FAMILIES, intersect, parseCidr } from './flow-set-addresses.ts'
import type { Family } from './flow-set-addresses.ts'
import { either, exactly, limit } from './flow-set-bounds.ts'
import type { Bounds } from './flow-set-bounds.ts'
import { INTERNET } from './flow-set-internet.ts'
import { portsOf, TCP } from './flow-set-services.ts'
import { answerOf } from './network-answer.ts'
import { fromInternet, privateWays } from './network-path.ts'
import type { Way } from './network-path.ts'
import { placeOf } from './network-place.ts'
import { nameOf, Reading } from './network-reading.ts'
import { closedStep, openStep, unknownStep, walk } from './network-step.ts'
import type { Step } from './network-step.ts'

type Cluster = KnownAsset<'AWS::EKS::Cluster'>

const API = portsOf(TCP, 443, 443)

/**
 * Who reaches the API of a Kubernetes cluster: its public endpoint is open to the listed CIDRs, to all of IPv4 where none
 * are listed; its private one to the VPC. Everybody has to sign in, so that it is `internet` and not worse; what anonymous
 * users may do inside is not known here.
 */
export function clusterExposure(graph: ContextGraph, tenant: string, asset: Cluster): Exposure {
  const reading = new Reading(graph, tenant, asset)
  return answerOf(reading, {
    ways: [...FAMILIES.map((family) => publicWay(family, asset)), ...privateWaysTo(reading, asset)],
    gaps: [],
  })
}

function publicWay(family: Family, asset: Cluster): Way {
  const { uid, document } = asset
  const name = nameOf(uid)
  const step =
    document.endpointPublic === undefined
      ? unknownStep(family, uid, `whether cluster ${name} has a public endpoint`)
      : document.endpointPublic
        ? openStep(family, uid, `cluster ${name} has a public endpoint`)
        : closedStep(family, uid, `cluster ${name} has no public endpoint`)
  const walked = walk(fromInternet(family, API), [() => [step], () => [cidrStep(family, asset)]])
  return { kind: 'internet', family, ...walked }
}

function cidrStep(family: Family, { uid, document }: Cluster): Step {
  const name = nameOf(uid)
  const listed = document.publicCidrs?.length ? document.publicCidrs : ['0.0.0.0/0']
  const bad = listed.filter((cidr) => parseCidr(cidr) === undefined)
  const known = exactly(flows(API, intersect(addressesOf(family, listed), INTERNET[family])))
  const rest: Bounds = limit(fromInternet(family, API), bad.length > 0 ? 'unknown' : 'no')
  return {
    uid,
    bounds: either(known, rest),
    hops: () => [
      { uid, text: `cluster ${name} admits ${listed.slice(0, 3).join(', ')}${listed.length > 3 ? ' and more' : ''}` },
    ],
    closes: `cluster ${name} admits no ${family === 'v4' ? 'IPv4' : 'IPv6'} address of the internet`,
    missing: bad.map((cidr) => `CIDR ${cidr} of cluster ${name}`),
  }
}

/** To the private endpoint, which stands in the cluster's subnets behind its groups. */
function privateWaysTo(reading: Reading, asset: Cluster): readonly Way[] {
  const { uid, document } = asset
  const { subnets = [], vpc, groups, endpointPrivate } = document
  if (endpointPrivate === false) return []
  const at = { ...(vpc === undefined ? {} : { vpc }), ...(groups === undefined ? {} : { groups }) }
  const places = subnets.map((subnet) => placeOf(reading, asset, { ...at, subnet }))
  const ways = (places.length > 0 ? places : [placeOf(reading, asset, at)]).flatMap((place) =>
    privateWays(reading, ['v4'], place, API),
  )
  if (endpointPrivate === true) return ways
  const missing = [`whether cluster ${nameOf(uid)} has a private endpoint`]
  return ways.map((way) => ({ ...way, left: limit(way.left, 'unknown'), missing }))
}
