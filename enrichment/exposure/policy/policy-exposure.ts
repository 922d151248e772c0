import type { ContextGraph, KnownAsset } from '../../context-graph.ts'
import type { Exposure } from '../../exposure.ts'
import { Reading } from '../reading.ts'
import type { Access } from './grant.ts'
import { otherProbes } from './other-probes.ts'
import { policyOpenings, type PolicyOwner } from './policy-openings.ts'
import { settle } from './settle.ts'

/** What a service's policies are about. */
export interface PolicyKind extends Pick<PolicyOwner, 'noun' | 'requests'> {
  readonly holdsData: boolean
  /** What is asked first, by what it does; whatever else a policy allows is a call. */
  readonly actions: { readonly [Each in Access]?: readonly string[] }
}

/** Who gets at an asset that nothing but its own policy opens to other accounts. */
export function policyExposure(
  graph: ContextGraph,
  tenant: string,
  asset: Omit<KnownAsset, 'document'>,
  policy: string | null | undefined,
  { noun, requests, holdsData, actions }: PolicyKind,
): Exposure {
  const { uid, account, region } = asset
  const reading = new Reading(graph, tenant, asset)
  const { openings, closedBy } = policyOpenings({
    uid,
    account,
    region,
    noun,
    policy,
    requests,
    probes: (read) => [
      ...Object.entries(actions).flatMap(([access, list]) =>
        list.map((action) => ({ access: access as Access, action, resources: [uid] })),
      ),
      ...otherProbes(read, Object.values(actions).flat(), [uid]),
    ],
  })
  return settle(reading, asset, { openings, closedBy, holdsData })
}
