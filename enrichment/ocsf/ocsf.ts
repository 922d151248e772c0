import { OCSF_PROFILES, OCSF_VERSION } from '../../schemas/ocsf/validator.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { Cause, FindingStatus } from '../../schemas/records.ts'
import type { FindingContext } from '../enricher.ts'
import { assigneesOf, cloudOf, hasCloud, observablesOf, resourcesOf } from './affected.ts'
import { moment, present, time, webAddress, type Attributes } from './attributes.ts'
import {
  ACTIVITIES,
  CLASSES,
  FINDINGS_CATEGORY,
  IN_PROGRESS,
  SEVERITIES,
  sibling,
  STATUSES,
  vendorSeverity,
} from './captions.ts'
import { classAttributes, classOf, remediationOf } from './class-attributes.ts'
import { dueOf, type Due } from './due.ts'
import { exposureEnrichment } from './exposure-enrichment.ts'
import { findingInfo, findingUid } from './finding-info.ts'
import { knownOf } from './known.ts'
import { messageOf, sourceName } from './message.ts'
import { priorityEnrichment } from './priority-enrichment.ts'
import { enrichment, riskAttributes } from './risk.ts'
import { clean } from './sanitize.ts'
import { isClosed, isInProgress, muteReasonsOf, workflowOf } from './verdict.ts'

/** What the pipeline decided about one emission of a finding. */
export interface Emission {
  readonly status: FindingStatus
  /** 1 for the first; rises by one with every emission. */
  readonly revision: number
  /** By our clock, in milliseconds since the epoch; rises strictly with the revision. */
  readonly modifiedAt: number
  readonly cause: Cause
}

/** About how many characters of JSON a finding may have before its free-form data is left out. */
export const WEIGHT_LIMIT = 400_000

/**
 * The finding as one OCSF 1.6.0 event that validateOcsf accepts, whatever the source wrote: numbers and their captions
 * come from one table, times are milliseconds with their RFC 3339 siblings, and all text is cleaned first. Pure: the
 * same arguments give the same event.
 */
export function toOcsf(state: FindingState, context: FindingContext, emission: Emission): Attributes {
  const cleaned = clean(state)
  const finding = cleaned.value as FindingState
  const facts = clean(context).value as FindingContext
  const { priority, correlation, owner } = facts
  const known = knownOf(facts)
  const truncated = cleaned.weight > WEIGHT_LIMIT
  const { status } = emission
  const due = priority === undefined ? {} : dueOf(finding, priority, status)
  const event: Attributes = {
    ...classification(finding, emission),
    ...sibling('severity', SEVERITIES[finding.description.severity]),
    ...sibling('status', isInProgress(finding, status) ? IN_PROGRESS : STATUSES[status]),
    message: messageOf(finding, status),
    time: emission.modifiedAt,
    time_dt: new Date(emission.modifiedAt).toISOString(),
    ...time('start_time', finding.openedAt),
    ...(isClosed(status) ? time('end_time', finding.closedAt) : {}),
    metadata: { ...metadata(finding, emission, correlation), ...(truncated ? truncation(cleaned.weight) : {}) },
    finding_info: findingInfo(finding, known),
    ...classAttributes(finding, status, known, facts.standards),
    ...(hasCloud(finding.cloud) ? { cloud: cloudOf(finding.cloud) } : {}),
    resources: resourcesOf(finding, facts, !truncated),
    ...assigneesOf(finding, owner?.name),
    ...riskAttributes(finding, facts, status, due),
    ...present({
      enrichments: enrichments(finding, facts, due, emission),
      vendor_attributes: vendorAttributes(finding),
    }),
    unmapped: {
      ...unmapped(finding, emission, !truncated),
      ...present({ priority_due: moment(due.at), bod_due: moment(due.bod), owner_source: owner?.source }),
    },
  }
  return { ...event, observables: observablesOf(event) }
}

