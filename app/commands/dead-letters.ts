import { Command, Option } from 'commander'
import { PermanentError } from '../../core/errors.ts'
import { matches, readDeadLetters, type DeadLetter, type DeadLetterFilter } from '../dead-letters.ts'
import { deadLetterPage } from '../format/dead-letter-page.ts'
import { deadLettersTable } from '../format/dead-letters-table.ts'
import { Paint } from '../format/paint.ts'
import { STAGES } from '../pipeline-contract.ts'
import { UsageError } from '../usage-error.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { configOption, wholeNumber } from './options.ts'

const DEFAULT_LIMIT = 50

interface ListOptions extends DeadLetterFilter {
  readonly config: string
  readonly limit: number
  readonly json?: boolean
}

interface ShowOptions {
  readonly config: string
  readonly json?: boolean
  readonly raw?: boolean
}

export function deadLettersCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  const list = new Command('list')
    .summary('what was set aside, the newest first')
    .description(
      'Lists the records that could not be processed, the newest first: who set them aside, why, and where they came from.',
    )
    .addOption(configOption())
    .addOption(new Option('--stage <stage>', 'only of this stage').choices(STAGES))
    .option('--component <name>', 'only of this component: its name in the configuration')
    .option('--code <code>', 'only with this code, such as JSON_INVALID')
    .addOption(
      new Option('--limit <count>', 'at most so many; 0: all').argParser(wholeNumber(0)).default(DEFAULT_LIMIT),
    )
    .option('--json', 'one JSON object per line')
    .addHelpText('after', LIST_EXAMPLES)
    .action(async (options: ListOptions) => finish(await listDeadLetters(options, context)))
  const show = new Command('show')
    .summary('one of them, with its bytes and headers')
    .description(
      'Shows why a record was set aside, its headers, and its bytes: JSON indented, text as it is, anything else in hexadecimal.',
    )
    .argument('<number-or-origin>', 'its number in the list, or its origin')
    .addOption(configOption())
    .option('--json', 'as one JSON object, the bytes in base64')
    .addOption(new Option('--raw', 'only the untouched bytes').conflicts('json'))
    .addHelpText('after', SHOW_EXAMPLES)
    .action(async (which: string, options: ShowOptions) => finish(await showDeadLetter(which, options, context)))
  return new Command('dead-letters')
    .summary('read what could not be processed')
    .description('Reads the dead letters in the stream, also while the pipeline runs.')
    .addCommand(list)
    .addCommand(show)
}

const LIST_EXAMPLES = `
Examples:
    $ posture-stream dead-letters list --config posture.yaml
    $ posture-stream dead-letters list --config posture.yaml --stage sinks --component archive
    $ posture-stream dead-letters list --config posture.yaml --json | jq -r .code | sort | uniq -c`

const SHOW_EXAMPLES = `
Examples:
    $ posture-stream dead-letters show 3 --config posture.yaml
    $ posture-stream dead-letters show report.json#1024 --config posture.yaml --raw > record.json`

async function listDeadLetters(
  options: ListOptions,
  { terminal, load, openStream }: CommandContext,
): Promise<ExitCode> {
  const { stream } = await load(options.config)
  await using source = await openStream(stream)
  const all = (await readDeadLetters(source)).filter((letter) => matches(letter, options)).toReversed()
  const letters = options.limit === 0 ? all : all.slice(0, options.limit)
  if (options.json) for (const letter of letters) terminal.out(JSON.stringify(plain(letter)))
  else if (letters.length === 0) terminal.err('No dead letter matches.')
  else terminal.out(deadLettersTable(letters, { columns: terminal.columns, paint: new Paint(terminal.colour) }))
  if (letters.length < all.length && !options.json)
    terminal.err(`${letters.length} of ${all.length} dead letters; --limit 0 shows all.`)
  return 0
}

async function showDeadLetter(
  which: string,
  options: ShowOptions,
  { terminal, load, openStream }: CommandContext,
): Promise<ExitCode> {
  const { stream } = await load(options.config)
  await using source = await openStream(stream)
  const found = await findDeadLetters(source, which)
  const [letter, other] = found
  if (letter === undefined)
    throw new PermanentError('DEAD_LETTER_UNKNOWN', `no dead letter ${which}; see: posture-stream dead-letters list`)
  if (other !== undefined)
    throw new UsageError(
      `several dead letters come from ${which}; choose by number: ${found.map(({ index }) => index).join(', ')}`,
    )
  if (options.raw) terminal.raw(letter.bytes!)
  else if (options.json)
    terminal.out(
      JSON.stringify({ ...plain(letter), bytes: Buffer.from(letter.bytes!).toString('base64') }, undefined, 2),
    )
  else terminal.out(deadLetterPage(letter, { columns: terminal.columns, paint: new Paint(terminal.colour) }))
  return 0
}

/** Numbers are known only when all have been read, so their bytes are fetched by a second reading. */
async function findDeadLetters(
  source: Parameters<typeof readDeadLetters>[0],
  which: string,
): Promise<readonly DeadLetter[]> {
  const wanted = (await readDeadLetters(source)).filter(
    ({ index, origin }) => origin === which || String(index) === which,
  )
  const origins = new Set(wanted.map(({ origin }) => origin))
  const indexes = new Set(wanted.map(({ index }) => index))
  if (indexes.size === 0) return []
  return (await readDeadLetters(source, ({ origin }) => origins.has(origin))).filter(({ index }) => indexes.has(index))
}

function plain({ bytes: _bytes, time, ...letter }: DeadLetter): object {
  return { ...letter, time: new Date(time).toISOString() }
}
