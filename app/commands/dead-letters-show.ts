import { PermanentError } from '../../core/errors.ts'
import { readDeadLetters, type DeadLetter } from '../dead-letters/letters.ts'
import { plainLetter } from '../dead-letters/plain-letter.ts'
import { deadLetterPage } from '../format/dead-letter-page.ts'
import { Paint } from '../format/paint.ts'
import { UsageError } from '../usage-error.ts'
import type { CommandContext, ExitCode } from './command-context.ts'

export interface ShowOptions {
  readonly config: string
  readonly json?: boolean
  readonly raw?: boolean
}

export async function showDeadLetter(
  which: string,
  options: ShowOptions,
  { terminal, load, openStream }: CommandContext,
): Promise<ExitCode> {
  const { stream } = await load(options.config)
  await using source = await openStream(stream)
  const letter = await find(source, which)
  const bytes = letter.bytes ?? new Uint8Array()
  if (options.raw) terminal.raw(bytes)
  else if (options.json)
    terminal.out(JSON.stringify({ ...plainLetter(letter), bytes: Buffer.from(bytes).toString('base64') }, undefined, 2))
  else terminal.out(deadLetterPage(letter, { columns: terminal.columns, paint: new Paint(terminal.colour) }))
  return 0
}

/** By its id, whatever became of it; by its origin, one that waits before one that was dealt with. */
async function find(source: Parameters<typeof readDeadLetters>[0], which: string): Promise<DeadLetter> {
  const keep = ({ id, origin }: { id: string; origin: string }): boolean => id === which || origin === which
  const found = (await readDeadLetters(source, { keep, all: true })).filter(keep)
  const waiting = found.filter(({ verdict }) => verdict === undefined)
  const named = found.find(({ id }) => id === which)
  const candidates = named === undefined ? (waiting.length > 0 ? waiting : found) : [named]
  const [letter, other] = candidates
  if (letter === undefined)
    throw new PermanentError('DEAD_LETTER_UNKNOWN', `no dead letter ${which}; see: posture-stream dead-letters list`)
  if (other !== undefined)
    throw new UsageError(
      `several dead letters come from ${which}; choose by id: ${candidates.map(({ id }) => id).join(', ')}`,
    )
  return letter
}
