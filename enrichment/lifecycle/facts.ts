import { digest } from '../../core/digest.ts'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import type { FindingState, MemberState } from '../../schemas/generated/state.ts'
import { precedence, versionOf, type Precedence } from './version.ts'

/**
 * Where two statements have one time, the digest decides; these order what it decides between, so that the outcome
 * does not depend on the order of arrival and the graver statement stands.
 */
const VERDICT_RANK = { absent: '0', pass: '1', fail: '2' } as const

export interface Accepted {
  readonly finding: FindingState
  /** One per fact that the statement speaks of. */
  readonly precedences: readonly Precedence[]
  /** Two records of one scan have one key and different content. */
  readonly collision: boolean
}

/** The finding with every fact of the statement that is newer than the one it holds. */
export function acceptFacts(held: FindingState, event: FindingObserved): Accepted {
  const name = event.member ?? ''
  const before = held.members[name]
  const sameForm = held.describedBy.format === event.source.format
  const { member, precedences } = acceptMember(before, event, sameForm)
  const described = acceptDescription(held, event, member.verdict !== before?.verdict)
  const at = event.verdict.at
  const finding: FindingState = {
    ...described.finding,
    members: { ...held.members, [name]: member },
    firstSeen: Math.min(held.firstSeen, at),
    lastSeen: Math.max(held.lastSeen, at),
  }
  return { finding, precedences: [...precedences, ...described.precedences], collision: described.collision }
}

/** A finding of which nothing was stated yet but that it exists. */
export function newFinding(event: FindingObserved, now: number): FindingState {
  return {
    type: 'finding',
    key: event.key,
    tenant: event.tenant,
    identity: event.identity,
    state: 'unopened',
    revision: 0,
    members: {},
    firstSeen: event.verdict.at,
    lastSeen: event.verdict.at,
    acceptedAt: now,
    ...descriptionFacts(event),
  }
}

function acceptMember(
  held: MemberState | undefined,
  event: FindingObserved,
  sameForm: boolean,
): { member: MemberState; precedences: Precedence[] } {
  const { verdict, mute, workflow, archived = false } = event
  const { standards } = event.description
  let member: MemberState = held ?? { verdict: 'none', archived: false, standards }
  const precedences: Precedence[] = []
  const offer = (
    version: ReturnType<typeof versionOf>,
    current: Parameters<typeof precedence>[1],
    change: Partial<MemberState>,
  ): void => {
    const outcome = precedence(version, current)
    precedences.push(outcome)
    if (outcome === 'newer') member = { ...member, ...change }
  }
  // A statement without a verdict keeps the last known one.
  if (verdict.value !== 'none') {
    const version = versionOf(verdict.at, verdict.sequence, VERDICT_RANK[verdict.value])
    const { value, word } = verdict
    offer(version, held?.verdictVersion, {
      verdict: value,
      verdictVersion: version,
      ...(word === undefined ? {} : { word }),
    })
  }
  const archivedVersion = versionOf(verdict.at, verdict.sequence, archived ? '0' : '1')
  offer(archivedVersion, held?.archivedVersion, { archived, archivedVersion })
  if (mute !== undefined) {
    const version = versionOf(mute.at, undefined, mute.muted ? '0' : '1')
    offer(version, held?.muteVersion, {
      muted: mute.muted,
      muteVersion: version,
      ...(mute.reason === undefined ? {} : { muteReason: mute.reason }),
    })
  }
  if (workflow !== undefined) {
    const version = versionOf(workflow.at, undefined, workflow.status)
    offer(version, held?.workflowVersion, { workflow: workflow.status, workflowVersion: version })
  }
  // Each form lists standards in its own way: in another one they are news only with the verdict.
  const restated = precedences.includes('newer') && (sameForm || member.verdict !== held?.verdict)
  return { member: restated ? { ...member, standards } : member, precedences }
}

/**
 * A description by another collector or in another format changes nothing while the verdict is the same, so that one
 * scan read in two forms is one statement. Of several members the first by name describes.
 */
function acceptDescription(
  held: FindingState,
  event: FindingObserved,
  verdictChanged: boolean,
): { finding: FindingState; precedences: Precedence[]; collision: boolean } {
  const facts = descriptionFacts(event)
  const by = held.describedBy
  const { member } = facts.describedBy
  const sameReader = by.collector === event.collector && by.format === event.source.format
  const mayDescribe = member === by.member ? sameReader || verdictChanged : member < by.member
  if (!mayDescribe) return { finding: held, precedences: [], collision: false }
  const outcome = member === by.member ? precedence(facts.descriptionVersion, held.descriptionVersion) : 'newer'
  const sameTime = facts.descriptionVersion.time === held.descriptionVersion.time
  const collision =
    outcome !== 'equal' &&
    member === by.member &&
    sameReader &&
    sameTime &&
    by.scan !== undefined &&
    by.scan === event.scan?.uid
  return { finding: outcome === 'newer' ? replaceDescription(held, facts) : held, precedences: [outcome], collision }
}

type DescriptionFacts = ReturnType<typeof descriptionFacts>

function descriptionFacts(event: FindingObserved) {
  const { description, verdict, resources, cloud, source, kind, flags, unmapped } = event
  const described = { description, detail: verdict.detail, resources, cloud, kind }
  return {
    description,
    descriptionVersion: versionOf(description.at ?? verdict.at, verdict.sequence, digest(described)),
    describedBy: {
      collector: event.collector,
      format: source.format,
      member: event.member ?? '',
      ...(event.scan === undefined ? {} : { scan: event.scan.uid }),
    },
    source,
    kind,
    resources,
    cloud,
    flags,
    ...(verdict.detail === undefined ? {} : { detail: verdict.detail }),
    ...(unmapped === undefined ? {} : { unmapped }),
  }
}

function replaceDescription(held: FindingState, facts: DescriptionFacts): FindingState {
  const { detail: _detail, unmapped: _unmapped, ...rest } = held
  return { ...rest, ...facts }
}
