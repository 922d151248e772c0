import { asError } from '../../core/errors.ts'
import { requireSchema } from '../../schemas/records.ts'
import type { SchemaRegistry } from '../../schemas/registry.ts'
import type { StreamRecord } from '../../stream/stream.ts'
import type { SeenReport, UnreadableReport } from './observation.ts'

/** A process that has said nothing for so long is not shown any more, in milliseconds. */
export const FORGOTTEN_MS = 24 * 3600 * 1000

type Decoded = SeenReport | UnreadableReport

/** The newest report of every process, as posture.status has them. */
export class ReportTable {
  readonly #schemas: SchemaRegistry
  readonly #records = new Map<string, StreamRecord>()
  readonly #decoded = new WeakMap<StreamRecord, Decoded>()

  constructor(schemas: SchemaRegistry) {
    this.#schemas = schemas
  }

  /** A null value is the word of a process that ended by itself. */
  add(record: StreamRecord): void {
    if (record.value === null) this.#records.delete(record.key)
    else this.#records.set(record.key, record)
  }

  /** Those of the last day before `at`. */
  seen(at: number): {
    readonly reports: readonly SeenReport[]
    readonly unreadableReports: readonly UnreadableReport[]
  } {
    const recent = [...this.#records.values()].filter(({ timestamp }) => at - timestamp <= FORGOTTEN_MS)
    const decoded = recent.map((record) => this.#decode(record))
    return {
      reports: decoded.filter((each) => 'report' in each),
      unreadableReports: decoded.filter((each) => 'why' in each),
    }
  }

  #decode(record: StreamRecord): Decoded {
    const known = this.#decoded.get(record) ?? this.#read(record)
    this.#decoded.set(record, known)
    return known
  }

  #read({ key, value, headers, timestamp }: StreamRecord): Decoded {
    try {
      requireSchema(headers, 'process-report')
      return { report: this.#schemas.decode('process-report', value!), writtenAt: timestamp }
    } catch (error) {
      return { process: key, why: asError(error).message }
    }
  }
}
