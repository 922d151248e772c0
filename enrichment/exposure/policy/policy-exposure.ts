import type { ContextGraph } from '../../context-graph.ts'
import type { Exposure } from '../../exposure.ts'
import type { Access } from './opening.ts'
import { otherActions } from './other-actions.ts'
import { policyOpenings, type PolicyOwner } from './policy-openings.ts'
import { settle } from './settle.ts'
import type { Place } from './standing.ts'

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
  asset: Place & { readonly version: number },
  policy: string | null | undefined,
  { noun, requests, holdsData, actions }: PolicyKind,
): Exposure {
  const { uid, account, region, version } = asset
  const named = Object.values(actions).flat()
  const inLowerCase = named.map((each) => each.toLowerCase())
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
      ...otherActions(read, inLowerCase).map((action) => ({ access: 'call' as const, action, resources: [uid] })),
    ],
  })
  return settle(graph, tenant, asset, { openings, closedBy, missing: [], inputs: [{ uid, version }], holdsData })
}
