import type { Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'

type Headers = Readonly<Record<string, string>>

/** One record that was set aside, its parts joined. */
export interface DeadLetter {
  /** Counts from 1, the oldest first; the number by which a person names it. */
  readonly index: number
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
}

export interface DeadLetterFilter {
  readonly stage?: string | undefined
  readonly component?: string | undefined
  readonly code?: string | undefined
}

/** What is known of a dead letter before all of its parts are. */
type Envelope = Omit<DeadLetter, 'index' | 'bytes' | 'size' | 'incomplete'>

/** Reads all dead letters that the stream keeps, the oldest first. Holds the bytes of those that `keep` names. */
export async function readDeadLetters(
  stream: Stream,
  keep: (envelope: Envelope) => boolean = () => false,
): Promise<DeadLetter[]> {
  const joiner = new PartJoiner(keep)
  const following = await stream.follow(topics.deadLetters.name, (records) => {
    for (const record of records) joiner.add(record)
  })
  try {
    await following.ready
  } finally {
    await following.stop()
  }
  return joiner.letters()
}

export function matches(letter: Envelope, { stage, component, code }: DeadLetterFilter): boolean {
  return (
    (stage === undefined || letter.stage === stage) &&
    (component === undefined || letter.component === component) &&
    (code === undefined || letter.code === code)
  )
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

  constructor(keep: (envelope: Envelope) => boolean) {
    this.#keep = keep
  }

  add(record: StreamRecord): void {
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
    return byTime.map(({ envelope, parts, next, size, chunks }, index) => ({
      index: index + 1,
      ...envelope,
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

function envelopeOf({ key, headers, timestamp }: StreamRecord): Envelope {
  const time = Date.parse(headers['dl_time'] ?? '')
  return {
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
