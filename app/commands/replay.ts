import { Command, Option } from 'commander'
import type { ReplayPlan } from '../../sinks/selection/replay-plan.ts'
import type { LoadedConfig, SinkInstance } from '../config/catalogs.ts'
import { suggestion } from '../config/nearest.ts'
import { UsageError } from '../usage-error.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { configOption } from './options.ts'
import { pastTime } from './past-time.ts'

/** How often is said how far it came, in milliseconds. */
const TELL_MS = 5000

interface ReplayOptions {
  readonly config: string
  readonly sink: string
  readonly since?: number
  readonly from?: 'earliest'
  readonly filter: readonly string[]
  readonly dryRun?: boolean
  readonly json?: boolean
}

export function replayCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('replay')
    .summary('give one sink again what it was given before')
    .description(
      'Gives a sink findings again, from a time on or all that are kept: into an index that was emptied, for instance.\n' +
        'The sink itself goes on from where it is, and neither its progress nor what it remembers changes.',
    )
    .addOption(configOption())
    .requiredOption('--sink <name>', 'its name in the configuration')
    .addOption(new Option('--since <time>', 'what was published since: 2h, 3d, or an ISO date').argParser(pastTime))
    .addOption(new Option('--from <place>', 'everything that is kept').choices(['earliest']).conflicts('since'))
    .addOption(
      new Option('--filter <name=values>', "only what fits, on top of the sink's own filter: priority=P1,P2")
        .argParser((word: string, before: readonly string[]) => [...before, word])
        .default([], 'none'),
    )
    .option('--dry-run', 'only count; also while a pipeline runs on an embedded stream')
    .option('--json', 'the counts as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ReplayOptions) => finish(await replay(options, context)))
}

const EXAMPLES = `
Examples:
    $ posture-stream replay --config posture.yaml --sink siem --from earliest --dry-run
    $ posture-stream replay --config posture.yaml --sink siem --from earliest
    $ posture-stream replay --config posture.yaml --sink siem --since 2h --filter priority=P1,P2 --filter state=open

On an embedded stream no pipeline may run meanwhile. Exit codes: 0 done, 1 failed, interrupted, or some were refused.`

async function replay(options: ReplayOptions, context: CommandContext): Promise<ExitCode> {
  const { since, from, dryRun = false } = options
  if ((since === undefined) === (from === undefined))
    throw new UsageError('say from where: --since 2h, --since 2026-11-25, or --from earliest')
  const { planReplay, runReplay } = await import('../replay/sink-replay.ts')
  const { filterOf } = await import('../replay/filter-words.ts')
  const only = filterOf(options.filter)
  const config = await context.load(options.config)
  const instance = chosen(options.sink, config)
  const services = { config, log: context.log(), signal: context.interrupt() }
  const plan = await planned(context, config, (stream) =>
    planReplay(stream, instance, { since, only }, services),
  ).catch((error: unknown) => {
    if (!services.signal.aborted) throw error
  })
  if (plan === undefined) {
    context.terminal.err('Interrupted before anything was given.')
    return 1
  }
  if (dryRun) return tellPlan(plan, options, context)
  if (plan.findings > 0) {
    context.terminal.err(`${counted(plan.findings)} to be given to ${instance.name}.`)
    const telling = setInterval(() => context.terminal.err(progress(plan)), TELL_MS)
    await runReplay(plan, instance, services).finally(() => clearInterval(telling))
  }
  return tellEnd(plan, instance, options, context)
}

async function planned(
  { openStream }: CommandContext,
  { stream }: LoadedConfig,
  make: (source: Awaited<ReturnType<CommandContext['openStream']>>) => Promise<ReplayPlan>,
): Promise<ReplayPlan> {
  await using source = await openStream(stream)
  return await make(source)
}

function chosen(name: string, { sinks }: LoadedConfig): SinkInstance {
  const found = sinks.find((each) => each.name === name)
  if (found !== undefined) return found
  const names = sinks.map((each) => each.name)
  throw new UsageError(`the configuration has no sink ${name}; ${suggestion(name, names)}`)
}

function tellPlan({ findings }: ReplayPlan, { json, sink }: ReplayOptions, { terminal }: CommandContext): ExitCode {
  if (json === true) terminal.out(JSON.stringify({ sink, findings }))
  else terminal.out(`${counted(findings)} would be given to ${sink}; nothing was done`)
  return 0
}

function tellEnd(
  plan: ReplayPlan,
  { definition }: SinkInstance,
  { json, sink }: ReplayOptions,
  { terminal }: CommandContext,
): ExitCode {
  const { findings, given, rejected } = plan
  // Compaction may have taken away what was planned, when a later revision stands there.
  const isWhole = plan.isDone
  if (json === true) terminal.out(JSON.stringify({ sink, findings, given, rejected, complete: isWhole }))
  else terminal.out(`${given} of ${counted(findings)} given to ${sink}${rejected > 0 ? `, ${rejected} rejected` : ''}`)
  if (rejected > 0) terminal.err('Why they were rejected: posture-stream dead-letters list')
  if (!isWhole) {
    const again =
      definition.takes === 'latest-state'
        ? 'what it has already changes nothing'
        : 'what it has already may come twice, which its guide tells of'
    terminal.err(`Interrupted. Done again, it begins anew; ${again}.`)
  }
  return isWhole && rejected === 0 ? 0 : 1
}

function progress({ given, rejected, findings }: ReplayPlan): string {
  const share = Math.floor(((given + rejected) / findings) * 100)
  return `${share} %: ${given} of ${counted(findings)} given${rejected > 0 ? `, ${rejected} rejected` : ''}`
}

function counted(findings: number): string {
  return findings === 1 ? '1 finding' : `${findings} findings`
}
