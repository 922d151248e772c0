import type { FindingState } from '../../schemas/generated/state.ts'
import type { FindingStatus } from '../../schemas/records.ts'
import { muteReasonsOf } from './verdict.ts'
import { cleanLine } from './sanitize.ts'

/** One sentence for a person: what is wrong, or what became of it. */
export function messageOf(finding: FindingState, status: FindingStatus): string {
  return cleanLine(SENTENCES[status](finding, finding.detail || titleOf(finding)))
}

/** `said` is the source's own sentence on the verdict, else the title. */
const SENTENCES: Readonly<Record<FindingStatus, (finding: FindingState, said: string) => string>> = {
  open: (_finding, said) => said,
  muted: (finding, said) => `Muted by ${mutedBy(finding)}: ${said}`,
  resolved: (finding, said) => `Resolved: ${resolution(finding, said)}`,
  gone: ({ resources }) => `Closed: the resource ${resources[0].uid} was deleted.`,
}

function mutedBy(finding: FindingState): string {
  const { decision } = finding
  if (decision !== undefined) return because(decision.by, decision.reason)
  return because(sourceName(finding), muteReasonsOf(finding)[0])
}

function because(who: string, reason: string | undefined): string {
  return reason ? `${who} (${reason})` : who
}

function resolution(finding: FindingState, said: string): string {
  if (finding.closedBy === 'absence')
    return `the last complete scan of ${sourceName(finding)} did not report it any more.`
  if (finding.closedBy === 'archived') return `${sourceName(finding)} has taken it back.`
  return said
}

/** One line that names the finding. */
export function titleOf({ description, identity, key }: FindingState): string {
  return cleanLine(description.title) || identity.control || key
}

/** The source's product as people know it. */
export function sourceName({ source }: FindingState): string {
  return cleanLine(source.name ?? '') || cleanLine(source.product) || 'the source'
}
