import { Command, Option } from 'commander'
import { Paint } from '../format/paint.ts'
import { tablesPage } from '../format/priority-tables.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { sinkOption } from './one-finding.ts'
import { wholeNumber } from './options.ts'
import { diff, type DiffOptions } from './priority-diff.ts'
import { rulesetIn, SHIPPED, shippedRuleset } from './priority-rulesets.ts'

const DEFAULT_LIMIT = 50

interface TableOptions {
  readonly config?: string
  readonly json?: boolean
}

export function priorityCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('priority')
    .summary('the tables that decide a priority')
    .description('Shows the tables that decide a priority, and what a change of them moves.')
    .addCommand(tableCommand(context, finish))
    .addCommand(diffCommand(context, finish))
    .addHelpText('after', EXAMPLES)
}

const EXAMPLES = `
Examples:
    $ posture-stream priority table
    $ posture-stream priority table --config posture.yaml
    $ posture-stream priority diff ${SHIPPED} posture.yaml
    $ posture-stream priority diff posture.yaml stricter.yaml --json

How tables are replaced: docs/guides/priority-tables.md.`

function tableCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('table')
    .summary('all tables in force')
    .description('Prints all tables in force: those of the configuration, else the shipped ones.')
    .addOption(optionalConfig('configuration file; without it the shipped tables'))
    .option('--json', 'one JSON object')
    .action(async (options: TableOptions) => finish(await table(options, context)))
}

function diffCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('diff')
    .summary('what a change of the tables moves')
    .description(
      'Compares two rulesets over all that can be known about a finding, and says which of the current findings would move. Takes some seconds.',
    )
    .argument('<old>', `configuration file, or: ${SHIPPED}`)
    .argument('<new>', `configuration file, or: ${SHIPPED}`)
    .addOption(optionalConfig('whose local sink holds the current findings; otherwise that of <new>, else of <old>'))
    .addOption(sinkOption())
    .addOption(
      new Option('--limit <count>', 'names at most so many findings; 0: all')
        .argParser(wholeNumber(0))
        .default(DEFAULT_LIMIT),
    )
    .option('--json', 'one JSON object, with all findings that move')
    .action(async (before: string, after: string, options: DiffOptions) =>
      finish(await diff(before, after, options, context)),
    )
}

function optionalConfig(description: string): Option {
  return new Option('-c, --config <file>', description).env('POSTURE_CONFIG')
}

async function table({ config: file, json }: TableOptions, context: CommandContext): Promise<ExitCode> {
  const { id, tables } = file === undefined ? shippedRuleset() : rulesetIn(await context.load(file))
  const { terminal } = context
  if (json === true) terminal.out(JSON.stringify({ ruleset: id, tables }, undefined, 2))
  else terminal.out(tablesPage(id, tables, { columns: terminal.columns, paint: new Paint(terminal.colour) }))
  return 0
}
