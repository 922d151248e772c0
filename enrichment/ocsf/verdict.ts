import type { Standard, WorkflowStatus } from '../../schemas/generated/posture-event.ts'
import type { FindingState, MemberState, SourceAddress } from '../../schemas/generated/state.ts'
import type { FindingStatus } from '../../schemas/records.ts'

/** What nobody needs to mend any more. */
export function isClosed(status: FindingStatus): boolean {
  return status === 'resolved' || status === 'gone'
}

/** What the finding's live members say together: it fails while one of them fails. */
export function verdictOf(finding: FindingState): 'fail' | 'pass' | 'none' {
  const verdicts = new Set(liveMembers(finding).map(({ verdict }) => verdict))
  if (verdicts.has('fail')) return 'fail'
  return verdicts.has('pass') ? 'pass' : 'none'
}

/** The words that the source's own workflow has for the finding, sorted. */
export function workflowOf(finding: FindingState): readonly WorkflowStatus[] {
  const words = liveMembers(finding).flatMap(({ workflow }) => workflow ?? [])
  return [...new Set(words)].toSorted()
}

/** Whether somebody works on the finding. It says nothing about a closed or muted one, and never changes the state. */
export function isInProgress(finding: FindingState, status: FindingStatus): boolean {
  return status === 'open' && workflowOf(finding).some((word) => word === 'notified' || word === 'in_progress')
}

/** Why the source mutes it, where it says so; sorted. */
export function muteReasonsOf(finding: FindingState): readonly string[] {
  const reasons = liveMembers(finding).flatMap(({ muted, muteReason }) => (muted && muteReason ? muteReason : []))
  return [...new Set(reasons)].toSorted()
}

/**
 * Every standard that the finding counts for, each once, sorted, with its requirements sorted: the union over what stands
 * of its members, whatever the order in which they came; where none stands any more, over all. `more` is what is known of
 * its control beside.
 */
export function standardsOf(finding: FindingState, more: readonly Standard[] = []): readonly Standard[] {
  const requirements = new Map<string, Set<string>>()
  for (const { name, requirements: each } of [...standing(finding).flatMap(({ standards }) => standards), ...more])
    requirements.set(name, new Set([...(requirements.get(name) ?? []), ...each]))
  return [...requirements].map(([name, all]) => ({ name, requirements: [...all].toSorted() })).toSorted(byName)
}

/**
 * Where the source itself keeps the finding, as far as it was read there: of a finding that is made of several records
 * the one that describes it first, then by member, each once.
 */
export function addressesOf(finding: FindingState): readonly SourceAddress[] {
  const { members, describedBy } = finding
  const rank = (name: string): string => (name === describedBy.member ? '0' : `1${name}`)
  const stands = new Set(standing(finding))
  const found = Object.entries(members)
    .filter(([, member]) => stands.has(member))
    .toSorted(([one], [other]) => (rank(one) < rank(other) ? -1 : 1))
    .flatMap(([, { address }]) => address ?? [])
    .filter(({ uid, productUid }) => uid !== '' && productUid !== '')
  return [...new Map(found.map(({ uid, productUid }) => [`${productUid} ${uid}`, { uid, productUid }])).values()]
}

/** The live members; once none is left, all: they say what the finding was. */
function standing(finding: FindingState): readonly MemberState[] {
  const live = liveMembers(finding)
  return live.length > 0 ? live : Object.values(finding.members)
}

function liveMembers(finding: FindingState): readonly MemberState[] {
  return Object.values(finding.members).filter(isLive)
}

/** The source has neither taken the member back nor stopped to report it. */
function isLive({ archived, verdict }: MemberState): boolean {
  return !archived && verdict !== 'absent'
}

function byName(a: Standard, b: Standard): number {
  return a.name < b.name ? -1 : 1
}
