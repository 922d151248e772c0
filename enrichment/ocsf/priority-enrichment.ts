import type { CvePriority, Priority } from '../enricher.ts'
import { ITEMS, type EvidenceVector } from '../evidence.ts'
import { moment, present, type Attributes } from './attributes.ts'
import type { Due } from './due.ts'
import { enrichment, summary } from './risk.ts'

/**
 * The priority for programs: all that decided it, so that it can be decided again from the event alone. Names are flat
 * and stable, times milliseconds since the epoch; what is empty is left out.
 */
export function priorityEnrichment(findingUid: string, priority: Priority, due: Due, computedAt: number): Attributes {
  const { band, score, state, range, reasons, counterfactuals, wouldChangeIf, dueDays, cve, ruleset } = priority
  return enrichment(findingUid, 'priority', {
    short_desc: summary(priority),
    data: {
      band,
      score: Math.round(score),
      state,
      range,
      reasons: reasons.map(({ id, text, items }) => ({ id, text, ...present({ items }) })),
      ...present({
        counterfactuals: counterfactuals.map(({ item, from, to, band: then, text }) => ({
          item,
          from,
          to,
          band: then,
          text,
        })),
        // Its sentences follow from these; there are several in every event.
        would_change_if: wouldChangeIf
          .filter(({ best, worst }) => best !== worst)
          .map(({ item, best, worst }) => ({ item, best, worst })),
        due: moment(due.at),
      }),
      due_days: dueDays,
      ...(cve && { cve: cveOf(cve, due) }),
      evidence: evidenceOf(priority.evidence),
      ruleset: { name: ruleset.name, version: ruleset.version, hash: ruleset.hash },
      input_hash: priority.inputHash,
      computed_at: computedAt,
    },
  })
}

function cveOf({ uid, ssvc, bod, bodDays, unknown }: CvePriority, due: Due): Attributes {
  return present({ uid, ssvc, bod, bod_days: bodDays, bod_due: moment(due.bod), unknown })
}

/** As it is, item by item, so that nothing else that an enricher may have put there comes out. */
function evidenceOf(vector: EvidenceVector): Attributes {
  const items = ITEMS.map((item) => [item, vector[item] && present({ ...vector[item] })] as const)
  return present({ ...Object.fromEntries(items), cve: vector.cve && present({ ...vector.cve }) })
}
