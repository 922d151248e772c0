import * as fc from 'fast-check'
import { toOcsf } from '../../enrichment/ocsf/ocsf.ts'
import { anyContext, anyEmission, anyState, KINDS, SEVERITIES, STATUSES } from './any-finding.ts'

const SEED = 20_251_125
const OF_EACH = 15

/** Events of findings of every kind, status and severity, with the worst text that sources could write; always the same. */
export function syntheticEvents(): readonly object[] {
  const draws = fc.sample(fc.tuple(anyState, anyContext, anyEmission), {
    seed: SEED,
    numRuns: KINDS.length * STATUSES.length * SEVERITIES.length * OF_EACH,
  })
  return draws.map(([state, context, emission], at) => {
    const kind = pick(KINDS, at)
    const status = pick(STATUSES, at / KINDS.length)
    const severity = pick(SEVERITIES, at / KINDS.length / STATUSES.length)
    const finding = { ...state, kind, description: { ...state.description, severity } }
    return toOcsf(finding, context, { ...emission, status })
  })
}

function pick<T>(choices: readonly T[], at: number): T {
  return choices[Math.floor(at) % choices.length]!
}
