import type { Severity } from '../../schemas/generated/posture-event.ts'

const WORDS: ReadonlyMap<string | undefined, Severity> = new Map([
  ['fatal', 'critical'],
  ['critical', 'critical'],
  ['high', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['low', 'low'],
  ['informational', 'informational'],
  ['info', 'informational'],
])
/** By OCSF severity_id; 6 is Fatal. */
const BY_ID: readonly Severity[] = ['unknown', 'informational', 'low', 'medium', 'high', 'critical', 'critical']

/** The severity that a source's word stands for. */
export function severityOf(word: string | undefined): Severity {
  return WORDS.get(word?.toLowerCase()) ?? 'unknown'
}

/** The severity that an OCSF event states, by number first. */
export function severityOfOcsf(id: number | undefined, word: string | undefined): Severity {
  const byId = BY_ID[id ?? 0] ?? 'unknown'
  return byId === 'unknown' ? severityOf(word) : byId
}

/** The severity that Security Hub reads from a normalised score of 0 to 100. */
export function severityOfScore(score: number | undefined): Severity {
  if (score === undefined || score < 0 || score > 100) return 'unknown'
  if (score >= 90) return 'critical'
  if (score >= 70) return 'high'
  if (score >= 40) return 'medium'
  return score >= 1 ? 'low' : 'informational'
}
