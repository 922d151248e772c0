import { isObject, type Json } from './checks.ts'
import { dateTest, invalid, mapTest, numberTest, stringTest, valuesAt, type Read, type Test } from './filters.ts'
import { compileOrder, type Order, type SortKey } from './order.ts'
import { timeOf } from './times.ts'

type Kind = 'string' | 'date' | 'number' | 'map'

interface Attribute {
  readonly kind: Kind
  readonly read: Read
}

const MOST_ATTRIBUTES = 10
const SEVERITY_ORDER = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']

/** The attributes of AwsSecurityFindingFilters that are served here; the path is that of the finding, by default its name. */
const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  ...attributes('string', {
    ...same(['ProductArn', 'AwsAccountId', 'AwsAccountName', 'Id', 'GeneratorId', 'Region', 'Title', 'Description']),
    ...same(['SourceUrl', 'VerificationState', 'RecordState']),
    Type: 'Types',
    SeverityLabel: 'Severity.Label',
    RecommendationText: 'Remediation.Recommendation.Text',
    ResourceType: 'Resources.Type',
    ResourceId: 'Resources.Id',
    ResourcePartition: 'Resources.Partition',
    ResourceRegion: 'Resources.Region',
    ComplianceStatus: 'Compliance.Status',
    ComplianceSecurityControlId: 'Compliance.SecurityControlId',
    ComplianceAssociatedStandardsId: 'Compliance.AssociatedStandards.StandardsId',
    WorkflowStatus: 'Workflow.Status',
    RelatedFindingsId: 'RelatedFindings.Id',
    RelatedFindingsProductArn: 'RelatedFindings.ProductArn',
    NoteText: 'Note.Text',
    NoteUpdatedBy: 'Note.UpdatedBy',
    FindingProviderFieldsSeverityLabel: 'FindingProviderFields.Severity.Label',
    FindingProviderFieldsTypes: 'FindingProviderFields.Types',
  }),
  ...attributes('date', {
    ...same(['FirstObservedAt', 'LastObservedAt', 'CreatedAt', 'UpdatedAt']),
    NoteUpdatedAt: 'Note.UpdatedAt',
  }),
  ...attributes('number', { ...same(['Confidence', 'Criticality']), SeverityNormalized: 'Severity.Normalized' }),
  ...attributes('map', { ...same(['ProductFields', 'UserDefinedFields']), ResourceTags: 'Resources.Tags' }),
  // The API reads these two from ProductFields.
  ProductName: { kind: 'string', read: productField('ProductName') },
  CompanyName: { kind: 'string', read: productField('CompanyName') },
}

/** The test of a whole `Filters`: all attributes have to fit. Throws InvalidInputException. */
export function compileFilters(filters: unknown, now: number): Test {
  if (filters === undefined) return () => true
  if (!isObject(filters)) throw invalid('Filters is no object')
  const given = Object.entries(filters)
  if (given.length > MOST_ATTRIBUTES) throw invalid(`Filters has more than ${MOST_ATTRIBUTES} attributes`)
  const tests = given.map(([name, values]) => {
    const { kind, read } = attribute(name)
    if (kind === 'date') return dateTest(values, read, name, now)
    return { string: stringTest, number: numberTest, map: mapTest }[kind](values, read, name)
  })
  return (document) => tests.every((test) => test(document))
}

/** The order that SortCriteria ask for; undefined: none. Throws InvalidInputException. */
export function compileSort(criteria: unknown): Order | undefined {
  const keyed = (name: string): ((document: Json) => SortKey) => {
    const { kind, read } = attribute(name)
    return (document) => keyOf(name, kind, read(document)[0])
  }
  return compileOrder(criteria, keyed, invalid)
}

function attribute(name: string): Attribute {
  if (!Object.hasOwn(ATTRIBUTES, name))
    throw invalid(`${name} is no attribute that this stand-in can filter or sort by`)
  return ATTRIBUTES[name]!
}

function keyOf(name: string, kind: Kind, value: unknown): SortKey {
  if (kind === 'date') return timeOf(value)
  if (kind === 'number') return Number(value)
  if (name === 'SeverityLabel') return SEVERITY_ORDER.indexOf(String(value))
  return String(value ?? '')
}

function attributes(kind: Kind, paths: Readonly<Record<string, string>>): Record<string, Attribute> {
  return Object.fromEntries(
    Object.entries(paths).map(([name, path]) => {
      const parts = path.split('.')
      return [name, { kind, read: (document: Json) => valuesAt(document, parts) }]
    }),
  )
}

function same(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, name]))
}

function productField(name: string): Read {
  return (document) => [
    ...valuesAt(document, ['ProductFields', `aws/securityhub/${name}`]),
    ...valuesAt(document, [name]),
  ]
}
