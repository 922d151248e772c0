import { readFile } from 'node:fs/promises'
import type { Context } from '../../core/component.ts'
import { PermanentError, asError } from '../../core/errors.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { isObject } from '../records/fields.ts'
import type { CollectedBatch, Unreadable } from '../collector.ts'
import type { Progress } from '../files/progress.ts'
import type { DeclaredScope } from './declared-scope.ts'
import { eventBridgeFindings } from './envelope.ts'
import type { Frame } from './framing/frame.ts'
import type { ParsedRecord } from './framing/parse-record.ts'
import { RecordMapping, type RecordMappingOptions } from './record-mapping.ts'
import type { ReportFile } from './report-file.ts'
import { ScanLedger } from './scan-ledger.ts'

export interface ReadingOptions extends RecordMappingOptions {
  readonly context: Context
  readonly scope: DeclaredScope | undefined
  readonly progress: Progress
}

/** One record, or what stands where one should; with the bytes that are set aside where it cannot be read. */
export type Element = { readonly bytes: Buffer | undefined; readonly length: number } & (
  | { readonly record: ParsedRecord }
  | { readonly record?: undefined; readonly error: PermanentError }
)

const BATCH_RECORDS = 200
const BATCH_BYTES = 4 * 1024 * 1024
/** A refused report up to this size is kept as a dead letter whole. */
const KEPT_BYTES = 512 * 1024

/** Reads one report into batches; what it holds at the end is known only when it has been read to its end. */
export class ReportReading {
  readonly #progress: Progress
  readonly #ledger: ScanLedger
  readonly #mapping: RecordMapping
  #events: PostureEvent[] = []
  /** Where each of these events stands. */
  #origins: string[] = []
  #unreadable: Unreadable[] = []
  #read = 0
  #bytes = 0
  #records = 0
  #setAside = 0

  constructor(options: ReadingOptions) {
    this.#progress = options.progress
    this.#ledger = new ScanLedger(options.context, options.scope)
    this.#mapping = new RecordMapping(options)
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
        this.#bytes += frame.length
        for (const element of elementsOf(frame)) this.#take(element, frame.offset, file)
        if (this.#read >= BATCH_RECORDS || this.#bytes >= BATCH_BYTES) yield this.#batch()
      }
      this.#progress.show(file.path, file.bytesRead, file.size, this.#records)
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

  #take(element: Element, offset: number, { path, isPacked }: ReportFile): void {
    this.#records += 1
    this.#read += 1
    const { bytes, length } = element
    const origin = `${path}#${offset}`
    try {
      if (element.record === undefined) throw element.error
      const mapped = this.#mapping.map(element.record, length)
      if (mapped === undefined) return
      const events = this.#ledger.add(mapped, bytes ?? Buffer.alloc(0))
      this.#events.push(...events)
      this.#origins.push(...events.map(() => origin))
    } catch (thrown) {
      this.#setAside += 1
      const kept = bytes ?? reference(path, { offset, length }, isPacked)
      this.#unreadable.push({ bytes: kept, error: asError(thrown), origin })
    }
  }

  #batch(): CollectedBatch {
    const origins = this.#origins
    const batch = {
      events: this.#events,
      unreadable: this.#unreadable,
      read: this.#read,
      origin: (index: number) => origins[index],
    }
    this.#events = []
    this.#origins = []
    this.#unreadable = []
    this.#read = 0
    this.#bytes = 0
    return batch
  }
}

/** A record; of an event around findings, each of them, set aside alone. */
export function elementsOf(frame: Frame): Element[] {
  const { bytes, length } = frame
  if (frame.record === undefined) return [{ error: frame.error, bytes, length }]
  const { record } = frame
  const findings = eventBridgeFindings(record.value)
  if (findings === undefined) return [{ record, bytes, length }]
  if (record.other !== undefined) return [{ error: AMBIGUOUS, bytes, length }]
  return findings.map((each) => {
    const own = Buffer.from(JSON.stringify(each))
    const found = isObject(each) ? { record: { value: each, repairs: record.repairs } } : { error: NONE }
    return { ...found, bytes: own, length: own.length }
  })
}

const AMBIGUOUS = new PermanentError(
  'RECORD_AMBIGUOUS',
  'a key stands twice in the event around its findings, with two values: JSON does not say which holds',
)
const NONE = new PermanentError(
  'RECORD_NOT_AN_OBJECT',
  'a finding record is an object; the event around it holds another',
)

/** The dead letter of a file that is no report: whole where it is small, else a reference to it. */
export async function refusedReport(path: string, size: number, error: PermanentError): Promise<Unreadable> {
  const bytes = size <= KEPT_BYTES ? await readFile(path) : reference(path, { offset: 0, length: size }, false)
  return { bytes, error, origin: `${path}#0` }
}

/** What stands in a dead letter for bytes that are too many to be kept there; of a packed file, those of its text. */
function reference(file: string, { offset, length }: { offset: number; length: number }, isPacked: boolean): Buffer {
  return Buffer.from(JSON.stringify({ reference: { file, offset, length, ...(isPacked ? { unpacked: true } : {}) } }))
}
