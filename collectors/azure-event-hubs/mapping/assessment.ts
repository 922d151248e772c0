import type { Description } from '../../../schemas/generated/posture-event.ts'
import type { JsonObject } from '../../records/fields.ts'
import { identityOf, required, type MappedFinding, type MappingOptions } from '../../records/mapped.ts'
import { present, presentOrNone } from '../../records/present.ts'
import { severityOf } from '../../records/severity.ts'
import { AnyCase, objectIn } from './any-case.ts'
import { assessmentId } from './arm-id.ts'
import { assessedResource, type Assessed } from './assessed-resource.ts'
import { assessmentStates, causeOf } from './assessment-states.ts'
import { attacksOf } from './attack-tactics.ts'
import { DEFENDER, defenderSource, seenBetween, timeIn } from './defender-source.ts'
import { isDeletion } from './envelope.ts'
import { textOfHtml, webAddress } from './html-text.ts'

/**
 * Maps an assessment: what a recommendation comes to for one resource. Throws a PermanentError (`RECORD_INCOMPLETE`) where
 * it does not say which one, or about what.
 */
export function mapAssessment(record: JsonObject, options: MappingOptions): MappedFinding {
  const notes = new Set<string>()
  const root = new AnyCase(record, notes)
  const properties = root.object('properties')
  const status = properties.object('status')
  const uid = root.text('id')
  const id = assessmentId(uid)
  const control = required(id?.assessment ?? root.text('name')?.toLowerCase(), 'name of the assessment (name)')
  const assessed = assessedResource(root, id, options)
  const resource = withDetail(assessed, properties, options)
  const deleted = isDeletion(root)
  const states = assessmentStates(status, deleted, options)
  const statement = present({
    identity: identityOf(DEFENDER, control, resource, assessed.cloud, ''),
    source: defenderSource(uid),
    kind: 'compliance' as const,
    ...states,
    seen: seenBetween(timeIn(status, 'firstevaluationdate', options), options),
    description: descriptionOf(properties, control, states.deleted === true, options),
    resources: [resource] as [Assessed['resource']],
    cloud: assessed.cloud,
    unmapped: restOf(root, assessed),
    flags: [...notes].toSorted(),
  })
  return { at: states.verdict.at, scanUid: undefined, statement }
}

function descriptionOf(
  properties: AnyCase,
  control: string,
  deleted: boolean,
  { reportedAt }: MappingOptions,
): Description {
  const metadata = properties.object('metadata')
  const title = properties.text('displayname') ?? metadata.text('displayname')
  const severity = metadata.text('severity')
  const remediation = textOfHtml(metadata.text('remediationdescription'))
  return present({
    title: title ?? control,
    text: textOfHtml(metadata.text('description')),
    severity: severityOf(severity),
    sourceSeverity: severity,
    remediation: remediation === undefined ? undefined : { text: remediation, references: [] },
    url: webAddress(properties.object('links').firstText('azureportal', 'azureportaluri')),
    types: [...metadata.texts('categories'), ...metadata.texts('category')],
    standards: [],
    categories: metadata.texts('threats'),
    attacks: attacksOf(metadata.texts('tactics'), metadata.texts('techniques')),
    // What only takes a finding back describes nothing: what described it stays.
    at: deleted && title === undefined ? 0 : reportedAt,
  })
}

/** With what the assessment found on it: users without a second factor, open ports. */
function withDetail(
  { resource }: Assessed,
  properties: AnyCase,
  { withoutData }: MappingOptions,
): Assessed['resource'] {
  const detail = presentOrNone(objectIn(properties.value['additionaldata']) ?? {})
  return detail === undefined || withoutData ? resource : { ...resource, data: { ...detail, ...resource.data } }
}

function restOf(root: AnyCase, { cloud, resourceGroup }: Assessed): Record<string, unknown> | undefined {
  const properties = root.object('properties')
  const metadata = properties.object('metadata')
  return presentOrNone({
    cause: causeOf(properties.object('status')),
    assessment_type: metadata.text('assessmenttype'),
    policy_definition: metadata.text('policydefinitionid')?.toLowerCase(),
    user_impact: metadata.text('userimpact'),
    implementation_effort: metadata.text('implementationeffort'),
    risk_level: properties.object('risk').text('level'),
    resource_group: resourceGroup,
    tenant: cloud.organization === undefined ? root.text('tenantid')?.toLowerCase() : undefined,
  })
}
