import { readFile } from 'node:fs/promises'
import type { Context } from '../../core/component.ts'
import { PermanentError, asError } from '../../core/errors.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import type { CollectedBatch, Unreadable } from '../collector.ts'
import type { DeclaredScope } from './declared-scope.ts'
import type { Frame } from './framing/frame.ts'
import type { MappedFinding, MappingOptions } from '../asff/mapped.ts'
import { mapperOf, type ReportFormat } from './mapping/record-format.ts'
import type { Progress } from '../files/progress.ts'
import type { ReportFile } from './report-file.ts'
import { ScanLedger } from './scan-ledger.ts'

export interface ReadingOptions {
  readonly context: Context
  readonly format: ReportFormat | 'auto'
  readonly scope: DeclaredScope | undefined
  readonly mapping: Omit<MappingOptions, 'withoutData'>
  readonly progress: Progress
}

const BATCH_RECORDS = 200
const BATCH_BYTES = 4 * 1024 * 1024
/** A record larger than this goes without its resources' free-form data. */
const DATA_BYTES = 256 * 1024
/** What one statement may have, so that every topic takes it. */
const STATEMENT_BYTES = 900_000
/** A refused report up to this size is kept as a dead letter whole. */
const KEPT_BYTES = 512 * 1024

/** Reads one report into batches; what it holds at the end is known only when it has been read to its end. */
export class ReportReading {
  readonly #options: ReadingOptions
  readonly #ledger: ScanLedger
  #events: PostureEvent[] = []
  #unreadable: Unreadable[] = []
  #read = 0
  #bytes = 0
  #records = 0
  #setAside = 0

  constructor(options: ReadingOptions) {
    this.#options = options
    this.#ledger = new ScanLedger(options.context, options.scope)
  }

  get records(): number {
    return this.#records
  }

  get setAside(): number {
    return this.#setAside
  }

  /** Findings that another record of this report had named already. */
  get repeated(): number {
    return this.#ledger.repeated
  }

  /** Everything but the last batch. Rejects with Node's error when the file cannot be read on. */
  async *batches(file: ReportFile, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    for await (const frames of file.frames(signal)) {
      for (const frame of frames) {
        this.#take(frame, file.path)
        if (this.#read >= BATCH_RECORDS || this.#bytes >= BATCH_BYTES) yield this.#batch()
      }
      this.#options.progress.show(file.path, file.bytesRead, file.size, this.#records)
    }
  }

  /** What is left, and the end of every scan in it: complete only where nothing was wrong with the report. */
  last(damage: readonly string[], emptyAt: number | undefined): CollectedBatch {
    if (emptyAt !== undefined) this.#events.push(...this.#ledger.addEmpty(emptyAt))
    const reasons = damage.map((each) => `of the report, ${each}`)
    if (this.#setAside > 0) reasons.unshift(`${this.#setAside} of ${this.#records} records could not be read`)
    this.#events.push(...this.#ledger.complete(reasons))
    return this.#batch()
  }

  #take(frame: Frame, path: string): void {
    this.#records += 1
    this.#read += 1
    this.#bytes += frame.length
    try {
      this.#events.push(...this.#eventsOf(frame))
    } catch (error) {
      this.#setAside += 1
      const origin = `${path}#${frame.offset}`
      this.#unreadable.push({ bytes: frame.bytes ?? reference(path, frame), error: asError(error), origin })
    }
  }

  #eventsOf(frame: Frame): PostureEvent[] {
    if (frame.record === undefined) throw frame.error
    const { format, mapping, context } = this.#options
    const { value, repairs } = frame.record
    const withoutData = frame.length > DATA_BYTES
    const mapped = mapperOf(value, format)(value, { ...mapping, withoutData })
    if (mapped === undefined) {
      context.metrics.count('collector_own_findings_total', 1, { collector: context.name })
      return []
    }
    if (withoutData) requireSize(mapped)
    const flags = [...mapped.statement.flags, ...repairs, ...(withoutData ? ['resource_data_omitted'] : [])].toSorted()
    for (const repair of flags.filter((each) => each.endsWith('_repaired')))
      context.metrics.count('collector_repairs_total', 1, { collector: context.name, repair })
    return this.#ledger.add({ ...mapped, statement: { ...mapped.statement, flags } }, frame.bytes ?? Buffer.alloc(0))
  }

  #batch(): CollectedBatch {
    const batch = { events: this.#events, unreadable: this.#unreadable, read: this.#read }
    this.#events = []
    this.#unreadable = []
    this.#read = 0
    this.#bytes = 0
    return batch
  }
}

function requireSize({ statement }: MappedFinding): void {
  const size = Buffer.byteLength(JSON.stringify(statement))
  if (size <= STATEMENT_BYTES) return
  const message = `it states ${size} bytes, also without the data of its resources; ${STATEMENT_BYTES} is the limit`
  throw new PermanentError('RECORD_TOO_LARGE', message)
}

/** The dead letter of a file that is no report: whole where it is small, else a reference to it. */
export async function refusedReport(path: string, size: number, error: PermanentError): Promise<Unreadable> {
  const bytes = size <= KEPT_BYTES ? await readFile(path) : reference(path, { offset: 0, length: size })
  return { bytes, error, origin: `${path}#0` }
}

/** What stands in a dead letter for bytes that are too many to be kept there. */
function reference(file: string, { offset, length }: { offset: number; length: number }): Buffer {
  return Buffer.from(JSON.stringify({ reference: { file, offset, length } }))
}
