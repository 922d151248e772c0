import { Command, Option } from 'commander'
import { setTimeout as sleep } from 'node:timers/promises'
import { unlessAborted } from '../../core/abort.ts'
import { Paint } from '../format/paint.ts'
import { SCREEN_BEGIN, SCREEN_END, redrawn } from '../format/screen.ts'
import { statusPage } from '../format/status-page.ts'
import type { LiveStatus } from '../status/live-status.ts'
import type { Status } from '../status/status-shape.ts'
import { errorSentence } from '../telemetry.ts'
import type { Terminal } from '../terminal.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { configOption, wholeNumber } from './options.ts'

const WATCH_SECONDS = 2

interface StatusOptions {
  readonly config: string
  readonly watch?: number
  readonly json?: boolean
  readonly failOnTrouble?: boolean
}

export function statusCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('status')
    .summary('how the pipeline is, and what needs someone')
    .description(
      'Shows how every component is: who runs it, how far it has come, whether it waits and for what, and what was set ' +
        'aside; what needs someone comes first. Reads the stream and the configuration alone, also while nothing runs.',
    )
    .addOption(configOption())
    .addOption(
      new Option('--watch [seconds]', 'again and again, until it is stopped')
        .argParser(wholeNumber(1))
        .preset(String(WATCH_SECONDS)),
    )
    .option('--json', 'one JSON object; with --watch one per line')
    .addOption(
      new Option('--fail-on-trouble', 'exit code 1 where all is not well, for scripts and probes').conflicts('watch'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: StatusOptions) => finish(await showStatus(options, context)))
}

const EXAMPLES = `
Examples:
    $ posture-stream status --config posture.yaml
    $ posture-stream status --config posture.yaml --watch 5
    $ posture-stream status --config posture.yaml --json | jq '.sinks[] | {name, state, lagRecords}'
    $ posture-stream status --config posture.yaml --json --fail-on-trouble | jq -r .verdict.sentence`

async function showStatus(options: StatusOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context
  const config = await context.load(options.config)
  const [{ LiveStatus }, { seenConfiguration }] = await Promise.all([
    import('../status/live-status.ts'),
    import('../status/status-source.ts'),
  ])
  const configuration = seenConfiguration(config, options.config)
  await using live = new LiveStatus(configuration, () => context.openStream(config.stream))
  if (options.watch !== undefined) {
    await watch(live, { everyMs: options.watch * 1000, json: options.json === true }, context)
    return 0
  }
  const status = await live.look()
  terminal.out(options.json === true ? JSON.stringify(status, undefined, 2) : page(status, terminal))
  return options.failOnTrouble === true && status.verdict.state !== 'well' ? 1 : 0
}

interface WatchOptions {
  readonly everyMs: number
  readonly json: boolean
}

/** Until it is stopped, or nobody reads it any more. Rejects where it cannot be read the first time. */
async function watch(live: LiveStatus, { everyMs, json }: WatchOptions, context: CommandContext): Promise<void> {
  const { terminal } = context
  const signal = AbortSignal.any([context.interrupt(), terminal.gone])
  const view = json ? new Lines(terminal) : terminal.rows === undefined ? new Blocks(terminal) : new Redrawn(terminal)
  try {
    view.show(await unlessAborted(live.look(), signal))
    for (;;) {
      await sleep(everyMs, undefined, { signal })
      await unlessAborted(
        live.look().then(
          (status) => view.show(status),
          (error: unknown) => view.fail(errorSentence(error)),
        ),
        signal,
      )
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    view.end()
  }
}

/** Where a status is shown again and again. */
interface View {
  show(status: Status): void
  /** It cannot be read now; it is tried again. */
  fail(why: string): void
  end(): void
}

/** One object per line. */
class Lines implements View {
  readonly #terminal: Terminal

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show(status: Status): void {
    this.#terminal.out(JSON.stringify(status))
  }

  fail(why: string): void {
    this.#terminal.err(`The stream cannot be read now and is tried again: ${why}.`)
  }

  end(): void {}
}

/** One below the other, each under its time. */
class Blocks implements View {
  readonly #terminal: Terminal

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show(status: Status): void {
    this.#terminal.out(`--- ${status.at}\n${page(status, this.#terminal)}\n`)
  }

  fail(why: string): void {
    this.#terminal.out(`--- ${new Date().toISOString()}\nThe stream cannot be read now and is tried again: ${why}.\n`)
  }

  end(): void {}
}

/** Always at the same place of a terminal; the last one stays when it has ended. */
class Redrawn implements View {
  readonly #terminal: Terminal
  #last = ''
  #begun = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show(status: Status): void {
    this.#last = page(status, this.#terminal)
    this.#draw(this.#last)
  }

  fail(why: string): void {
    const paint = new Paint(this.#terminal.colour)
    const sentence = paint.as(['bold', 'red'], `The stream cannot be read now and is tried again: ${why}.`)
    this.#draw(`${sentence}\n${paint.dim('What was seen before:')}\n\n${this.#last}`)
  }

  end(): void {
    if (this.#begun) this.#write(SCREEN_END)
    if (this.#last !== '') this.#terminal.out(this.#last)
  }

  #draw(text: string): void {
    const begin = this.#begun ? '' : SCREEN_BEGIN
    this.#begun = true
    this.#write(begin + redrawn(text, this.#terminal.rows ?? Infinity))
  }

  #write(text: string): void {
    this.#terminal.raw(Buffer.from(text))
  }
}

function page(status: Status, { columns, colour }: Terminal): string {
  return statusPage(status, { columns, paint: new Paint(colour) })
}
