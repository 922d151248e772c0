import { findingsTemplate, historyTemplate } from '../template/template.ts'
import type { Ask } from './ask.ts'
import { Cluster } from './cluster.ts'
import { dataStreamPart } from './data-stream-part.ts'
import { indexPart } from './index-part.ts'
import type { Found, InstallNames, InstallPlan } from './install-plan.ts'
import { policyPart } from './policy-part.ts'
import { templatePart } from './template-part.ts'

type Part = () => Promise<Found>

/** How everything stands and what install would do, in the order in which it would. Changes nothing. */
export async function planInstall(ask: Ask, names: InstallNames, signal: AbortSignal): Promise<readonly InstallPlan[]> {
  const plans: InstallPlan[] = []
  for (const parts of groups(new Cluster(ask, signal), names)) for (const part of parts) plans.push((await part()).plan)
  return plans
}

/**
 * Creates what is missing and changes what differs, also while the pipeline runs; resolves to what was found before.
 * Doing it twice, or two doing it at once, ends like doing it once.
 */
export async function applyInstall(
  ask: Ask,
  names: InstallNames,
  signal: AbortSignal,
): Promise<readonly InstallPlan[]> {
  const before: InstallPlan[] = []
  for (const parts of groups(new Cluster(ask, signal), names)) {
    let refused = false
    for (const part of parts) {
      const { plan, mend } = await part()
      refused ||= plan.state === 'refused'
      // What follows is made from what was refused: without our template an index would get any mapping.
      before.push(refused ? { ...plan, done: '' } : plan)
      if (!refused) await mend?.()
    }
  }
  return before
}

/** What stands in one group needs what stands before it. */
function groups(cluster: Cluster, { index, history }: InstallNames): Part[][] {
  const findings: Part[] = [
    () => templatePart(cluster, { name: index, wanted: findingsTemplate(index), member: `${index}-000001` }),
    () => indexPart(cluster, index),
  ]
  if (history === undefined) return [findings]
  const { dataStream } = history
  return [
    findings,
    [
      () => templatePart(cluster, { name: dataStream, wanted: historyTemplate(dataStream), member: dataStream }),
      () => policyPart(cluster, history),
      () => dataStreamPart(cluster, dataStream),
    ],
  ]
}