function classification(finding: FindingState, { status, revision }: Emission): Attributes {
  const { uid, name } = classOf(finding)
  // Closed wins over first: what is closed must not look active for ever.
  const [activity, caption] = isClosed(status)
    ? ACTIVITIES.close
    : revision <= 1
      ? ACTIVITIES.create
      : ACTIVITIES.update
  return {
    category_uid: FINDINGS_CATEGORY.uid,
    category_name: FINDINGS_CATEGORY.name,
    class_uid: uid,
    class_name: name,
    activity_id: activity,
    activity_name: caption,
    type_uid: uid * 100 + activity,
    type_name: `${name}: ${caption}`,
  }
}

function metadata(
  finding: FindingState,
  { revision, modifiedAt }: Emission,
  correlation: string | undefined,
): Attributes {
  const { key, tenant, identity, source, cloud, acceptedAt } = finding
  return {
    version: OCSF_VERSION,
    profiles: OCSF_PROFILES.filter((profile) => profile !== 'cloud' || hasCloud(cloud)),
    // OCSF: the product that reported it, with whose id finding_info.uid is unique (so AWS identifies findings), not us.
    product: present({
      name: sourceName(finding),
      uid: source.product,
      vendor_name: source.vendor,
      version: source.version,
    }),
    uid: `${key}/${revision}`,
    sequence: revision,
    log_provider: 'posture-stream',
    ...present({
      log_name: source.format,
      tenant_uid: tenant,
      event_code: identity.control,
      correlation_uid: correlation,
    }),
    ...time('logged_time', acceptedAt),
    modified_time: modifiedAt,
    modified_time_dt: new Date(modifiedAt).toISOString(),
  }
}

function truncation(weight: number): Attributes {
  return { is_truncated: true, untruncated_size: Math.ceil(weight / 1024) }
}

function enrichments(finding: FindingState, context: FindingContext, due: Due, { modifiedAt }: Emission): Attributes[] {
  const uid = findingUid(finding)
  const { priority, exposureProof } = context
  const remediation = remediationOf(finding.description)
  const homeless = classOf(finding) === CLASSES.data_security && 'desc' in remediation
  return [
    ...(priority === undefined ? [] : [priorityEnrichment(uid, priority, due, modifiedAt)]),
    ...(exposureProof === undefined ? [] : [exposureEnrichment(uid, exposureProof, knownOf(context))]),
    ...(homeless ? [enrichment(uid, 'remediation', { desc: remediation['desc'], data: remediation })] : []),
  ]
}

/** The severity in the source's own words, beside the one that we give the finding. */
function vendorAttributes({ description: { sourceSeverity } }: FindingState): Attributes {
  return sourceSeverity ? sibling('severity', vendorSeverity(sourceSeverity)) : {}
}

/** What OCSF has no place for, flat and under stable names; what the source's record had left over stays one value. */
function unmapped(finding: FindingState, { status, cause }: Emission, withSource: boolean): Attributes {
  const { identity, kind, description, cloud, decision, closedBy, flags } = finding
  return present({
    state: status,
    cause,
    closed_by: isClosed(status) ? closedBy : undefined,
    kind,
    discriminator: identity.discriminator,
    categories: description.categories,
    source_risk: description.risk,
    source_url: webAddress(description.url) === undefined ? description.url : undefined,
    workflow: workflowOf(finding),
    mute_reasons: muteReasonsOf(finding),
    ...(decision === undefined
      ? {}
      : {
          decision: decision.action,
          decision_by: decision.by,
          decision_reason: decision.reason,
          decision_expires_at: decision.expiresAt,
        }),
    flags,
    ...(hasCloud(cloud) ? {} : { provider: cloud.provider, account: cloud.account, region: cloud.region }),
    organization_unit: cloud.organization?.unitName ?? cloud.organization?.unitUid,
    source: withSource ? finding.unmapped : undefined,
  })
}
