import type { Cloud, Description, Resource, Source } from '../../schemas/generated/posture-event.ts'
import { isOwnNote, withoutOwnFields } from '../../schemas/security-hub-marks.ts'
import { PROWLER, asffControl, asffKind, discriminator, type AsffControl } from './asff-identity.ts'
import { asffProduct, type AsffProduct } from './asff-product.ts'
import { asffStandards } from './asff-standards.ts'
import { askedAt, asffStates } from './asff-states.ts'
import { asffVulnerabilities } from './asff-vulnerabilities.ts'
import { attempt } from '../records/attempt.ts'
import { Fields, type JsonObject } from '../records/fields.ts'
import {
  identityOf,
  recordTime,
  required,
  subjectFirst,
  type Mapped,
  type MappedFinding,
  type MappingOptions,
} from '../records/mapped.ts'
import { present, presentOrNone } from '../records/present.ts'
import { awsResourceUid } from './resource-uid.ts'
import { severityOf, severityOfScore } from '../records/severity.ts'
import { tagsOf } from '../records/tags.ts'

/** Whether a record is a finding in the AWS Security Finding Format. */
export function isAsff(record: JsonObject): boolean {
  return ['GeneratorId', 'AwsAccountId', 'ProductArn'].every((key) => key in record)
}

/**
 * Maps ASFF: Security Hub's own findings in the shape of consolidated controls and in the older ones per standard, and
 * those of any product that it holds, or that writes its format into a file. Pure; never throws.
 */
export function mapAsff(record: unknown, options: MappingOptions): Mapped {
  return attempt(record, (fields) => findingOf(fields, options))
}

function findingOf(record: JsonObject, options: MappingOptions): MappedFinding {
  const notes = new Set<string>()
  const root = new Fields(record, notes)
  const times = ['UpdatedAt', 'LastObservedAt', 'CreatedAt'].map((key) => [root, key] as const)
  const at = recordTime(times, 'milliseconds', options)
  const product = required(asffProduct(root), 'product (ProductArn)')
  const isProwler = product.id === PROWLER
  const rule = asffControl(root, product.id)
  const found = root.objects('Resources').flatMap((each) => resourceOf(each, options))
  const resources = subjectFirst(found, 'resource with an id (Resources[0].Id)')
  const cloud = cloudOf(root, resources[0])
  const description = descriptionOf(root, rule, isProwler, isProwler ? undefined : askedAt(at, options))
  const kind = asffKind(product.id, root.objects('Vulnerabilities').length > 0, description.types)
  const source = sourceOf(root, product)
  const said = { source, control: rule.control, description, resources, sentence: root.text('Description') }
  const subject = { isProwler, resource: resources[0].uid, at, asked: askedAt(at, options) }
  return {
    at,
    scanUid: undefined,
    statement: present({
      identity: identityOf(product.id, rule.control, resources[0], cloud, discriminator(kind, said)),
      source,
      kind,
      member: rule.member,
      ...asffStates(root, subject),
      description,
      resources,
      cloud,
      unmapped: restOf(root),
      flags: [...notes].toSorted(),
    }),
  }
}

function sourceOf(root: Fields, { id, name, vendor, version }: AsffProduct): Source {
  const uid = root.text('Id')
  return present({ product: id, name, vendor, version, format: 'asff', uid, productUid: root.text('ProductArn') })
}

function descriptionOf(root: Fields, rule: AsffControl, isProwler: boolean, asked: number | undefined): Description {
  const severity = root.object('Severity')
  const given = root.object('FindingProviderFields').object('Severity')
  const recommendation = root.object('Remediation').object('Recommendation')
  const text = recommendation.text('Text')
  const reference = recommendation.text('Url')
  const label = severity.text('Label')
  const vulnerabilities = asffVulnerabilities(root)
  return present({
    title: root.text('Title') ?? rule.control,
    // Prowler's is a sentence on the verdict, and stands there.
    text: isProwler ? undefined : root.text('Description'),
    severity: label === undefined ? severityOfScore(severity.number('Normalized')) : severityOf(label),
    sourceSeverity: given.text('Original') ?? given.text('Label') ?? severity.text('Original') ?? label,
    remediation: text === undefined ? undefined : { text, references: reference === undefined ? [] : [reference] },
    url: root.text('SourceUrl') ?? (text === undefined ? reference : undefined),
    types: root.texts('Types').flatMap(typeOf),
    standards: asffStandards(root.object('Compliance'), rule.own),
    categories: [],
    vulnerabilities: vulnerabilities.length === 0 ? undefined : vulnerabilities,
    // Security Hub's users change severity and types without moving UpdatedAt; where it holds a finding it has a workflow.
    at: root.object('Workflow').text('Status') === undefined ? undefined : asked,
  })
}

/** `Tags/x/` and `Tags//x` are `Tags/x`. */
function typeOf(written: string): string[] {
  const parts = written.split('/').filter((part) => part.trim() !== '')
  return parts.length === 0 ? [] : [parts.join('/')]
}

function resourceOf(resource: Fields, { withoutData }: MappingOptions): Resource[] {
  const uid = resource.text('Id')
  if (uid === undefined) return []
  return [
    present({
      uid: awsResourceUid(uid),
      type: resource.text('Type'),
      region: resource.text('Region'),
      partition: resource.text('Partition'),
      tags: tagsOf(resource.value['Tags']),
      data: withoutData ? undefined : presentOrNone(resource.object('Details').value),
    }),
  ]
}

function cloudOf(root: Fields, subject: Resource): Cloud {
  const fields = root.object('ProductFields')
  return present({
    provider: 'aws',
    account: required(root.text('AwsAccountId'), 'AwsAccountId'),
    accountName: root.text('AwsAccountName'),
    region: root.text('Region') ?? subject.region,
    partition: subject.partition,
    organization: presentOrNone({
      unitUid: fields.text('ProwlerAccountOrganizationalUnitId'),
      unitName: fields.text('ProwlerAccountOrganizationalUnitName'),
    }),
  })
}

/** What has no place of its own, as people at the source wrote it: never what we wrote there. */
function restOf(root: Fields): Record<string, unknown> | undefined {
  const note = root.object('Note')
  return presentOrNone({
    confidence: root.number('Confidence'),
    note: isOwnNote(note.value) ? undefined : note.text('Text'),
    user_defined: presentOrNone(withoutOwnFields(root.object('UserDefinedFields').value)),
  })
}
