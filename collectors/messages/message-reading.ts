import { PermanentError } from '../../core/errors.ts'
import type { Context } from '../../core/component.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import type { CollectedBatch, SetAsideBytes, Unreadable } from '../collector.ts'
import { controlEvent, type ControlStatement } from '../records/control-event.ts'
import { findingEvent } from '../records/finding-event.ts'
import type { Mapped, MappingOptions } from '../records/mapped.ts'
import type { FoundFinding, Message, MessageContent } from './message.ts'

/** A finding of more characters goes without its resources' free-form data: no topic would take it. */
const DATA_CHARACTERS = 256 * 1024

/** After so many the rest of a message is not looked at: it is no list of findings, and all of it is set aside anyway. */
const MOST_REJECTED = 1000

/** What became of one record of a message. */
export type MappedRecord =
  | Mapped
  /** It says something of a control, not of a resource. */
  | { readonly outcome: 'control'; readonly control: ControlStatement }
  /** It is no statement about posture; `kind` is what it says it is. */
  | { readonly outcome: 'other'; readonly kind: string }

/** How a source writes its messages. */
export interface MessageFormat {
  /** Takes a body apart. Throws a PermanentError (`MESSAGE_…`) where it is none of the source's. */
  readonly open: (body: string) => MessageContent
  /** Maps one record, which is reported at the time of its envelope, else of its message. Pure; never throws. */
  readonly map: (record: unknown, options: MappingOptions) => MappedRecord
}

/** What became of some messages. */
export interface ReadMessages {
  readonly batch: CollectedBatch
  /** What messages said they are that bring no findings, with how many did. */
  readonly others: ReadonlyMap<string, number>
}

/** Makes a batch of messages, in their order. A message of which anything cannot be read is set aside whole, once. */
export class MessageReading {
  readonly #context: Context
  readonly #place: string
  readonly #format: MessageFormat

  /** `place` is the source's name in the origin of what it brings: `place/<id of the message>`. */
  constructor(context: Context, place: string, format: MessageFormat) {
    this.#context = context
    this.#place = place
    this.#format = format
  }

  read(messages: readonly Message[]): ReadMessages {
    const found = { events: [] as PostureEvent[], others: new Map<string, number>() }
    const unreadable: Unreadable[] = []
    /** By event, the message that it came in. */
    const ids: string[] = []
    let read = 0
    for (const message of messages) {
      try {
        const content = this.#format.open(textOf(message))
        for (const other of content.others) count(found.others, other)
        read += content.findings.length
        const rejected = this.#readFindings(content, message, found)
        while (ids.length < found.events.length) ids.push(message.id)
        if (rejected !== undefined) unreadable.push(this.#setAside(message, rejected))
      } catch (error) {
        if (!(error instanceof PermanentError)) throw error
        read += 1
        unreadable.push(this.#setAside(message, error))
      }
    }
    const origin = (index: number): string => `${this.#place}/${ids[index]}`
    return { batch: { events: found.events, unreadable, read, origin }, others: found.others }
  }

  /** The events of one message that was set aside. Throws a PermanentError that says why it cannot be read still. */
  reread({ bytes, origin, time }: SetAsideBytes): readonly PostureEvent[] {
    const id = origin.slice(this.#place.length + 1)
    const { batch } = this.read([{ id, body: bytes, sentAt: time }])
    const [failed] = batch.unreadable ?? []
    if (failed !== undefined) throw failed.error
    return batch.events
  }

  /** Adds the events of the findings that can be read; gives why the others cannot, where there are any. */
  #readFindings({ findings }: MessageContent, message: Message, found: Found): PermanentError | undefined {
    let rejected = 0
    let first: { readonly index: number; readonly error: PermanentError } | undefined
    for (const [index, each] of findings.entries()) {
      const mapped = this.#readFinding(each, message, found)
      if (mapped.outcome !== 'rejected') continue
      rejected += 1
      first ??= { index, error: mapped.error }
      if (rejected === MOST_REJECTED) break
    }
    if (first === undefined || findings.length === 1) return first?.error
    const { index, error } = first
    const atLeast = rejected === MOST_REJECTED ? 'at least ' : ''
    const what = `${atLeast}${rejected} of its ${findings.length} findings could not be read, the first of them at ${index}`
    return new PermanentError(error.code, `${what}: ${error.message}`, { cause: error })
  }

  #readFinding({ record, at }: FoundFinding, { body, sentAt }: Message, { events, others }: Found): MappedRecord {
    const context = this.#context
    const reportedAt = at ?? sentAt ?? context.clock()
    const text = JSON.stringify(record)
    const withoutData = body.length > DATA_CHARACTERS && text.length > DATA_CHARACTERS
    const mapped = this.#format.map(record, { zone: 'UTC', reportedAt, withoutData })
    if (mapped.outcome === 'other') count(others, mapped.kind)
    // The time belongs to it: a workflow that goes back to what it was is the same finding, said anew.
    if (mapped.outcome === 'control') events.push(controlEvent(context, mapped.control, `${reportedAt}/${text}`))
    if (mapped.outcome !== 'finding') return mapped
    const { statement } = mapped.finding
    for (const repair of statement.flags.filter((each) => each.endsWith('_repaired')))
      context.metrics.count('posture_collector_repairs_total', 1, { collector: context.name, repair })
    const flags = withoutData ? [...statement.flags, 'resource_data_omitted'].toSorted() : statement.flags
    events.push(findingEvent(context, { ...statement, flags }, `${reportedAt}/${text}`))
    return mapped
  }

  #setAside({ id, body }: Message, error: PermanentError): Unreadable {
    return { bytes: typeof body === 'string' ? Buffer.from(body) : body, error, origin: `${this.#place}/${id}` }
  }
}

interface Found {
  readonly events: PostureEvent[]
  readonly others: Map<string, number>
}

function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1)
}

/** Bytes that are no UTF-8 become U+FFFD; they are kept as they came where the message is set aside. */
function textOf({ body }: Message): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body)
}
