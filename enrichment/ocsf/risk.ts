import type { FindingState } from '../../schemas/generated/state.ts'
import type { FindingStatus } from '../../schemas/records.ts'
import type { Priority } from '../enricher.ts'
import { present, type Attributes } from './attributes.ts'
import { PRIORITIES, SEVERITIES, sibling } from './captions.ts'
import { sourceName } from './message.ts'

const STATES = {
  evaluated: '',
  partly_evaluated: ' (partly evaluated)',
  not_evaluated: ' (not evaluated)',
} as const satisfies Record<Priority['state'], string>

/**
 * The priority in OCSF's own places: the band as priority and risk level, the score that sorts inside it, and the
 * reasons as sentences, after which the source's own words on the risk stand as such.
 */
export function riskAttributes(
  finding: FindingState,
  priority: Priority | undefined,
  status: FindingStatus,
): Attributes {
  const ours = priority === undefined ? [] : [`${summary(priority)}.`, ...priority.reasons]
  const { risk } = finding.description
  const theirs = risk ? [`The risk in the words of ${sourceName(finding)}: ${risk}`] : []
  return present({
    ...(priority === undefined ? {} : levels(priority)),
    risk_details: [...ours, ...theirs].join('\n'),
    is_alert: status === 'open' && isElevated(finding, priority),
  })
}

/** The priority for programs. */
export function priorityEnrichment(findingUid: string, { band, score, state, reasons }: Priority): Attributes {
  return enrichment(findingUid, 'priority', {
    short_desc: summary({ band, score, state, reasons }),
    data: { band, score, state, reasons: [...reasons] },
  })
}

/** Something added to the finding as a whole. */
export function enrichment(findingUid: string, type: string, added: Attributes): Attributes {
  return { name: 'finding_info.uid', value: findingUid, type, provider: 'posture-stream', ...added }
}

function summary({ band, state }: Priority): string {
  return `Priority ${band}${STATES[state]}`
}

function levels({ band, score }: Priority): Attributes {
  const level = PRIORITIES[band]
  return { ...sibling('priority', level), ...sibling('risk_level', level), risk_score: Math.round(score) }
}

/** OCSF calls an event an alertable signal when its risk level or severity is elevated. */
function isElevated({ description }: FindingState, priority: Priority | undefined): boolean {
  if (priority !== undefined) return priority.band === 'P1' || priority.band === 'P2'
  return SEVERITIES[description.severity][0] >= SEVERITIES.high[0]
}
