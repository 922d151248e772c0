import { PermanentError } from '../core/errors.ts'
import type { PostureEvent } from '../schemas/generated/posture-event.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import type { Stream } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import type { Collector, SetAsideBytes } from './collector.ts'
import { prepare } from './prepare.ts'

export interface LetterReplayServices {
  readonly stream: Pick<Stream, 'publish'>
  readonly schemas: SchemaRegistry
  readonly signal: AbortSignal
}

/** What a mapper makes of a record: where that was set aside, its origin is its type and id. */
const EVENT_ORIGIN = /^(finding|scan|asset|verdict|ticket|intel)\.[a-z]+\//

/** Whether a dead letter of a collector is an event already, so that its collector is not needed to read it. */
export function isEvent({ origin }: Pick<SetAsideBytes, 'origin'>): boolean {
  return EVENT_ORIGIN.test(origin)
}

/**
 * Publishes what a collector once set aside, as it reads it now: all of it, or nothing. Resolves to how many events that
 * are; rejects with why it still cannot be read or published. Doing it again publishes the same again, which changes nothing.
 */
export async function replayLetter(
  letter: SetAsideBytes,
  collector: Collector | undefined,
  { stream, schemas, signal }: LetterReplayServices,
): Promise<number> {
  const read = isEvent(letter)
    ? [schemas.decode('posture-event', letter.bytes)]
    : await reread(letter, collector, signal)
  const { events, global, aside } = prepare({ events: read }, schemas)
  const [refused] = aside
  if (refused !== undefined) throw refused.error
  const records = { events, global }
  for (const [topic, some] of Object.entries(records) as [keyof typeof records, typeof events][])
    await stream.publish(
      topics[topic].name,
      some.map(({ record }) => record),
    )
  return read.length
}

async function reread(
  letter: SetAsideBytes,
  collector: Collector | undefined,
  signal: AbortSignal,
): Promise<readonly PostureEvent[]> {
  if (collector?.reread !== undefined) return await collector.reread(letter, signal)
  throw new PermanentError(
    'LETTER_NOT_REREADABLE',
    'this collector cannot read one record by itself: its next sweep reads the source anyway, or all of it after: posture-stream checkpoints reset; then drop the letter',
  )
}
