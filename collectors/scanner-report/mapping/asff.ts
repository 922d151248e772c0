import { normalizeResourceUid } from '../../../schemas/finding-key.ts'
import type { Cloud, Description, FindingKind, Resource, Source } from '../../../schemas/generated/posture-event.ts'
import type { JsonObject } from '../framing/parse-record.ts'
import { accessKeyDiscriminator } from './access-key.ts'
import { asffProduct, type AsffProduct } from './asff-product.ts'
import { asffStandards } from './asff-standards.ts'
import { asffStates } from './asff-states.ts'
import { asffVulnerabilities } from './asff-vulnerabilities.ts'
import { Fields } from './fields.ts'
import { identityOf, recordTime, required, subjectFirst, type MappedFinding, type MappingOptions } from './mapped.ts'
import { present, presentOrNone } from './present.ts'
import { severityOf, severityOfScore } from './severity.ts'
import { tagsOf } from './tags.ts'

const PROWLER = 'prowler'
const PROWLER_PREFIX = /^prowler-/
const KINDS: readonly (readonly [RegExp, FindingKind])[] = [
  [/^(TTPs|Effects|Unusual Behaviors)(\/|$)/, 'detection'],
  [/^Sensitive Data Identifications(\/|$)/, 'data_security'],
  [/^Software and Configuration Checks\/Vulnerabilities(\/|$)/, 'vulnerability'],
]

/** Whether a record is a finding in the AWS Security Finding Format. */
export function isAsff(record: JsonObject): boolean {
  return ['GeneratorId', 'AwsAccountId', 'ProductArn'].every((key) => key in record)
}

/** Maps ASFF: Prowler's, Cloud Custodian's, Security Hub's own, or any product's. */
export function mapAsff(record: JsonObject, options: MappingOptions): MappedFinding {
  const notes = new Set<string>()
  const root = new Fields(record, notes)
  const times = ['UpdatedAt', 'LastObservedAt', 'CreatedAt'].map((key) => [root, key] as const)
  const at = recordTime(times, 'milliseconds', options)
  const product = required(asffProduct(root), 'product (ProductArn)')
  const isProwler = product.id === PROWLER
  const control = controlOf(root, isProwler)
  const found = root.objects('Resources').flatMap((each) => resourceOf(each, options))
  const resources = subjectFirst(found, 'resource with an id (Resources[0].Id)')
  const cloud = cloudOf(root, resources[0])
  const kind = kindOf(root)
  const discriminator = isProwler
    ? accessKeyDiscriminator(control, root.text('Description'))
    : discriminatorOf(root, kind)
  return {
    at,
    scanUid: undefined,
    statement: present({
      identity: identityOf(product.id, control, resources[0], cloud, discriminator),
      source: sourceOf(root, product),
      kind,
      member: memberOf(root),
      ...asffStates(root, isProwler, at, options),
      description: descriptionOf(root, control, isProwler),
      resources,
      cloud,
      unmapped: restOf(root),
      flags: [...notes].toSorted(),
    }),
  }
}

function controlOf(root: Fields, isProwler: boolean): string {
  const generator = required(root.text('GeneratorId'), 'GeneratorId')
  const consolidated = root.object('Compliance').text('SecurityControlId')
  return consolidated ?? (isProwler ? generator.replace(PROWLER_PREFIX, '') : generator)
}

function sourceOf(root: Fields, { id, name, vendor, version }: AsffProduct): Source {
  return present({ product: id, name, vendor, version, format: 'asff', uid: root.text('Id') })
}

function kindOf(root: Fields): FindingKind {
  if (root.objects('Vulnerabilities').length > 0) return 'vulnerability'
  const types = root.texts('Types')
  return KINDS.find(([pattern]) => types.some((type) => pattern.test(type)))?.[1] ?? 'compliance'
}

/** Scanners of vulnerabilities and threats report many findings of one generator about one resource. */
function discriminatorOf(root: Fields, kind: FindingKind): string {
  if (kind === 'vulnerability') {
    const ids = root.objects('Vulnerabilities').flatMap((each) => each.text('Id') ?? [])
    return ids.length === 0 ? '' : `vulnerability=${ids.toSorted().join(',')}`
  }
  const [type] = root.texts('Types')
  return kind === 'detection' && type !== undefined ? `type=${type}` : ''
}

/** Without consolidated controls Security Hub reports a control once per standard: then the standard tells them apart. */
function memberOf(root: Fields): string | undefined {
  const compliance = root.object('Compliance')
  const control = compliance.text('SecurityControlId')
  const generator = root.text('GeneratorId') ?? ''
  if (control === undefined || generator === control || generator === `security-control/${control}`) return undefined
  const [standard, other] = compliance.objects('AssociatedStandards')
  const named = other === undefined ? standard?.text('StandardsId') : undefined
  return named ?? (generator.replace(/(\/rule)?\/[^/]*$/, '') || generator)
}

function descriptionOf(root: Fields, control: string, isProwler: boolean): Description {
  const severity = root.object('Severity')
  const given = root.object('FindingProviderFields').object('Severity')
  const recommendation = root.object('Remediation').object('Recommendation')
  const text = recommendation.text('Text')
  const reference = recommendation.text('Url')
  const label = severity.text('Label')
  const vulnerabilities = asffVulnerabilities(root)
  return present({
    title: root.text('Title') ?? control,
    // Prowler's is a sentence on the verdict, and stands there.
    text: isProwler ? undefined : root.text('Description'),
    severity: label === undefined ? severityOfScore(severity.number('Normalized')) : severityOf(label),
    sourceSeverity: given.text('Original') ?? given.text('Label') ?? severity.text('Original') ?? label,
    remediation: text === undefined ? undefined : { text, references: reference === undefined ? [] : [reference] },
    url: root.text('SourceUrl') ?? (text === undefined ? reference : undefined),
    types: root.texts('Types'),
    standards: asffStandards(root.object('Compliance')),
    categories: [],
    vulnerabilities: vulnerabilities.length === 0 ? undefined : vulnerabilities,
  })
}

function resourceOf(resource: Fields, { withoutData }: MappingOptions): Resource[] {
  const uid = resource.text('Id')
  if (uid === undefined) return []
  return [
    present({
      uid: normalizeResourceUid(uid),
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

function restOf(root: Fields): Record<string, unknown> | undefined {
  return presentOrNone({
    confidence: root.number('Confidence'),
    note: root.object('Note').text('Text'),
    user_defined: presentOrNone(root.object('UserDefinedFields').value),
  })
}
