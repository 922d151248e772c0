import type { Context } from '../core/component.ts'
import { digest } from '../core/digest.ts'
import { findingKey } from '../schemas/finding-key.ts'
import type { FindingObserved } from '../schemas/generated/posture-event.ts'

/** We ourselves are what is looked at: the product, and what stands where a cloud and an account would. */
const OURSELVES = 'posture-stream'

/** Our own statement about a collector's source: that it is silent (fail), or is not any more (pass). */
export function sourceSilent(
  { name, tenant, clock }: Context,
  { value, detail, at }: { readonly value: 'fail' | 'pass'; readonly detail: string; readonly at: number },
): FindingObserved {
  const identity = {
    product: OURSELVES,
    provider: OURSELVES,
    account: OURSELVES,
    region: '',
    control: 'source-silent',
    resource: name,
    discriminator: '',
  }
  const content = {
    type: 'finding.observed' as const,
    tenant,
    collector: name,
    key: findingKey(tenant, identity),
    identity,
    source: { product: OURSELVES, name: OURSELVES, vendor: OURSELVES, format: OURSELVES },
    kind: 'compliance' as const,
    verdict: { value, at, detail },
    description: DESCRIPTION,
    resources: [{ uid: name, name, type: 'Collector', tags: [] }] as FindingObserved['resources'],
    cloud: { provider: OURSELVES, account: OURSELVES },
    flags: [],
  }
  return { ...content, id: digest(content), time: clock() }
}

const DESCRIPTION: FindingObserved['description'] = {
  title: 'A source of findings has been silent for longer than expected',
  text: 'The collector has been given nothing for longer than its expectEvery allows: what happens there is not seen.',
  severity: 'medium',
  risk: 'While a source is silent, new findings are missing and old ones are not closed.',
  remediation: {
    text: "See the collector's log and `posture-stream checkpoints list`, then whether the source still produces; or change expectEvery.",
    references: [],
  },
  types: [],
  standards: [],
  categories: [],
}
