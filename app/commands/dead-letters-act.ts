import { errorCode } from '../../core/errors.ts'
import type { Stream } from '../../stream/stream.ts'
import type { LoadedConfig } from '../config/catalogs.ts'
import { chosenLetters } from '../dead-letters/chosen-letters.ts'
import type { LetterFilter } from '../dead-letters/letter-filter.ts'
import type { LetterOutcome } from '../dead-letters/letter-outcome.ts'
import type { DeadLetter } from '../dead-letters/letters.ts'
import { plainLetter } from '../dead-letters/plain-letter.ts'
import { giveVerdict } from '../dead-letters/verdicts.ts'
import { deadLettersTable } from '../format/dead-letters-table.ts'
import { Paint } from '../format/paint.ts'
import { oneLine } from '../format/text.ts'
import type { Terminal } from '../terminal.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { letterFilterOf } from './letter-options.ts'

export interface ActOptions extends LetterFilter {
  readonly config: string
  readonly limit: number
  readonly yes?: boolean
  readonly json?: boolean
}

const SHOWN = 20

export async function dropDeadLetters(
  ids: readonly string[],
  options: ActOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const config = await context.load(options.config)
  await using stream = await context.openStream(config.stream)
  const letters = await toAct('dropped', ids, options, { config, stream, terminal: context.terminal })
  const tally = new Tally(options, context.terminal)
  for (const letter of letters) {
    await giveVerdict(stream, letter, { verdict: 'dropped', remark: 'dropped by hand' })
    tally.add('dropped', { letter, remark: 'dropped' })
  }
  return letters.length === 0 ? 0 : tally.end('dropped')
}

export async function replayDeadLetters(
  ids: readonly string[],
  options: ActOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const config = await context.load(options.config)
  await using stream = await context.openStream(config.stream)
  const letters = await toAct('replayed', ids, options, { config, stream, terminal: context.terminal })
  if (letters.length === 0) return 0
  const { replayLetters } = await import('../dead-letters/replay-letters.ts')
  const tally = new Tally(options, context.terminal)
  const signal = context.interrupt()
  try {
    const services = { stream, config, log: context.log(), signal }
    await replayLetters(letters, services, (outcome) => tally.add('replayed', outcome))
  } catch (error) {
    if (!signal.aborted) throw error
    context.terminal.err('Interrupted; what is still in the list was not done, or not for certain. Do it again.')
    tally.end('replayed')
    return 1
  }
  return tally.end('replayed')
}

interface Acting {
  readonly config: LoadedConfig
  readonly stream: Stream
  readonly terminal: Terminal
}

/** What is to be acted on now: nothing where there is none, or where several were not agreed to. */
async function toAct(
  done: string,
  ids: readonly string[],
  options: ActOptions,
  { config, stream, terminal }: Acting,
): Promise<readonly DeadLetter[]> {
  const { tenant } = config
  const letters = await chosenLetters(stream, { ids, filter: letterFilterOf(options), limit: options.limit, tenant })
  if (letters.length === 0) terminal.err('No dead letter matches.')
  if (letters.length <= 1 || options.yes === true) return letters
  terminal.err(`These ${letters.length} dead letters would be ${done}. Nothing was done; add --yes to do it.`)
  if (options.json === true) {
    for (const letter of letters) terminal.out(JSON.stringify(plainLetter(letter)))
    return []
  }
  const page = { columns: terminal.columns, paint: new Paint(terminal.colour) }
  terminal.out(deadLettersTable(letters.slice(0, SHOWN), page))
  if (letters.length > SHOWN) terminal.out(`… and ${letters.length - SHOWN} more`)
  return []
}

/** Tells of each letter as it is done with, and counts. */
class Tally {
  readonly #json: boolean
  readonly #terminal: Terminal
  #done = 0
  #failed = 0

  constructor({ json = false }: ActOptions, terminal: Terminal) {
    this.#json = json
    this.#terminal = terminal
  }

  add(done: string, outcome: LetterOutcome): void {
    const { id } = outcome.letter
    if ('error' in outcome) this.#failed += 1
    else this.#done += 1
    if (this.#json) this.#terminal.out(JSON.stringify({ id, ...plain(done, outcome) }))
    else this.#terminal.out(line(done, outcome))
  }

  end(done: string): ExitCode {
    const failed = this.#failed === 0 ? '' : `; ${this.#failed} failed again and stay`
    if (!this.#json) this.#terminal.err(`${this.#done} ${done}${failed}.`)
    return this.#failed === 0 ? 0 : 1
  }
}

function plain(done: string, outcome: LetterOutcome): object {
  if ('error' in outcome) return { outcome: 'failed', code: errorCode(outcome.error), message: outcome.error.message }
  return { outcome: done, remark: outcome.remark }
}

function line(done: string, outcome: LetterOutcome): string {
  const { id, stage, component } = outcome.letter
  const what =
    'error' in outcome ? `failed ${errorCode(outcome.error)}: ${outcome.error.message}` : remark(done, outcome)
  return `${id}  ${stage}.${oneLine(component)}  ${oneLine(what)}`
}

function remark(done: string, { remark: text }: { readonly remark: string }): string {
  return text === done ? done : `${done}: ${text}`
}
