import type { RunContext } from '../../core/component.ts'
import { PermanentError, asError } from '../../core/errors.ts'
import { placeOf } from '../../schemas/dead-letters.ts'
import { latestRevisions } from '../../sinks/later-revisions.ts'
import { readFinding } from '../../sinks/read-batch.ts'
import { LATE_LABEL, redeliver } from '../../sinks/redelivery.ts'
import { findingRecord } from '../../sinks/selection/delivery-records.ts'
import { Filter } from '../../sinks/selection/filter.ts'
import type { PostureFinding, Sink } from '../../sinks/sink.ts'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import type { SinkInstance } from '../config/catalogs.ts'
import type { Report } from './letter-outcome.ts'
import type { DeadLetter } from './letters.ts'
import { giveVerdict } from './verdicts.ts'

export interface SinkLetters {
  readonly instance: SinkInstance
  readonly sink: Sink
  readonly context: RunContext
  /** All of this sink, the oldest first. */
  readonly letters: readonly DeadLetter[]
}

/** A dead letter, the finding in it, and where that stood on posture.findings. */
interface Refused {
  readonly letter: DeadLetter
  readonly finding: PostureFinding
  readonly place: { readonly partition: number; readonly offset: bigint }
}

/**
 * Gives one sink again what it refused. Where a later revision of the finding was published meanwhile, a latest-state sink
 * has got that one, and gets nothing now; any other gets the old one, marked as late. What a sink with a filter gets so is
 * remembered, so that it is told of its end as well.
 */
export async function replayFindings(
  letters: SinkLetters,
  stream: Stream,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const refused = letters.letters.flatMap((letter) => {
    try {
      return [refusedIn(letter)]
    } catch (error) {
      report({ letter, error: asError(error) })
      return []
    }
  })
  const places = refused.map(({ finding: { key }, place }) => ({ key, ...place }))
  const latest = await latestRevisions(stream, places, signal)
  const replay = new FindingsReplay(letters, stream, latest, report)
  const { definition, delivery } = letters.instance
  const toGive = definition.takes === 'latest-state' ? await replay.passOver(refused) : refused
  for (let at = 0; at < toGive.length; at += delivery.batch)
    await replay.give(toGive.slice(at, at + delivery.batch), signal)
}

class FindingsReplay {
  readonly #letters: SinkLetters
  readonly #stream: Stream
  readonly #latest: ReadonlyMap<string, number | null>
  readonly #report: Report

  constructor(letters: SinkLetters, stream: Stream, latest: ReadonlyMap<string, number | null>, report: Report) {
    this.#letters = letters
    this.#stream = stream
    this.#latest = latest
    this.#report = report
  }

  /** Settles those whose finding has moved on; gives the others. */
  async passOver(refused: readonly Refused[]): Promise<Refused[]> {
    const current: Refused[] = []
    for (const each of refused) {
      const movedOn = this.#movedOn(each)
      if (movedOn === undefined) current.push(each)
      else await this.#settle(each, movedOn)
    }
    return current
  }

  async give(some: readonly Refused[], signal: AbortSignal): Promise<void> {
    const { sink, instance, context } = this.#letters
    const given = new Map(
      some.map((each) => [{ finding: each.finding, isLate: this.#movedOn(each) !== undefined }, each] as const),
    )
    const rejections = await redeliver(sink, [...given.keys()], instance, context, signal)
    const errors = new Map(rejections.map(({ of, error }) => [of, error]))
    const taken = [...given].filter(([redelivery]) => !errors.has(redelivery))
    await this.#remember(taken.map(([, each]) => each))
    for (const [redelivery, each] of given) {
      const error = errors.get(redelivery)
      const movedOn = this.#movedOn(each)
      const remark = movedOn === undefined ? 'delivered' : `delivered with the label ${LATE_LABEL}: ${movedOn}`
      if (error === undefined) await this.#settle(each, remark)
      else this.#report({ letter: each.letter, error })
    }
  }

  /** How a finding has moved on since; undefined where it has not. */
  #movedOn({ finding: { key, revision } }: Refused): string | undefined {
    const latest = this.#latest.get(key)
    if (latest === null) return 'its finding was forgotten meanwhile'
    if (latest === undefined || latest <= revision) return undefined
    return `revision ${latest} of its finding was published meanwhile`
  }

  async #settle({ letter }: Refused, remark: string): Promise<void> {
    await giveVerdict(this.#stream, letter, { verdict: 'replayed', remark })
    this.#report({ letter, remark })
  }

  /** A running sink learns of it when it takes the partition over: at its next start, at the latest. */
  async #remember(taken: readonly Refused[]): Promise<void> {
    const { instance, context } = this.#letters
    if (instance.filter === undefined) return
    const filter = new Filter(instance.filter)
    const records = taken
      .filter(({ finding: { state } }) => filter.keepsTelling(state))
      .map(({ finding: { key, revision }, place }) => findingRecord(context, place.partition, key, revision))
    if (records.length > 0) await this.#stream.publish(topics.deliveries.name, records)
  }
}

function refusedIn(letter: DeadLetter): Refused {
  const place = placeOf(letter.origin)
  if (place === undefined || place.topic !== topics.findings.name || letter.bytes === undefined)
    throw new PermanentError(
      'LETTER_NOT_REPLAYABLE',
      `it came from ${letter.origin}, where no finding stands; drop the letter`,
    )
  return { letter, finding: readFinding(letter.bytes, letter.headers), place }
}
