import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure } from '../exposure.ts'
import { flows } from './flow-set.ts'
import { addressesOf, FAMILIES, parseCidr } from './flow-set-addresses.ts'
import type { Family } from './flow-set-addresses.ts'
import { either, exactly, limit, passing } from './flow-set-bounds.ts'
import { portsOf, TCP } from './flow-set-services.ts'
import { answerOf } from './network-answer.ts'
import { fromInternet, privateWays } from './network-path.ts'
import type { Way } from './network-path.ts'
import { placesIn } from './network-place.ts'
import { nameOf, Reading } from './reading.ts'
import { closedStep, openStep, unknownStep, walk } from './network-step.ts'
import type { Step } from './network-step.ts'
import { someOf } from './network-text.ts'

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
  return {
    uid,
    bounds: either(
      exactly(flows(API, addressesOf(family, listed))),
      passing(family, bad.length > 0 ? 'unknown' : 'no'),
    ),
    hops: () => [{ uid, text: `cluster ${name} admits ${someOf(listed)}` }],
    closes: `cluster ${name} admits no ${family === 'v4' ? 'IPv4' : 'IPv6'} address of the internet`,
    missing: bad.map((cidr) => `CIDR ${cidr} of cluster ${name}`),
  }
}

/** To the private endpoint, which stands in the cluster's subnets behind its groups. */
function privateWaysTo(reading: Reading, asset: Cluster): readonly Way[] {
  const { uid, document } = asset
  const { subnets = [], endpointPrivate } = document
  if (endpointPrivate === false) return []
  const ways = placesIn(reading, asset, document, subnets).flatMap((place) => privateWays(reading, ['v4'], place, API))
  if (endpointPrivate === true) return ways
  const missing = [`whether cluster ${nameOf(uid)} has a private endpoint`]
  return ways.map((way) => ({ ...way, left: limit(way.left, 'unknown'), missing }))
}
