import { PermanentError, asError } from '../../core/errors.ts'
import { placeOf, withoutReason } from '../../schemas/dead-letters.ts'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import type { Report } from './letter-outcome.ts'
import type { DeadLetter } from './letters.ts'
import { giveVerdict } from './verdicts.ts'

const REMARK = 'published again, for enrichment to take it'

/**
 * Publishes dead letters of enrichment as they were: their key, their headers, the partition of their account. What
 * enrichment cannot take then either becomes a dead letter anew.
 */
export async function replayEvents(
  letters: readonly DeadLetter[],
  stream: Pick<Stream, 'publish'>,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  for (const letter of letters) {
    signal.throwIfAborted()
    try {
      await publishAgain(letter, stream)
      await giveVerdict(stream, letter, { verdict: 'replayed', remark: REMARK })
      report({ letter, remark: REMARK })
    } catch (error) {
      report({ letter, error: asError(error) })
    }
  }
}

async function publishAgain(
  { key, bytes, headers, origin }: DeadLetter,
  stream: Pick<Stream, 'publish'>,
): Promise<void> {
  const place = placeOf(origin)
  if (place?.topic !== topics.events.name)
    throw new PermanentError(
      'LETTER_NOT_REPLAYABLE',
      `it came from ${origin}, where the clock made it and no event: enrichment tries it again by itself; drop the letter`,
    )
  if (bytes === undefined || bytes.length === 0)
    throw new PermanentError('LETTER_EMPTY', 'there is nothing in it that could be published again; drop the letter')
  const record = { key, value: bytes, headers: withoutReason(headers), partition: place.partition }
  await stream.publish(topics.events.name, [record])
}
