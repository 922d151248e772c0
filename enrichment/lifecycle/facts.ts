import { digest } from '../../core/digest.ts'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import type { FindingState, MemberState, Version } from '../../schemas/generated/state.ts'
import { lastSaid } from './statement.ts'
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
  const finding: FindingState = {
    ...described.finding,
    members: { ...held.members, [name]: member },
    firstSeen: Math.min(held.firstSeen, firstSaid(event)),
    lastSeen: Math.max(held.lastSeen, lastSaid(event)),
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
    firstSeen: firstSaid(event),
    lastSeen: lastSaid(event),
    acceptedAt: now,
    ...descriptionFacts(event),
  }
}

/** No source has seen a finding for the first time after it made a statement about it. */
function firstSaid({ seen, verdict: { at } }: FindingObserved): number {
  return Math.min(seen?.first ?? at, at)
}

function acceptMember(
  held: MemberState | undefined,
  event: FindingObserved,
  sameForm: boolean,
): { member: MemberState; precedences: Precedence[] } {
  const precedences: Precedence[] = []
  const accept = (member: MemberState, { fact, version, change }: Offer): MemberState => {
    const outcome = precedence(version, member[fact])
    precedences.push(outcome)
    return outcome === 'newer' ? { ...member, ...change, [fact]: version } : member
  }
  const stated = offersOf(event, held?.deleted === true).reduce(
    accept,
    held ?? { verdict: 'none', archived: false, standards: [] },
  )
  // Each form lists standards in its own way: in another one they are news only with the verdict.
  const restates = sameForm || stated.verdict !== held?.verdict
  return { member: restates ? accept(stated, standardsOffer(event)) : stated, precedences }
}

interface Offer {
  /** Where the version of this fact is kept. */
  readonly fact: Extract<keyof MemberState, `${string}Version`>
  readonly version: Version
  readonly change: Partial<MemberState>
}

/** Each fact that the statement speaks of, with its own version. */
function offersOf(event: FindingObserved, wasGone: boolean): Offer[] {
  const { verdict, mute, workflow, archived = false, deleted = false } = event
  const { value, word, at, sequence } = verdict
  const gone = archived && deleted
  // Of one time: that it stands beats that it was taken back, and a reason for that beats none.
  const archivedVersion = versionOf(lastSaid(event), sequence, archived ? (gone ? '01' : '0') : '1')
  const offers: Offer[] = [
    {
      fact: 'archivedVersion',
      version: archivedVersion,
      change: { archived, ...(gone || wasGone ? { deleted: gone } : {}) },
    },
  ]
  // A statement without a verdict keeps the last known one.
  if (value !== 'none') {
    const change = { verdict: value, ...(word === undefined ? {} : { word }) }
    offers.push({ fact: 'verdictVersion', version: versionOf(at, sequence, VERDICT_RANK[value]), change })
  }
  if (mute !== undefined) {
    const change = { muted: mute.muted, ...(mute.reason === undefined ? {} : { muteReason: mute.reason }) }
    offers.push({ fact: 'muteVersion', version: versionOf(mute.at, undefined, mute.muted ? '0' : '1'), change })
  }
  if (workflow !== undefined) {
    const version = versionOf(workflow.at, undefined, workflow.status)
    offers.push({ fact: 'workflowVersion', version, change: { workflow: workflow.status } })
  }
  offers.push(...addressOffers(event))
  return offers
}

function standardsOffer({ description: { at, standards }, verdict }: FindingObserved): Offer {
  const version = versionOf(at ?? verdict.at, verdict.sequence, digest(standards))
  return { fact: 'standardsVersion', version, change: { standards } }
}

/** Only who read the record at the source knows where it lies there; what others say of the finding leaves that alone. */
function addressOffers({ source: { uid, productUid }, verdict: { at, sequence } }: FindingObserved): Offer[] {
  if (uid === undefined || productUid === undefined) return []
  const address = { uid, productUid }
  return [{ fact: 'addressVersion', version: versionOf(at, sequence, digest(address)), change: { address } }]
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
