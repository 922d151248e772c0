import type { Severity } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { PriorityBand } from '../../schemas/records.ts'
import type { Enricher, FindingContext } from '../enricher.ts'

/** What a severity alone amounts to, while nothing else about a finding is known. */
const DEFAULT_BAND: Readonly<Record<Severity, PriorityBand>> = {
  critical: 'P2',
  high: 'P3',
  medium: 'P3',
  low: 'P4',
  informational: 'P4',
  unknown: 'P3',
}

/** Each band has its quarter of 0-100, so that a score never contradicts the band. */
const BAND_FLOOR: Readonly<Record<PriorityBand, number>> = { P1: 75, P2: 50, P3: 25, P4: 0 }
const BAND_WIDTH = 24
const SEVERITY_RANK: Readonly<Record<Severity, number>> = {
  informational: 0,
  low: 1,
  medium: 2,
  unknown: 2,
  high: 3,
  critical: 4,
}
const HIGHEST_RANK = 4

/** Adds the priority: for now the default of the source's severity, and it says that no more was evaluated. */
export const priority: Enricher = {
  name: 'priority',
  version: 1,
  consumes: [],
  apply: () => [],
  enrich({ description: { severity } }: FindingState): FindingContext {
    const band = DEFAULT_BAND[severity]
    const score = BAND_FLOOR[band] + Math.round((SEVERITY_RANK[severity] / HIGHEST_RANK) * BAND_WIDTH)
    return { priority: { band, score, state: 'not_evaluated', reasons: [reason(severity, band)] } }
  },
}

function reason(severity: Severity, band: PriorityBand): string {
  const known = severity === 'unknown' ? 'The source gives no severity' : `The source calls it ${severity}`
  return `${known}, and no context was evaluated: its default ${band} stands.`
}
