import { digest } from '../../core/digest.ts'
import type { Priority } from '../enricher.ts'
import { ITEMS, type EvidenceVector } from '../evidence.ts'
import { counterfactualsOf } from './counterfactuals.ts'
import { cvePriority } from './cve/cve-priority.ts'
import { COUNTED_ITEMS, pointOf, type Point } from './point.ts'
import type { RawSteps } from './raw-band.ts'
import { reasonsOf } from './reasons.ts'
import type { Ruleset } from './ruleset.ts'
import { scoreOf } from './score.ts'
import { endsOf, wouldChangeIf } from './unknowns.ts'

/**
 * The priority that evidence has under a ruleset, with everything that explains it. Pure: equal evidence, equal
 * priority; at most 40 look-ups of a band.
 */
export function prioritise(vector: EvidenceVector, ruleset: Ruleset): Priority {
  const { tables } = ruleset
  const point = pointOf(vector, tables)
  const band = ruleset.band(point)
  const steps = ruleset.steps(point)
  const ends = endsOf(point, ruleset)
  const cve = cvePriority(vector)
  return {
    band,
    score: scoreOf(point, band, tables),
    state: stateOf(point, steps),
    range: [ruleset.band(point.safest()), ruleset.band(point.worst())],
    reasons: reasonsOf({ vector, point, tables }, steps, band, ends),
    counterfactuals: counterfactualsOf(vector, point, band, ruleset),
    wouldChangeIf: wouldChangeIf(ends),
    dueDays: tables.dueDays[band],
    ...(cve === undefined ? {} : { cve }),
    evidence: vector,
    ruleset: ruleset.id,
    inputHash: inputHash(vector),
  }
}

function stateOf(point: Point, { onlySeverity }: RawSteps): Priority['state'] {
  if (onlySeverity) return 'not_evaluated'
  return COUNTED_ITEMS.every((item) => point.isKnown(item)) ? 'evaluated' : 'partly_evaluated'
}

/** Of what decides and who says so; when it was observed and EPSS's daily numbers decide nothing by themselves. */
function inputHash(vector: EvidenceVector): string {
  const items = ITEMS.flatMap((item) => {
    const evidence = vector[item]
    return evidence === undefined ? [] : [[item, evidence.value, evidence.certainty, evidence.source]]
  })
  if (vector.cve === undefined) return digest([items])
  const { uid, kev, publicExploit, automatable, technicalImpact } = vector.cve
  return digest([items, { uid, kev, publicExploit, automatable, technicalImpact }])
}
