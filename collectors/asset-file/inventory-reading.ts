import type { Context } from '../../core/component.ts'
import { PermanentError, asError, errorCode } from '../../core/errors.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { parseJson, type SchemaRegistry } from '../../schemas/registry.ts'
import { isObject } from '../records/fields.ts'
import type { CollectedBatch, Unreadable } from '../collector.ts'
import type { Progress } from '../files/progress.ts'
import { AssetEvents } from './asset-events.ts'
import { LINE_BYTES, type InventoryFile } from './inventory-file.ts'
import { InventoryScan } from './inventory-scan.ts'
import type { Line } from './json-lines.ts'
import { assetLine, deletionLine, endLine, inventoryLine, shaped } from './line-shapes.ts'

const BATCH_EVENTS = 500
const BATCH_BYTES = 4 * 1024 * 1024
/** A file of which so many lines and no other were read is none of ours. */
const ALL_BAD = 20

/** Reads one file into batches; what its inventories amount to is known only when it has been read to its end. */
export class InventoryReading {
  readonly #context: Context
  readonly #events: AssetEvents
  readonly #progress: Progress
  readonly #scans: InventoryScan[] = []
  readonly #reasons: string[] = []
  #current: InventoryScan | undefined
  #batch: { events: PostureEvent[]; unreadable: Unreadable[] } = { events: [], unreadable: [] }
  #bytes = 0
  #assets = 0
  #setAside = 0
  #understood = 0

  constructor(context: Context, schemas: SchemaRegistry, progress: Progress) {
    this.#context = context
    this.#events = new AssetEvents(context, schemas)
    this.#progress = progress
  }

  get assets(): number {
    return this.#assets
  }

  get setAside(): number {
    return this.#setAside
  }

  /** Why the scans of the file are not complete; known once `last` was called. */
  get reasons(): readonly string[] {
    return this.#reasons
  }

  /** Everything but the last batch. Rejects with Node's error when the file cannot be read on. */
  async *batches(file: InventoryFile, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    for await (const lines of file.lines(signal)) {
      for (const line of lines) {
        if (this.#isRefused) continue
        this.#take(line, file)
        if (this.#batch.events.length >= BATCH_EVENTS || this.#bytes >= BATCH_BYTES) yield this.#taken()
      }
      this.#progress.show(file.path, file.bytesRead, file.size, this.#assets)
    }
  }

  /** What is left, and the end of every scan in the file. */
  last({ path, damage }: InventoryFile): CollectedBatch {
    if (this.#isRefused) this.#refuse(path)
    const ends = this.#scans.map((scan) => scan.completed(damage))
    this.#reasons.push(...ends.flatMap(({ reason }) => reason ?? []))
    this.#batch.events.push(...ends)
    return this.#taken()
  }

  get #isRefused(): boolean {
    return this.#understood === 0 && this.#setAside >= ALL_BAD
  }

  #refuse(path: string): void {
    const message = `${path} is no inventory: of its first ${ALL_BAD} lines none is an asset; the rest is not read`
    const bytes = Buffer.from(JSON.stringify({ reference: { file: path } }))
    this.#batch.unreadable.push({ bytes, error: new PermanentError('INVENTORY_UNKNOWN', message), origin: `${path}#0` })
  }

  #take(line: Line, file: InventoryFile): void {
    this.#bytes += line.length
    try {
      const event = this.#eventOf(line, file)
      this.#understood += 1
      if (event !== undefined) this.#batch.events.push(event)
    } catch (error) {
      this.#setAside += 1
      this.#current?.lost()
      const { number, offset, length, bytes } = line
      const at = new PermanentError(errorCode(error), `line ${number}: ${asError(error).message}`, { cause: error })
      const kept = bytes ?? Buffer.from(JSON.stringify({ reference: { file: file.path, offset, length } }))
      this.#batch.unreadable.push({ bytes: kept, error: at, origin: `${file.path}#${offset}` })
    }
  }

  #eventOf({ bytes, length }: Line, file: InventoryFile): PostureEvent | undefined {
    if (bytes === undefined)
      throw new PermanentError('RECORD_TOO_LARGE', `it has ${length} bytes; ${LINE_BYTES} is the limit: trim it`)
    const value = parseJson(bytes)
    if (!isObject(value)) throw new PermanentError('LINE_INVALID', 'it is no JSON object: write one asset a line')
    if ('inventory' in value) return this.#begin(value, file)
    if ('end' in value) return this.#end(value)
    const scan = this.#current
    const around = { scan, time: scan?.reference.time ?? this.#writtenAt(file) }
    const isDeletion = 'deleted' in value && value['deleted'] !== false
    const event = isDeletion
      ? this.#events.deleted(shaped(deletionLine, value), around)
      : this.#events.observed(shaped(assetLine, value), around)
    this.#assets += 1
    return event
  }

  /** What stands behind a line that begins an inventory is no part of the one before, also where that line is wrong. */
  #begin(value: unknown, file: InventoryFile): PostureEvent {
    this.#current = undefined
    const { inventory } = shaped(inventoryLine, value)
    const time = this.#events.timeOf(inventory.time, this.#writtenAt(file))
    this.#current = new InventoryScan(inventory, time, this.#context)
    this.#scans.push(this.#current)
    return this.#current.started
  }

  #end(value: unknown): undefined {
    const { end } = shaped(endLine, value)
    if (this.#current === undefined)
      throw new PermanentError('LINE_INVALID', 'it ends an inventory, and none was begun: write its inventory line')
    this.#current.end(end.assets)
    this.#current = undefined
  }

  /** The present for a file from the future. */
  #writtenAt({ writtenAt }: InventoryFile): number {
    return Math.min(writtenAt, this.#context.clock())
  }

  #taken(): CollectedBatch {
    // These are assets: only findings are counted as read.
    const batch = { ...this.#batch, read: 0 }
    this.#batch = { events: [], unreadable: [] }
    this.#bytes = 0
    return batch
  }
}
