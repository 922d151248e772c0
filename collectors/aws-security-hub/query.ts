import type {
  CompositeFilter,
  GetFindingsCommandInput,
  GetFindingsV2CommandInput,
  OcsfStringField,
} from '@aws-sdk/client-securityhub'
import { readTime } from '../../core/time.ts'
import type { Filters } from './config.ts'
import type { Pass } from './position.ts'

export const PAGE_SIZE = 100
const SEVERITY_IDS: Readonly<Record<string, number>> = { CRITICAL: 5, HIGH: 4, MEDIUM: 3, LOW: 2, INFORMATIONAL: 1 }

/** The question of one pass: the same for all its pages, or AWS refuses the token ("Input Query has changed"). */
export function findingsQuery(
  filters: Filters,
  { from, until }: Pick<Pass, 'from' | 'until'>,
): GetFindingsCommandInput {
  const equals = (name: string, chosen: readonly string[] | undefined) =>
    chosen === undefined ? {} : { [name]: chosen.map((Value) => ({ Value, Comparison: 'EQUALS' as const })) }
  return {
    Filters: {
      ...equals('RecordState', filters.recordStates),
      ...equals('ProductName', filters.products),
      ...equals('ProductArn', filters.productArns),
      ...equals('AwsAccountId', filters.accountIds),
      ...equals('SeverityLabel', filters.severities),
      UpdatedAt: [window(from, until)],
    },
    SortCriteria: [{ Field: 'UpdatedAt', SortOrder: 'asc' }],
  }
}

/** The same question to GetFindingsV2. */
export function findingsV2Query(
  filters: Filters,
  { from, until }: Pick<Pass, 'from' | 'until'>,
): GetFindingsV2CommandInput {
  const equals = (FieldName: OcsfStringField, chosen: readonly string[] | undefined): CompositeFilter[] => {
    if (chosen === undefined) return []
    const StringFilters = chosen.map((Value) => ({ FieldName, Filter: { Value, Comparison: 'EQUALS' as const } }))
    return [{ StringFilters, Operator: 'OR' }]
  }
  const severities = filters.severities?.map((each) => ({
    FieldName: 'severity_id' as const,
    Filter: { Eq: SEVERITY_IDS[each] },
  }))
  return {
    Filters: {
      CompositeFilters: [
        ...equals('metadata.product.name', filters.products),
        ...equals('metadata.product.uid', filters.productArns),
        ...equals('cloud.account.uid', filters.accountIds),
        ...(severities === undefined ? [] : [{ NumberFilters: severities, Operator: 'OR' as const }]),
        { DateFilters: [{ FieldName: 'finding_info.modified_time_dt', Filter: window(from, until) }], Operator: 'AND' },
      ],
      CompositeOperator: 'AND',
    },
    SortCriteria: [{ Field: 'finding_info.modified_time_dt', SortOrder: 'asc' }],
  }
}

/** When a finding was updated, by which sweeps are ordered; undefined where it does not say. */
export function updatedAt(record: unknown): number | undefined {
  const { UpdatedAt, finding_info: info } = fieldsOf(record)
  const { modified_time_dt: text, modified_time: number } = fieldsOf(info)
  return readTime(UpdatedAt ?? text ?? number, { unit: 'milliseconds' })?.at
}

/** The source's own id of a finding, for messages. */
export function idOf(record: unknown): string {
  const { Id, finding_info: info } = fieldsOf(record)
  const id = Id ?? fieldsOf(info)['uid']
  return typeof id === 'string' ? id : 'without an id'
}

/** Both ends: AWS refuses a window with only one. */
function window(from: number, until: number): { Start: string; End: string } {
  return { Start: new Date(from).toISOString(), End: new Date(until).toISOString() }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
