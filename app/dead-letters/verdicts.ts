import { verdictRecord, type Verdict } from '../../schemas/dead-letters.ts'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import type { DeadLetter } from './letters.ts'

export type Given = Pick<Verdict, 'verdict' | 'remark'>

/** Puts on record what became of a dead letter. Doing it twice changes nothing: the first counts. */
export async function giveVerdict(
  stream: Pick<Stream, 'publish'>,
  { id, partition, key }: Pick<DeadLetter, 'id' | 'partition' | 'key'>,
  given: Given,
): Promise<void> {
  const record = verdictRecord({ ...given, of: id, time: Date.now() }, key)
  await stream.publish(topics.deadLetters.name, [{ ...record, partition }])
}
