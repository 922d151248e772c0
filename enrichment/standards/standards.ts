import type { Standard } from '../../schemas/generated/posture-event.ts'
import type { Enricher, FindingContext } from '../enricher.ts'
import { readState, scopeOf, stateKey } from '../state/keys.ts'

/**
 * Adds the requirements that a finding's control tests, where its source says that by itself and not with every finding:
 * Defender for Cloud's regulatory compliance assessments, which name an assessment and no resource.
 */
export function standards(): Enricher {
  return {
    name: 'standards',
    version: 1,
    consumes: [],
    apply: () => [],
    enrich({ tenant, identity }, store): FindingContext {
      const { product, provider, account, control } = identity
      const scope = scopeOf(tenant, product, provider, account)
      const known = readState(store, 'control', stateKey.control(scope, control))
      const found = Object.entries(known?.standards ?? {}).flatMap(([name, all]): Standard[] => {
        const requirements = Object.keys(all).filter((each) => all[each]?.withdrawn !== true)
        return requirements.length === 0 ? [] : [{ name, requirements }]
      })
      return found.length === 0 ? {} : { standards: found }
    },
  }
}
