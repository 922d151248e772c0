import { repetitionsIn, type CorrelationConfig } from '../../enrichment/correlation/groups.ts'
import { childPointer, type Places } from './places.ts'

/** Notes what a schema cannot say of the section `enrichment`, which has passed its own. */
export function noteEnrichmentRules(section: Readonly<Record<string, unknown>>, places: Places): void {
  const groups = (section['correlation'] ?? {}) as CorrelationConfig
  for (const { group, index, control, first } of repetitionsIn(groups)) {
    places.note(
      `${childPointer('/enrichment/correlation', group)}/${index}`,
      `the control ${control.control} of ${control.product} stands in the group ${first} already`,
      first === group ? 'remove one of the two' : 'a control is in one group: remove it from one of the two',
    )
  }
}
