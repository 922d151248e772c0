import { Command, Option } from 'commander'
import { BANDS, type FindingStatus, type PriorityBand } from '../../schemas/records.ts'
import { localSink } from '../local-sink.ts'
import { findingPage } from '../format/finding-page.ts'
import { findingsTable } from '../format/findings-table.ts'
import type { FindingsStore, StoredFinding } from '../../sinks/local/findings-store.ts'
import { Paint } from '../format/paint.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { oneFinding, sinkOption } from './one-finding.ts'
import { configOption, listOf, wholeNumber } from './options.ts'

const STATES = ['open', 'muted', 'resolved', 'gone'] as const satisfies readonly FindingStatus[]
const DEFAULT_LIMIT = 50

interface SourceOptions {
  readonly config: string
  readonly sink?: string
  readonly json?: boolean
}

interface ListOptions extends SourceOptions {
  readonly priority?: readonly PriorityBand[]
  readonly state: readonly FindingStatus[]
  readonly account?: string
  readonly resource?: string
  readonly control?: string
  readonly limit: number
}

export function findingsCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('findings')
    .summary('read what the local sink keeps')
    .description('Reads findings from the sink of type local, also while the pipeline runs.')
    .addCommand(listCommand(context, finish))
    .addCommand(showCommand(context, finish))
}

function listCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('list')
    .summary('the findings, the most urgent first')
    .description('Lists findings, the most urgent first, with where they are and why they rank as they do.')
    .addOption(configOption())
    .addOption(sinkOption())
    .addOption(new Option('--priority <bands>', `only these: ${BANDS.join(',')}`).argParser(listOf(BANDS)))
    .addOption(
      new Option('--state <states>', `only these: ${STATES.join(',')}, or all`)
        .argParser((text) => (text === 'all' ? STATES : listOf(STATES)(text)))
        .default(['open'], 'open'),
    )
    .option('--account <id>', 'only of this account')
    .option('--resource <text>', "only where the resource's id or name contains this")
    .option('--control <id>', 'only of this control')
    .addOption(
      new Option('--limit <count>', 'at most so many; 0: all').argParser(wholeNumber(0)).default(DEFAULT_LIMIT),
    )
    .option('--json', 'one JSON object per line')
    .addHelpText('after', LIST_EXAMPLES)
    .action(async (options: ListOptions) =>
      finish(await withFindings(options, context, (from) => listFindings(from, options, context))),
    )
}

function showCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('show')
    .summary('one finding, with its reasons and how to mend it')
    .description(
      'Shows one finding: its priority and why, its state, the resource, how to mend it, and where it comes from.',
    )
    .argument('<key>', 'its key, or the beginning of it')
    .addOption(configOption())
    .addOption(sinkOption())
    .option('--json', 'the whole OCSF event as JSON')
    .addHelpText('after', SHOW_EXAMPLES)
    .action(async (key: string, options: SourceOptions) =>
      finish(await withFindings(options, context, (from) => showFinding(from, key, options, context))),
    )
}

const LIST_EXAMPLES = `
Examples:
    $ posture-stream findings list --config posture.yaml --priority P1,P2
    $ posture-stream findings list --config posture.yaml --state all --resource my-bucket
    $ posture-stream findings list --config posture.yaml --limit 0 --json | jq -r .event.finding_info.title`

const SHOW_EXAMPLES = `
Examples:
    $ posture-stream findings show 3f9a1c02 --config posture.yaml
    $ posture-stream findings show 3f9a1c02 --config posture.yaml --json | jq .event.compliance`

async function withFindings(
  { config: file, sink }: SourceOptions,
  context: CommandContext,
  use: (from: FindingsStore) => ExitCode,
): Promise<ExitCode> {
  const config = await context.load(file)
  using from = await context.openFindings(localSink(config, sink))
  return use(from)
}

function listFindings(from: FindingsStore, options: ListOptions, { terminal }: CommandContext): ExitCode {
  const { priority: priorities, state: states, account, resource, control, limit } = options
  const { findings, total } = from.list({
    priorities,
    states,
    account,
    resource,
    control,
    limit: limit === 0 ? undefined : limit,
  })
  if (options.json) {
    for (const finding of findings) terminal.out(JSON.stringify(plain(finding)))
    return 0
  }
  const paint = new Paint(terminal.colour)
  if (findings.length === 0) terminal.err('No finding matches.')
  else terminal.out(findingsTable(findings, { columns: terminal.columns, paint }))
  if (total > findings.length) terminal.err(`${findings.length} of ${total} findings; --limit 0 shows all.`)
  return 0
}

function showFinding(
  from: FindingsStore,
  key: string,
  { json }: SourceOptions,
  { terminal }: CommandContext,
): ExitCode {
  const finding = oneFinding(from, key)
  if (json) terminal.out(JSON.stringify(plain(finding), undefined, 2))
  else terminal.out(findingPage(finding, { columns: terminal.columns, paint: new Paint(terminal.colour) }))
  return 0
}

function plain({ key, revision, state, priority, event }: StoredFinding): object {
  return { key, revision, state, priority, event }
}
