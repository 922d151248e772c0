import type { Description, Vulnerability } from '../../../schemas/generated/posture-event.ts'
import type { JsonObject } from '../../records/fields.ts'
import { identityOf, required, type MappedFinding, type MappingOptions } from '../../records/mapped.ts'
import { present, presentOrNone } from '../../records/present.ts'
import { severityOf } from '../../records/severity.ts'
import { AnyCase, objectIn } from './any-case.ts'
import { assessmentId } from './arm-id.ts'
import { assessedResource, type Assessed } from './assessed-resource.ts'
import { assessmentStates, causeOf } from './assessment-states.ts'
import { DEFENDER, defenderSource, seenBetween, timeIn } from './defender-source.ts'
import { isDeletion } from './envelope.ts'
import { textOfHtml } from './html-text.ts'
import { vulnerabilitiesOf, type FoundVulnerabilities } from './sub-assessment-vulnerabilities.ts'

/**
 * Maps a part of an assessment: one vulnerability or one broken rule. It has the control of its assessment, and its own
 * name keeps it apart: that is made of what was found, so it stays from scan to scan, and it is all that a deletion is sure
 * to bring; one CVE in two packages of an image is two of them. Throws a PermanentError (`RECORD_INCOMPLETE`) where it does
 * not say of which assessment it is, or about what.
 */
export function mapSubAssessment(record: JsonObject, options: MappingOptions): MappedFinding {
  const notes = new Set<string>()
  const root = new AnyCase(record, notes)
  const properties = root.object('properties')
  const additional = additionalData(properties, notes)
  const status = properties.object('status')
  const id = required(assessmentId(root.text('id')), 'id of an assessment and its part (id)')
  const name = required(id.subAssessment ?? root.text('name')?.toLowerCase(), 'name of the sub-assessment (name)')
  const { resource, cloud, resourceGroup } = assessedResource(root, id, options)
  const found = vulnerabilitiesOf(properties, additional)
  const states = assessmentStates(status, isDeletion(root), options)
  const statement = present({
    identity: identityOf(DEFENDER, id.assessment, resource, cloud, `finding=${name}`),
    source: defenderSource(root.text('id')),
    kind: found.vulnerabilities.length > 0 ? ('vulnerability' as const) : ('compliance' as const),
    ...states,
    seen: seenBetween(timeIn(status, 'firstevaluationdate', options), options),
    description: descriptionOf(properties, additional, found.vulnerabilities, {
      name,
      at: states.deleted === true && properties.text('displayname') === undefined ? 0 : options.reportedAt,
    }),
    resources: [resource] as [Assessed['resource']],
    cloud,
    unmapped: restOf(properties, additional, found, resourceGroup),
    flags: [...notes].toSorted(),
  })
  return { at: states.verdict.at, scanUid: undefined, statement }
}

/** In the resource graph's form the details are one object further in. */
function additionalData(properties: AnyCase, notes: Set<string>): AnyCase {
  const outer = new AnyCase(objectIn(properties.value['additionaldata']) ?? {}, notes)
  const inner = objectIn(outer.value['data'])
  return inner === undefined ? outer : new AnyCase({ ...outer.value, ...inner }, notes)
}

function descriptionOf(
  properties: AnyCase,
  additional: AnyCase,
  vulnerabilities: readonly Vulnerability[],
  { name, at }: { readonly name: string; readonly at: number },
): Description {
  const details = additional.object('vulnerabilitydetails')
  const status = properties.object('status').text('severity')
  const severity = status ?? additional.text('severity') ?? details.text('severity')
  const remediation = textOfHtml(properties.text('remediation'))
  const fix = additional.object('softwaredetails').object('fixreference').text('url')
  return present({
    title: properties.text('displayname') ?? vulnerabilities[0]?.uid ?? properties.text('id') ?? name,
    text: textOfHtml(properties.text('description')),
    severity: severityOf(severity),
    sourceSeverity: severity,
    risk: textOfHtml(properties.text('impact') ?? additional.text('threat')),
    remediation:
      remediation === undefined ? undefined : { text: remediation, references: fix === undefined ? [] : [fix] },
    types: [properties.text('category') ?? []].flat(),
    standards: [],
    categories: [],
    vulnerabilities: vulnerabilities.length === 0 ? undefined : [...vulnerabilities],
    at,
  })
}

function restOf(
  properties: AnyCase,
  additional: AnyCase,
  { patchable }: FoundVulnerabilities,
  resourceGroup: string | undefined,
): Record<string, unknown> | undefined {
  const software = additional.object('softwaredetails')
  const artifact = additional.object('artifactdetails')
  return presentOrNone({
    rule: properties.text('id'),
    cause: causeOf(properties.object('status')),
    assessed_type: additional.text('assessedresourcetype'),
    patchable,
    fix_status: software.text('fixstatus'),
    language: software.text('language'),
    registry: artifact.text('registryhost'),
    repository: artifact.text('repositoryname') ?? additional.text('repositoryname'),
    digest: artifact.text('digest') ?? additional.text('imagedigest'),
    query: additional.text('query'),
    resource_group: resourceGroup,
  })
}
