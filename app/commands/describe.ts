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
      'Lists every collector and sink, or prints the settings of one, an example, the rights that it needs, its limits and its errors; ' +
        'or says what the code of an error means. Needs no configuration.',
    )
    .argument('[name]', 'what stands under type (scanner-report, file, …), or the code of an error (STREAM_LOCKED, …)')
    .option('--json', 'one JSON object per line')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: DescribeOptions) => {
      const catalogs = await context.catalogs()
      finish(name === undefined ? list(catalogs, options, context) : await describe(name, catalogs, options, context))
    })
}

const EXAMPLES = `
Examples:
    $ posture-stream describe
    $ posture-stream describe file
    $ posture-stream describe file --json
    $ posture-stream describe STREAM_LOCKED`

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
async function describe(
  name: string,
  catalogs: Catalogs,
  { json }: DescribeOptions,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const components = all(catalogs)
  const named = components.filter((each) => each.name === name)
  if (named.length === 0) return await describeError(name, catalogs, json, terminal)
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

/** A code means the same wherever it is raised; where parts say it in words of their own, each is printed. */
async function describeError(
  code: string,
  catalogs: Catalogs,
  json: boolean | undefined,
  { out, columns }: Pick<CommandContext['terminal'], 'out' | 'columns'>,
): Promise<ExitCode> {
  const { errorGroups } = await import('../error-groups.ts')
  const groups = errorGroups(catalogs)
  const found = groups.flatMap(({ title, errors }) =>
    Object.hasOwn(errors, code) ? [{ title, means: errors[code]! }] : [],
  )
  if (found.length === 0) {
    const codes = /^[A-Z0-9_]+$/.test(code)
      ? groups.flatMap(({ errors }) => Object.keys(errors))
      : namesOf(all(catalogs))
    throw new UsageError(`no collector, sink or error is called ${code}; ${suggestion(code, [...new Set(codes)])}`)
  }
  for (const { title, means } of found) {
    if (json === true) out(JSON.stringify({ code, raisedBy: title, means }))
    else for (const line of wrap(`${title}: ${means}.`, columns)) out(line)
  }
  return 0
}

function all({ collectors, sinks }: Catalogs): Described[] {
  return [...collectors.map(describeCollector), ...sinks.map(describeSink)]
}

function namesOf(components: readonly Described[]): string[] {
  return [...new Set(components.map(({ name }) => name))]
}
