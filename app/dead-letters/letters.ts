import { deadLetterId, readVerdict, type Verdict } from '../../schemas/dead-letters.ts'
import { readTopic } from '../../stream/read-topic.ts'
import type { Stream, StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'

type Headers = Readonly<Record<string, string>>

/** One record that was set aside, its parts joined. */
export interface DeadLetter {
  /** By which a person names it: the partition and the offset of its first record, `3-17`. It never changes. */
  readonly id: string
  /** The partition that its records stand in. */
  readonly partition: number
  readonly key: string
  readonly stage: string
  readonly component: string
  readonly code: string
  readonly message: string
  readonly attempts: number
  readonly origin: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly size: number
  /** Parts of it are missing: not written yet, or dropped already with age. */
  readonly incomplete: boolean
  /** The untouched bytes, where they were asked for. */
  readonly bytes: Uint8Array | undefined
  /** Those that the record came with, and those that made it a dead letter. */
  readonly headers: Headers
  /** What became of it; undefined while it waits for somebody to do something about it. */
  readonly verdict: Verdict | undefined
}

/** What is known of a dead letter before all of its parts are. */
type Envelope = Omit<DeadLetter, 'bytes' | 'size' | 'incomplete' | 'verdict'>

interface ReadingOptions {
  /** Those whose bytes are to be held; none unless told. */
  readonly keep?: (envelope: Envelope) => boolean
  /** Those with a verdict too. */
  readonly all?: boolean
  /** Where to begin, by partition, where it is known that nothing before matters. */
  readonly from?: ReadonlyMap<number, bigint>
}

/** Reads the dead letters that the stream keeps and about which nothing was done, the oldest first. */
export async function readDeadLetters(
  stream: Pick<Stream, 'follow'>,
  { keep = () => false, all = false, from = new Map() }: ReadingOptions = {},
): Promise<DeadLetter[]> {
  const joiner = new PartJoiner(keep)
  await readTopic(stream, topics.deadLetters.name, (record) => joiner.add(record), { from })
  return joiner.letters().filter(({ verdict }) => all || verdict === undefined)
}

interface Joined {
  readonly envelope: Envelope
  readonly parts: number
  next: number
  size: number
  readonly chunks: Uint8Array[] | undefined
}

/** Puts together what had to be cut: parts 1/3, 2/3, 3/3 of one origin, which stand in order in one partition. */
class PartJoiner {
  readonly #keep: (envelope: Envelope) => boolean
  readonly #letters: Joined[] = []
  readonly #open = new Map<string, Joined>()
  readonly #verdicts = new Map<string, Verdict>()

  constructor(keep: (envelope: Envelope) => boolean) {
    this.#keep = keep
  }

  add(record: StreamRecord): void {
    const verdict = readVerdict(record.headers, record.timestamp)
    if (verdict !== undefined) {
      // Two may act at the same time: the first of them did it.
      if (!this.#verdicts.has(verdict.of)) this.#verdicts.set(verdict.of, verdict)
      return
    }
    const [part, parts] = partOf(record.headers)
    const envelope = envelopeOf(record)
    const identity = JSON.stringify([record.partition, record.key, envelope.origin, envelope.stage, envelope.component])
    const open = this.#open.get(identity)
    const letter = part > 1 && open?.next === part ? open : this.#begin(envelope, part, parts)
    letter.next = part + 1
    letter.size += record.value?.length ?? 0
    letter.chunks?.push(record.value ?? new Uint8Array())
    if (part < parts) this.#open.set(identity, letter)
    else this.#open.delete(identity)
  }

  letters(): DeadLetter[] {
    const byTime = this.#letters.toSorted((a, b) => a.envelope.time - b.envelope.time)
    return byTime.map(({ envelope, parts, next, size, chunks }) => ({
      ...envelope,
      verdict: this.#verdicts.get(envelope.id),
      size,
      incomplete: next <= parts,
      bytes: chunks && Buffer.concat(chunks),
    }))
  }

  /** One that begins with a later part has lost the earlier ones to age. */
  #begin(envelope: Envelope, part: number, parts: number): Joined {
    const chunks = this.#keep(envelope) ? [] : undefined
    const letter = { envelope, parts: part > 1 ? Infinity : parts, next: part, size: 0, chunks }
    this.#letters.push(letter)
    return letter
  }
}

function partOf({ dl_part: part = '1/1' }: Headers): [part: number, parts: number] {
  const [number, count] = part.split('/').map(Number)
  return [number || 1, count || 1]
}

function envelopeOf(record: StreamRecord): Envelope {
  const { partition, key, headers, timestamp } = record
  const time = Date.parse(headers['dl_time'] ?? '')
  return {
    id: deadLetterId(record),
    partition,
    key,
    stage: headers['dl_stage'] ?? 'unknown',
    component: headers['dl_component'] ?? 'unknown',
    code: headers['dl_code'] ?? 'UNKNOWN',
    message: headers['dl_message'] ?? '',
    attempts: Number(headers['dl_attempts'] ?? 1),
    origin: headers['dl_origin'] ?? '',
    time: Number.isNaN(time) ? timestamp : time,
    headers,
  }
}
