import type { Context } from '../../core/component.ts'
import { PermanentError, asError } from '../../core/errors.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import type { CollectedBatch, Unreadable } from '../collector.ts'
import type { AssetType, Described, Describer } from './describer.ts'
import { TypeScan } from './type-scan.ts'

const BATCH_EVENTS = 500
const BATCH_CHARACTERS = 1024 * 1024
/** No topic takes a record of more; room is left for what stands around a document. */
const DOCUMENT_CHARACTERS = 900_000

/** Who describes, and where. */
export interface Description {
  readonly describer: Describer
  readonly account: string
  /** Empty for what belongs to no region. */
  readonly region: string
  /** What the describer gives; may throw. */
  readonly described: AsyncIterable<Described>
  /** When the last call was answered, by the collector's clock. */
  readonly answeredAt: () => number
}

/** What is to be published; the last of a description says so. */
export interface DescriptionBatch {
  readonly batch: CollectedBatch
  readonly isLast: boolean
}

/** What has become of a description. */
export interface DescriptionEnd {
  readonly error: Error | undefined
  /** Why scans are not complete. */
  readonly reasons: readonly string[]
}

/**
 * Makes events of what one describer gives: a scan of each of its types, begun before its first asset, complete only where
 * all of them came. Gives a batch at a time, and what has become of it after the last one; rejects only when the signal
 * aborts.
 */
export async function* described(
  { describer, account, region, described: source, answeredAt }: Description,
  context: Context,
  signal: AbortSignal,
): AsyncGenerator<DescriptionBatch, DescriptionEnd> {
  const startedAt = context.clock()
  const scans = new Map(
    describer.types.map((type) => [type, new TypeScan(context, { account, region, type }, startedAt)]),
  )
  const batch = new GrowingBatch([...scans.values()].map((scan) => scan.started()))
  let failure: Error | undefined
  try {
    for await (const each of source) {
      signal.throwIfAborted()
      if ('refused' in each) for (const type of each.refused) scanOf(scans, type, describer).lacks(each.reason)
      else batch.add(each, scanOf(scans, each.document.type, describer), answeredAt())
      if (batch.isFull) yield { batch: batch.take(), isLast: false }
    }
  } catch (error) {
    signal.throwIfAborted()
    failure = asError(error)
    for (const scan of scans.values()) scan.lacks(failure.message)
  }
  batch.end([...scans.values()].map((scan) => scan.completed()))
  yield { batch: batch.take(), isLast: true }
  return { error: failure, reasons: [...new Set([...scans.values()].flatMap(({ reasons }) => reasons))] }
}

function scanOf(scans: ReadonlyMap<AssetType, TypeScan>, type: AssetType, { name }: Describer): TypeScan {
  const scan = scans.get(type)
  if (scan === undefined) throw new Error(`${name} does not say that it describes ${type}`)
  return scan
}

class GrowingBatch {
  #events: PostureEvent[]
  #unreadable: Unreadable[] = []
  #characters = 0

  constructor(events: readonly PostureEvent[]) {
    this.#events = [...events]
  }

  get isFull(): boolean {
    return this.#events.length >= BATCH_EVENTS || this.#characters >= BATCH_CHARACTERS
  }

  add({ uid, document }: Extract<Described, { uid: string }>, scan: TypeScan, at: number): void {
    const text = JSON.stringify(document)
    this.#characters += text.length
    if (text.length <= DOCUMENT_CHARACTERS) {
      this.#events.push(scan.observed(uid, document, at))
      return
    }
    const error = new PermanentError('ASSET_TOO_LARGE', `what is known of ${uid} is larger than a record may be`)
    this.#unreadable.push({ bytes: Buffer.from(text), error, origin: uid })
    scan.lacks(error.message)
  }

  end(events: readonly PostureEvent[]): void {
    this.#events.push(...events)
  }

  take(): CollectedBatch {
    const batch = { events: this.#events, unreadable: this.#unreadable, read: 0 }
    this.#events = []
    this.#unreadable = []
    this.#characters = 0
    return batch
  }
}
