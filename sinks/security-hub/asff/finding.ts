import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub'
import { PermanentError } from '../../../core/errors.ts'
import { OWN_NOTE_AUTHOR, OWN_PREFIX, ownFindingId } from '../../../schemas/security-hub-marks.ts'
import type { PostureFinding } from '../../sink.ts'
import { at, list, numberAt, textAt, type Json } from '../event.ts'
import { defaultProductArn, type Place } from '../place.ts'
import { asffCompliance } from './compliance.ts'
import { LIMITS } from './limits.ts'
import { productFields } from './product-fields.ts'
import { asffResources } from './resources.ts'
import { asffSeverity } from './severity.ts'
import { shrink, type Sized } from './shrink.ts'
import { fit, fitAddress, present, timestamp } from './text.ts'
import { asffTypes } from './types.ts'
import { asffVulnerabilities } from './vulnerabilities.ts'

/** The characters of RFC 3986 that need no escape, of which alone an Id may consist. */
const ID = /^[A-Za-z0-9._~-]{1,512}$/

/**
 * The finding as Security Hub keeps it, under the account's own product, within every limit of ASFF. Pure: the same
 * revision gives the same bytes. What analysts own is never in it: Note, UserDefinedFields, VerificationState, Severity and
 * Types but as the provider's, and Workflow, which Security Hub takes from a provider only while it creates a finding: one
 * that was muted then could never be opened again. Throws a PermanentError (`SECURITY_HUB_FINDING_INCOMPLETE`,
 * `SECURITY_HUB_FINDING_TOO_LARGE`).
 */
export function toAsff(finding: PostureFinding, place: Place): Sized {
  const { event, state, revision } = finding
  const updated = numberAt(event, 'metadata', 'modified_time')
  const updatedAt = timestamp(updated)
  const id = ownFindingId(finding.key)
  if (updatedAt === undefined || !ID.test(id)) {
    const lacks = updatedAt === undefined ? 'metadata.modified_time' : 'a key that Security Hub takes as an Id'
    throw new PermanentError(
      'SECURITY_HUB_FINDING_INCOMPLETE',
      `revision ${revision} of the finding ${finding.key} has no ${lacks}; remove it from omit, or replay the finding`,
    )
  }
  const { resources, leftOut } = asffResources(event, finding.key)
  const compliance = asffCompliance(event)
  const hasStandards = (compliance?.AssociatedStandards ?? []).length > 0
  const whole = present<AwsSecurityFinding>({
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: defaultProductArn(place),
    ProductName: OWN_NOTE_AUTHOR,
    CompanyName: OWN_NOTE_AUTHOR,
    GeneratorId: fit(`${OWN_PREFIX}${controlOf(event)}`, LIMITS.generatorId),
    AwsAccountId: place.account,
    ...timesOf(event, updated!),
    UpdatedAt: updatedAt,
    ...textsOf(event),
    ProductFields: productFields(finding, place.account, leftOut),
    Resources: resources,
    Compliance: compliance,
    Vulnerabilities: asffVulnerabilities(event),
    // Of others' findings an archived record is one that its provider closed; ours closes so too.
    RecordState: state === 'resolved' || state === 'gone' ? 'ARCHIVED' : 'ACTIVE',
    // Only here: at the top level they belong to analysts once the finding is there; Security Hub copies them at creation.
    FindingProviderFields: present({
      Severity: asffSeverity(event),
      Types: asffTypes(event, hasStandards),
      Confidence: confidenceOf(event),
    }),
  })
  return shrink(whole, finding.key)
}

function controlOf(event: Json): string {
  return (
    textAt(event, 'metadata', 'event_code') ??
    textAt(event, 'compliance', 'control') ??
    textAt(event, 'finding_info', 'analytic', 'uid') ??
    'unknown'
  )
}

/** The source's times. Created is the same in every revision, unless an older statement comes late; never after updated. */
function timesOf(event: Json, updated: number): Pick<AwsSecurityFinding, 'CreatedAt'> & Partial<AwsSecurityFinding> {
  const seen = numberAt(event, 'finding_info', 'first_seen_time')
  const created = numberAt(event, 'finding_info', 'created_time') ?? seen ?? updated
  return {
    CreatedAt: timestamp(Math.min(created, updated)) ?? timestamp(updated),
    FirstObservedAt: timestamp(seen),
    LastObservedAt: timestamp(numberAt(event, 'finding_info', 'last_seen_time')),
  }
}

function textsOf(event: Json): Pick<AwsSecurityFinding, 'Title' | 'Description' | 'Remediation' | 'SourceUrl'> {
  const message = textAt(event, 'message')
  const text = textAt(event, 'finding_info', 'desc')
  const title = textAt(event, 'finding_info', 'title') ?? message ?? controlOf(event)
  const told = [message, text].filter((each, index, all) => each !== undefined && all.indexOf(each) === index)
  return {
    Title: fit(title, LIMITS.title) ?? controlOf(event),
    Description: fit(told.join('\n\n'), LIMITS.description) ?? fit(title, LIMITS.description) ?? controlOf(event),
    Remediation: present({ Recommendation: recommendationOf(event) }),
    SourceUrl: fitAddress(at(event, 'finding_info', 'src_url'), LIMITS.url),
  }
}

/** The remediation in whichever of the places that the classes have for it. */
function recommendationOf(event: Json): { Text?: string | undefined; Url?: string | undefined } {
  const enrichment = list(event['enrichments']).find((each) => at(each, 'type') === 'remediation')
  const [vulnerability] = list(event['vulnerabilities'])
  const places = [event['remediation'], at(enrichment, 'data'), at(vulnerability, 'remediation')]
  const remediation = places.find((place) => textAt(place, 'desc') !== undefined)
  const [url] = list(at(remediation, 'references')).flatMap((each) => fitAddress(each, LIMITS.url) ?? [])
  return present({ Text: fit(at(remediation, 'desc'), LIMITS.remediation), Url: url })
}

function confidenceOf(event: Json): number | undefined {
  const score = numberAt(event, 'confidence_score') ?? numberAt(event, 'unmapped', 'source', 'confidence')
  return score !== undefined && score >= 0 && score <= 100 ? Math.round(score) : undefined
}
