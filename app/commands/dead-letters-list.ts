import { letterMatcher, type LetterFilter } from '../dead-letters/letter-filter.ts'
import { readDeadLetters } from '../dead-letters/letters.ts'
import { plainLetter } from '../dead-letters/plain-letter.ts'
import { deadLettersTable } from '../format/dead-letters-table.ts'
import { Paint } from '../format/paint.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { letterFilterOf } from './letter-options.ts'

export interface ListOptions extends LetterFilter {
  readonly config: string
  readonly limit: number
  readonly all?: boolean
  readonly json?: boolean
}

export async function listDeadLetters(
  options: ListOptions,
  { terminal, load, openStream }: CommandContext,
): Promise<ExitCode> {
  const { stream } = await load(options.config)
  await using source = await openStream(stream)
  const read = await readDeadLetters(source, { all: options.all ?? false })
  const all = read.filter(letterMatcher(letterFilterOf(options))).toReversed()
  const letters = options.limit === 0 ? all : all.slice(0, options.limit)
  if (options.json) for (const letter of letters) terminal.out(JSON.stringify(plainLetter(letter)))
  else if (letters.length === 0) terminal.err('No dead letter matches.')
  else terminal.out(deadLettersTable(letters, { columns: terminal.columns, paint: new Paint(terminal.colour) }))
  if (letters.length < all.length && !options.json)
    terminal.err(`${letters.length} of ${all.length} dead letters; --limit 0 shows all.`)
  return 0
}
