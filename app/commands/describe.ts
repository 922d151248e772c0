import { Command } from 'commander'
import type { Catalogs } from '../config/catalogs.ts'
import { suggestion } from '../config/nearest.ts'
import { componentPage } from '../format/component-page.ts'
import { describeCollector, describeSink, settingsOfEvery, type Described } from '../format/described.ts'
import { Paint } from '../format/paint.ts'
import { pad, wrap } from '../format/text.ts'
import { UsageError } from '../usage-error.ts'
import type { CommandContext, ExitCode } from './command-context.ts'

interface DescribeOptions {
  readonly json?: boolean
}

export function describeCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('describe')
    .summary('the collectors and sinks, their settings and the rights they need')
    .description(
      'Lists every collector and sink, or prints the settings of one, an example, and the rights that it needs. ' +
        'Needs no configuration.',
    )
    .argument('[name]', 'what stands under type: scanner-report, file, …')
    .option('--json', 'one JSON object per line')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: DescribeOptions) => {
      const catalogs = await context.catalogs()
      finish(name === undefined ? list(catalogs, options, context) : describe(name, catalogs, options, context))
    })
}

const EXAMPLES = `
Examples:
    $ posture-stream describe
    $ posture-stream describe file
    $ posture-stream describe file --json`

function list(catalogs: Catalogs, { json }: DescribeOptions, { terminal }: CommandContext): ExitCode {
  const components = all(catalogs)
  if (json === true) {
    for (const { stage, name, summary } of components) terminal.out(JSON.stringify({ stage, name, summary }))
    return 0
  }
  const paint = new Paint(terminal.colour)
  const width = Math.max(...components.map(({ name }) => name.length))
  for (const [at, stage] of (['collector', 'sink'] as const).entries()) {
    if (at > 0) terminal.out('')
    terminal.out(paint.bold(`${stage[0]!.toUpperCase()}${stage.slice(1)}s`))
    for (const { name, summary } of components.filter((each) => each.stage === stage)) {
      const [first = '', ...more] = wrap(summary, terminal.columns - width - 4)
      terminal.out(`  ${pad(name, width)}  ${first}`)
      for (const line of more) terminal.out(`  ${pad('', width)}  ${line}`)
    }
  }
  return 0
}

/** A collector and a sink may have one name: then both are described. */
function describe(name: string, catalogs: Catalogs, { json }: DescribeOptions, { terminal }: CommandContext): ExitCode {
  const components = all(catalogs)
  const named = components.filter((each) => each.name === name)
  if (named.length === 0)
    throw new UsageError(`no collector or sink is called ${name}; ${suggestion(name, namesOf(components))}`)
  const paint = new Paint(terminal.colour)
  for (const [at, component] of named.entries()) {
    const shared = settingsOfEvery(component.stage, catalogs)
    if (json === true) {
      const key = component.stage === 'sink' ? 'everySink' : 'everyCollector'
      terminal.out(JSON.stringify({ ...component, [key]: shared }))
      continue
    }
    if (at > 0) terminal.out('')
    for (const line of componentPage(component, shared, paint, terminal.columns)) terminal.out(line)
  }
  return 0
}

function all({ collectors, sinks }: Catalogs): Described[] {
  return [...collectors.map(describeCollector), ...sinks.map(describeSink)]
}

function namesOf(components: readonly Described[]): string[] {
  return [...new Set(components.map(({ name }) => name))]
}
