import type { Context } from '../../core/component.ts'
import { PermanentError, asError } from '../../core/errors.ts'
import type { JsonObject } from '../records/fields.ts'
import type { MappedFinding, MappingOptions } from '../records/mapped.ts'
import type { ParsedRecord } from './framing/parse-record.ts'
import { mapperOf, type ReportFormat } from './mapping/record-format.ts'

export interface RecordMappingOptions {
  readonly context: Pick<Context, 'name' | 'metrics'>
  readonly format: ReportFormat | 'auto'
  readonly mapping: Omit<MappingOptions, 'withoutData'>
}

/** A record larger than this goes without its resources' free-form data. */
const DATA_BYTES = 256 * 1024
/** What one statement may have, so that every topic takes it. */
const STATEMENT_BYTES = 900_000

/** Maps the records of reports, and counts what was repaired on the way. */
export class RecordMapping {
  readonly #options: RecordMappingOptions

  constructor(options: RecordMappingOptions) {
    this.#options = options
  }

  /**
   * What a record of so many bytes states; undefined for one that we exported ourselves. Throws a PermanentError
   * (`RECORD_…`) that says what is wrong with it.
   */
  map({ value, other, repairs }: ParsedRecord, length: number): MappedFinding | undefined {
    const { metrics, name: collector } = this.#options.context
    const withoutData = length > DATA_BYTES
    const mapped = this.#read(value, withoutData)
    if (mapped === undefined) {
      metrics.count('posture_collector_own_findings_total', 1, { collector })
      return undefined
    }
    if (other !== undefined) this.#requireSame(mapped, other, withoutData)
    if (withoutData) requireSize(mapped)
    const { statement } = mapped
    const flags = [...statement.flags, ...repairs, ...(withoutData ? ['resource_data_omitted'] : [])].toSorted()
    for (const repair of flags.filter((each) => each.endsWith('_repaired')))
      metrics.count('posture_collector_repairs_total', 1, { collector, repair })
    return { ...mapped, statement: { ...statement, flags } }
  }

  #read(value: JsonObject, withoutData: boolean): MappedFinding | undefined {
    const { format, mapping } = this.#options
    return mapperOf(value, format)(value, { ...mapping, withoutData })
  }

  /** Which of two values a key has is up to the reader: where that decides what is stated, nobody can say what it is. */
  #requireSame(mapped: MappedFinding, other: JsonObject, withoutData: boolean): void {
    let cause: Error | undefined
    try {
      const otherwise = this.#read(other, withoutData)
      if (otherwise !== undefined && meaningOf(otherwise) === meaningOf(mapped)) return
    } catch (error) {
      cause = asError(error)
    }
    const message =
      'a key stands twice in one of its objects, with two values that make two different findings: JSON does not say which holds'
    throw new PermanentError('RECORD_AMBIGUOUS', message, { cause })
  }
}

/** All of a statement but what never counts. */
function meaningOf({ statement, at }: MappedFinding): string {
  const { unmapped: _unmapped, flags: _flags, resources, ...rest } = statement
  return JSON.stringify([at, rest, resources.map(({ data: _data, ...resource }) => resource)])
}

function requireSize({ statement }: MappedFinding): void {
  const size = Buffer.byteLength(JSON.stringify(statement))
  if (size <= STATEMENT_BYTES) return
  const message = `it states ${size} bytes, also without the data of its resources; ${STATEMENT_BYTES} is the limit`
  throw new PermanentError('RECORD_TOO_LARGE', message)
}
