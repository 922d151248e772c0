import { Command } from 'commander'
import type { InstallPlan } from '../../sinks/opensearch/install/install-plan.ts'
import type { SinkInstance } from '../config/catalogs.ts'
import { Paint } from '../format/paint.ts'
import type { OpenOpenSearch } from '../open-opensearch.ts'
import { openSearchSinks } from '../opensearch-sinks.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { configOption } from './options.ts'

interface OpenSearchOptions {
  readonly config: string
  readonly sink?: string
  readonly json?: boolean
}

/** What is shown of one thing on one sink's cluster; `done` once install has been at it. */
interface Line extends Omit<InstallPlan, 'done'> {
  readonly sink: string
  readonly done?: string
}

export function opensearchCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  const subcommand = (name: string, summary: string, description: string, work: Work): Command =>
    new Command(name)
      .summary(summary)
      .description(description)
      .addOption(configOption())
      .option('--sink <name>', 'which sink, where there are several; otherwise all of them')
      .option('--json', 'one JSON object per line')
      .action(async (options: OpenSearchOptions) => finish(await run(work, options, context)))
  return new Command('opensearch')
    .summary('what a sink of OpenSearch needs on the cluster')
    .description('Holds templates, index, data stream and policy on the cluster against how they should be.')
    .addCommand(subcommand('plan', 'show what install would do', 'Shows what install would do. Changes nothing.', plan))
    .addCommand(
      subcommand(
        'install',
        'create what is missing, upgrade what is older',
        'Creates what is missing and upgrades what an older version made, also while the pipeline runs. Deletes nothing.',
        install,
      ),
    )
    .addCommand(
      subcommand('check', 'fail when something differs', 'Exits with 1 unless everything is as it should be.', check),
    )
    .addHelpText('after', EXAMPLES)
}

const EXAMPLES = `
Examples:
    $ posture-stream opensearch plan --config posture.yaml
    $ posture-stream opensearch install --config posture.yaml
    $ posture-stream opensearch check --config posture.yaml --json

The rights that each needs: docs/guides/opensearch.md.`

interface Result {
  readonly lines: readonly Omit<Line, 'sink'>[]
  readonly code: ExitCode
}

type Work = (cluster: OpenOpenSearch) => Promise<Result>

async function run(work: Work, options: OpenSearchOptions, context: CommandContext): Promise<ExitCode> {
  const sinks = openSearchSinks(await context.load(options.config), options.sink)
  const signal = context.interrupt()
  let code: ExitCode = 0
  for (const sink of sinks) {
    await using cluster = await context.openOpenSearch(sink, signal)
    const result = await work(cluster)
    show(sink, result.lines, { ...options, many: sinks.length > 1 }, context)
    if (result.code !== 0) ({ code } = result)
  }
  return code
}

async function plan(cluster: OpenOpenSearch): Promise<Result> {
  return { lines: (await cluster.plan()).map(asFound), code: 0 }
}

async function check(cluster: OpenOpenSearch): Promise<Result> {
  const plans = await cluster.plan()
  return { lines: plans.map(asFound), code: isWanted(plans) ? 0 : 1 }
}

/** Shows what was done, then what is left for the operator: 1 where something is. */
async function install(cluster: OpenOpenSearch): Promise<Result> {
  const before = await cluster.apply()
  const after = await cluster.plan()
  const lines = after.map(({ done: _undone, ...left }, index) => {
    const done = before[index]?.done ?? ''
    const words = [done, left.sentence].filter((part) => part !== '')
    return { ...left, done: done === '' ? 'nothing' : done, sentence: words.join('; ') }
  })
  return { lines, code: isWanted(after) ? 0 : 1 }
}

function asFound({ done: _undone, ...found }: InstallPlan): Omit<Line, 'sink'> {
  return found
}

/** What the cluster cannot do, and what a newer version has made, is nothing that this one could mend. */
function isWanted(plans: readonly InstallPlan[]): boolean {
  return plans.every(({ state }) => state === 'as-wanted' || state === 'newer' || state === 'unmanaged')
}

interface ShowOptions extends OpenSearchOptions {
  /** Whether a line must name its sink. */
  readonly many: boolean
}

function show(
  { name: sink }: SinkInstance,
  lines: Result['lines'],
  { json, many }: ShowOptions,
  { terminal }: CommandContext,
): void {
  if (json === true) return lines.forEach((line) => terminal.out(JSON.stringify({ sink, ...line })))
  const paint = new Paint(terminal.colour)
  const subjects = lines.map(({ kind, name }) => `${many ? `${sink}: ` : ''}${kind} ${name}`)
  const width = Math.max(...subjects.map(({ length }) => length))
  const words = {
    'as-wanted': paint.as('green', 'ok     '),
    newer: paint.as('green', 'newer  '),
    missing: paint.as('yellow', 'missing'),
    unmanaged: paint.as('yellow', 'note   '),
    differs: paint.as('red', 'differs'),
    refused: paint.as('red', 'refused'),
  }
  for (const [index, { state, sentence }] of lines.entries())
    terminal.out(`${words[state]}  ${subjects[index]!.padEnd(width)}  ${sentence}`)
}
