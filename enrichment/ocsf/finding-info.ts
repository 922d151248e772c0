import type { AttackTechnique } from '../../schemas/generated/posture-event.ts'
import type { FindingState, MemberState, Version } from '../../schemas/generated/state.ts'
import type { EvidenceVector } from '../evidence.ts'
import { present, time, webAddress, type Attributes } from './attributes.ts'
import { sibling } from './captions.ts'
import { titleOf } from './message.ts'
import { traitsOf } from './traits.ts'
import { addressesOf } from './verdict.ts'

/** The id of the finding: the source's own, under which it can be found there; else ours. */
export function findingUid(finding: FindingState): string {
  return addressesOf(finding)[0]?.uid || finding.source.uid || finding.key
}

/**
 * What the source says of the finding, and as traits what is known of it. All times here are the source's; the event's
 * own time is ours.
 */
export function findingInfo(finding: FindingState, known: EvidenceVector): Attributes {
  const { key, identity, description, firstSeen, lastSeen } = finding
  const control = identity.control || key
  return {
    uid: findingUid(finding),
    uid_alt: key,
    ...atSource(finding),
    analytic: { uid: control, name: control, ...sibling('type', [1, 'Rule']) },
    ...time('created_time', firstSeen),
    ...time('first_seen_time', firstSeen),
    ...time('last_seen_time', lastSeen),
    ...time('modified_time', modifiedAtSource(finding)),
    title: titleOf(finding),
    ...present({
      desc: description.text,
      types: description.types,
      attacks: (description.attacks ?? []).map(attackOf).filter((attack) => Object.keys(attack).length > 0),
      traits: traitsOf(description.categories, known),
      src_url: webAddress(description.url),
    }),
  }
}

/**
 * Where the finding was read at its source, so that it can be written to there: the product by the source's own id for
 * it, and the source's further records of which this finding is made, as related events, with those that it names itself.
 */
function atSource(finding: FindingState): Attributes {
  const [first, ...others] = addressesOf(finding)
  const related = (finding.description.related ?? []).map((uid) => ({ uid }))
  if (first === undefined) return present({ related_events: related })
  const { name, vendor } = finding.source
  return {
    product: present({ name, uid: first.productUid, vendor_name: vendor }),
    ...present({
      related_events: [...others.map(({ uid, productUid }) => ({ uid, product: { uid: productUid } })), ...related],
    }),
  }
}

/** The newest of what the source said about any of the finding's facts. */
function modifiedAtSource({ descriptionVersion, members }: FindingState): number {
  const versions = [descriptionVersion, ...Object.values(members).flatMap(versionsOf)]
  return versions.reduce((newest, version) => Math.max(newest, version.time), 0)
}

function versionsOf({ verdictVersion, muteVersion, workflowVersion }: MemberState): Version[] {
  return [verdictVersion, muteVersion, workflowVersion].filter((version) => version !== undefined)
}

function attackOf({ tactic, tacticUid, technique, techniqueUid }: AttackTechnique): Attributes {
  return present({
    tactic: present({ uid: tacticUid, name: tactic }),
    technique: present({ uid: techniqueUid, name: technique }),
  })
}
