import { PermanentError } from '../../core/errors.ts'
import type { Stream } from '../../stream/stream.ts'
import { UsageError } from '../usage-error.ts'
import { letterMatcher, type LetterFilter } from './letter-filter.ts'
import { readDeadLetters, type DeadLetter } from './letters.ts'

export interface Choice {
  /** Those with these ids, or, where there are none, all that the filter lets through. */
  readonly ids: readonly string[]
  readonly filter: LetterFilter
  /** At most so many, the oldest; 0: all. */
  readonly limit: number
  /** Whose letters may be acted on; those that name no tenant are everybody's. */
  readonly tenant: string
}

/**
 * The dead letters to act on, the oldest first. Throws where an id names none, one that was dealt with already, or another
 * tenant's.
 */
export async function chosenLetters(stream: Stream, choice: Choice): Promise<DeadLetter[]> {
  const { ids, filter, limit, tenant } = choice
  const isGiven = Object.values(filter).some((each) => each !== undefined)
  if (ids.length > 0 && isGiven) throw new UsageError('say it by ids or by a filter, not by both')
  const all = await readDeadLetters(stream, { all: true })
  const wanted = ids.length > 0 ? named(all, ids, tenant) : all.filter(isWaiting(tenant, filter))
  return limit === 0 ? wanted : wanted.slice(0, limit)
}

function isWaiting(tenant: string, filter: LetterFilter): (letter: DeadLetter) => boolean {
  const matches = letterMatcher(filter)
  return (letter) => letter.verdict === undefined && isOwn(letter, tenant) && matches(letter)
}

function named(all: readonly DeadLetter[], ids: readonly string[], tenant: string): DeadLetter[] {
  const byId = new Map(all.map((letter) => [letter.id, letter]))
  for (const id of ids) {
    const letter = byId.get(id)
    if (letter === undefined)
      throw new PermanentError('DEAD_LETTER_UNKNOWN', `no dead letter ${id}; see: posture-stream dead-letters list`)
    if (letter.verdict !== undefined)
      throw new PermanentError(
        'DEAD_LETTER_SETTLED',
        `dead letter ${id} was ${letter.verdict.verdict} already: ${letter.verdict.remark}`,
      )
    if (!isOwn(letter, tenant))
      throw new PermanentError(
        'DEAD_LETTER_FOREIGN',
        `dead letter ${id} belongs to the tenant ${letter.headers['tenant']}, and not to ${tenant}; use the configuration of that tenant`,
      )
  }
  const wanted = new Set(ids)
  return all.filter(({ id }) => wanted.has(id))
}

function isOwn({ headers: { tenant: owner } }: DeadLetter, tenant: string): boolean {
  return owner === undefined || owner === tenant
}
