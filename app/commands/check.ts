import { Command, Option } from 'commander'
import { calledAs } from '../called-as.ts'
import { outlookPage } from '../format/outlook-page.ts'
import { oneLine } from '../format/text.ts'
import { Paint } from '../format/paint.ts'
import type { Outlook } from '../outlook/outlook-shape.ts'
import type { Findable } from '../outlook/outlook.ts'
import { probesOf, type Probe } from './check-probes.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { configOption, wholeNumber } from './options.ts'

const DEFAULT_TIMEOUT_S = 15
const COLLECTORS = 'collectors.'

interface CheckOptions {
  readonly config: string
  readonly timeout: number
  readonly json?: true
}

export function checkCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('check')
    .summary('find what is wrong before it is run')
    .description(
      'Reads a configuration and reports every mistake at once, with file, line, path and how to mend it.\n' +
        'Then asks each component whether it may read or write where it should, and explains what a run would do. Changes nothing.',
    )
    .addOption(configOption())
    .addOption(
      new Option('--timeout <seconds>', 'how long one component may take to answer')
        .argParser(wholeNumber(1))
        .default(DEFAULT_TIMEOUT_S),
    )
    .option('--json', 'one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (options: CheckOptions) => finish(await check(options, context)))
}

const EXAMPLES = `
Examples:
    $ posture-stream check --config posture.yaml
    $ posture-stream check --config posture.yaml --json

Exit codes: 0 all is well, 1 a component cannot do its work, 2 the configuration has mistakes.`

async function check({ config: file, timeout, json }: CheckOptions, context: CommandContext): Promise<ExitCode> {
  const config = await context.load(file)
  const signal = context.interrupt()
  const probes = probesOf(config, context)
  const running = probes.map((probe) => probe.run(AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)])))
  const show = json === true ? undefined : new Verdicts(probes, context)
  const results: Result[] = []
  for (const [index, probe] of probes.entries()) {
    const { problem, findable } = await running[index]!
    const told = problem === undefined ? {} : { problem: oneLine(context.scrubber.text(problem)) }
    const result = { name: probe.name, kind: probe.kind, ok: problem === undefined, ...told, findable: findable ?? [] }
    results.push(result)
    show?.tell(result)
  }
  const ok = results.every((result) => result.ok)
  const { outlookOf } = await import('../outlook/outlook.ts')
  const outlook = outlookOf(config, findableIn(results), Date.now())
  if (json === true) context.terminal.out(JSON.stringify({ ok, components: results.map(withoutFindable), outlook }))
  else explain(outlook, { file, results }, context)
  return ok ? 0 : 1
}

/** What one probe found out. */
interface Result {
  readonly name: string
  readonly kind: string
  readonly ok: boolean
  readonly problem?: string
  /** Sentences of a collector about what it would read now. */
  readonly findable: readonly string[]
}

function withoutFindable({ findable: _, ...result }: Result): object {
  return result
}

function findableIn(results: readonly Result[]): Findable {
  const collectors = results.filter(({ name }) => name.startsWith(COLLECTORS))
  return new Map(collectors.map(({ name, findable }) => [name.slice(COLLECTORS.length), findable]))
}

/** A line for each component, as soon as it is known. */
class Verdicts {
  readonly #paint: Paint
  readonly #width: number
  readonly #context: CommandContext

  constructor(probes: readonly Probe[], context: CommandContext) {
    this.#paint = new Paint(context.terminal.colour)
    this.#width = Math.max(...probes.map(({ name }) => name.length))
    this.#context = context
  }

  tell({ name, kind, problem }: Result): void {
    const verdict = problem === undefined ? this.#paint.as('green', 'ok    ') : this.#paint.as('red', 'failed')
    const detail = problem ?? this.#paint.dim(kind)
    this.#context.terminal.out(`${verdict}  ${name.padEnd(this.#width)}  ${detail}`)
  }
}

function explain(
  outlook: readonly Outlook[],
  { file, results }: { readonly file: string; readonly results: readonly Result[] },
  { terminal }: CommandContext,
): void {
  const paint = new Paint(terminal.colour)
  for (const line of outlookPage(outlook, paint, terminal.columns)) terminal.out(line)
  const failed = results.filter(({ ok }) => !ok)
  const next =
    failed.length === 0
      ? [`${calledAs()} run --config ${file} --until-idle   # once; without --until-idle, until it is stopped`]
      : [
          'Mend first:',
          ...failed.map(({ name, problem = '' }) => `  ${name}: ${problem}`),
          `${calledAs()} check --config ${file}`,
        ]
  terminal.out(['', paint.bold('Next'), ...next.map((line) => `  ${line}`)].join('\n'))
}
