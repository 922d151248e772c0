import type { Priority, Reason } from '../enrichment/enricher.ts'
import type { PriorityBand } from '../schemas/records.ts'

/** A priority as an enricher may find it, of which nothing but the severity is known. */
export function samplePriority(band: PriorityBand, change: Partial<Priority> = {}): Priority {
  return {
    band,
    score: { P1: 80, P2: 60, P3: 37, P4: 12 }[band],
    state: 'not_evaluated',
    range: ['P4', 'P1'],
    reasons: [sampleReason('The source calls it medium.')],
    counterfactuals: [],
    wouldChangeIf: [],
    dueDays: { P1: 3, P2: 7, P3: 30, P4: 90 }[band],
    evidence: { severity: { value: 'medium', certainty: 'certain', source: 'Prowler' } },
    ruleset: { name: 'default', version: 1, hash: 'a'.repeat(32) },
    inputHash: 'b'.repeat(32),
    ...change,
  }
}

export function sampleReason(text: string, change: Partial<Reason> = {}): Reason {
  return { id: 'severity-default', text, items: ['severity'], ...change }
}
