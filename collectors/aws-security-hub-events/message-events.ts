import { PermanentError } from '../../core/errors.ts'
import type { Context } from '../../core/component.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { findingEvent } from '../asff/finding-event.ts'
import type { Mapped } from '../asff/mapped.ts'
import type { CollectedBatch, SetAsideBytes, Unreadable } from '../collector.ts'
import { mapFinding } from './map-finding.ts'
import type { Message as QueueMessage } from '../aws/message.ts'
import { readBody, type FoundFinding, type MessageContent } from './message-body.ts'

/** A finding of more characters goes without its resources' free-form data: no topic would take it. */
const DATA_CHARACTERS = 256 * 1024

/** After so many the rest of a message is not looked at: it is no list of findings, and all of it is set aside anyway. */
const MOST_REJECTED = 1000

/** As far as it is read here. */
type Message = Omit<QueueMessage, 'receipt'>

/** What became of some messages. */
export interface ReadMessages {
  readonly batch: CollectedBatch
  /** What messages said they are that bring no findings, with how many did. */
  readonly others: ReadonlyMap<string, number>
}

/** Makes a batch of messages, in their order. A message of which anything cannot be read is set aside whole, once. */
export class MessageReading {
  readonly #context: Context
  readonly #queue: string

  constructor(context: Context, queueUrl: string) {
    this.#context = context
    this.#queue = queueUrl.slice(queueUrl.lastIndexOf('/') + 1)
  }

  read(messages: readonly Message[]): ReadMessages {
    const events: PostureEvent[] = []
    const unreadable: Unreadable[] = []
    /** By event, the message that it came in. */
    const ids: string[] = []
    const others = new Map<string, number>()
    let read = 0
    for (const message of messages) {
      try {
        const content = readBody(message.body)
        for (const other of content.others) others.set(other, (others.get(other) ?? 0) + 1)
        read += content.findings.length
        const rejected = this.#readFindings(content, message, events)
        while (ids.length < events.length) ids.push(message.id)
        if (rejected !== undefined) unreadable.push(this.#setAside(message, rejected))
      } catch (error) {
        if (!(error instanceof PermanentError)) throw error
        read += 1
        unreadable.push(this.#setAside(message, error))
      }
    }
    const origin = (index: number): string => `${this.#queue}/${ids[index]}`
    return { batch: { events, unreadable, read, origin }, others }
  }

  /** The events of one message that was set aside. Throws a PermanentError that says why it cannot be read still. */
  reread({ bytes, origin, time }: SetAsideBytes): readonly PostureEvent[] {
    const id = origin.slice(origin.lastIndexOf('/') + 1)
    const { batch } = this.read([{ id, body: Buffer.from(bytes).toString(), sentAt: time }])
    const [failed] = batch.unreadable ?? []
    if (failed !== undefined) throw failed.error
    return batch.events
  }

  /** Adds the events of the findings that can be read; gives why the others cannot, where there are any. */
  #readFindings({ findings }: MessageContent, message: Message, events: PostureEvent[]): PermanentError | undefined {
    let rejected = 0
    let first: { readonly index: number; readonly error: PermanentError } | undefined
    for (const [index, found] of findings.entries()) {
      const mapped = this.#readFinding(found, message, events)
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

  #readFinding({ record, at }: FoundFinding, { body, sentAt }: Message, events: PostureEvent[]): Mapped {
    const context = this.#context
    const reportedAt = at ?? sentAt ?? context.clock()
    const text = JSON.stringify(record)
    const withoutData = body.length > DATA_CHARACTERS && text.length > DATA_CHARACTERS
    const mapped = mapFinding(record, { zone: 'UTC', reportedAt, withoutData })
    if (mapped.outcome !== 'finding') return mapped
    const { statement } = mapped.finding
    for (const repair of statement.flags.filter((each) => each.endsWith('_repaired')))
      context.metrics.count('posture_collector_repairs_total', 1, { collector: context.name, repair })
    const flags = withoutData ? [...statement.flags, 'resource_data_omitted'].toSorted() : statement.flags
    // The time belongs to it: a workflow that goes back to what it was is the same finding, said anew.
    events.push(findingEvent(context, { ...statement, flags }, `${reportedAt}/${text}`))
    return mapped
  }

  #setAside({ id, body }: Message, error: PermanentError): Unreadable {
    return { bytes: Buffer.from(body), error, origin: `${this.#queue}/${id}` }
  }
}
