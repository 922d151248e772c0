import { Command, Option } from 'commander'
import type { Shown } from '../../collectors/once.ts'
import { errorCode } from '../../core/errors.ts'
import type { CollectorInstance, LoadedConfig } from '../config/catalogs.ts'
import { suggestion } from '../config/nearest.ts'
import type { OpenCollector } from '../open-collector.ts'
import { UsageError } from '../usage-error.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { configOption, wholeNumber } from './options.ts'

interface CollectOptions {
  readonly config: string
  readonly once?: boolean
  readonly dryRun?: boolean
  readonly limit: number
  readonly fromStart?: boolean
  readonly json?: boolean
}

export function collectCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('collect')
    .summary('run one collector by hand')
    .description(
      'Reads the source of one collector once, from its checkpoint on, beside a pipeline that may be running.\n' +
        'With --once what it reads is published, for the pipeline to go on with; with --dry-run it is only shown.',
    )
    .argument('<name>', 'its name in the configuration')
    .addOption(configOption())
    .addOption(new Option('--once', 'publish what is there, and save how far it was read').conflicts('dryRun'))
    .addOption(new Option('--dry-run', 'print what would be published, one JSON object per line; changes nothing'))
    .addOption(
      new Option('--limit <count>', 'with --dry-run: at most so many; 0: all').argParser(wholeNumber(0)).default(0),
    )
    .addOption(new Option('--from-start', 'with --dry-run: not from the checkpoint on, but everything'))
    .addOption(new Option('--json', 'with --once: the counts as one JSON object'))
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: CollectOptions) => finish(await collect(name, options, context)))
}

const EXAMPLES = `
Examples:
    $ posture-stream collect --once nightly --config posture.yaml
    $ posture-stream collect --dry-run nightly --config posture.yaml --limit 10 | jq .type
    $ posture-stream collect --dry-run nightly --config posture.yaml --from-start | jq -r .description.title

Of a source from which reading takes away (a queue), a dry run looks at one batch, which then comes again.`

async function collect(name: string, options: CollectOptions, context: CommandContext): Promise<ExitCode> {
  const { once = false, dryRun = false, fromStart = false, limit } = options
  if (once === dryRun) throw new UsageError('say which: --once publishes what is there, --dry-run only shows it')
  if (once && (fromStart || limit > 0))
    throw new UsageError('--limit and --from-start are for --dry-run; to read all again: checkpoints reset')
  const config = await context.load(options.config)
  const wanted = chosen(name, config)
  const signal = context.interrupt()
  await using collector = await context.openCollector(config, wanted, { log: context.log(), signal })
  if (once) return await publish(collector, options, context)
  return await show(collector, options, context)
}

function chosen(name: string, { collectors }: LoadedConfig): CollectorInstance {
  const found = collectors.find((each) => each.name === name)
  if (found !== undefined) return found
  const names = collectors.map((each) => each.name)
  throw new UsageError(`the configuration has no collector ${name}; ${suggestion(name, names)}`)
}

async function publish(
  collector: OpenCollector,
  { json }: CollectOptions,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const collected = await collector.once()
  const { in: read, published, deadLetters } = collected
  if (json === true) terminal.out(JSON.stringify(collected))
  else terminal.out(`${read} finding records read, ${published} events published, ${deadLetters} dead letters`)
  return 0
}

async function show(
  collector: OpenCollector,
  { limit, fromStart = false }: CollectOptions,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  let count = 0
  for await (const each of collector.dryRun(fromStart)) {
    terminal.out(JSON.stringify(lineOf(each)))
    count += 1
    if (count === limit) return 0
  }
  if (count === 0 && !fromStart)
    terminal.err('Nothing is new since the checkpoint; --from-start shows all that is there.')
  return 0
}

/** The event itself; of what would be set aside, where it came from and why. */
function lineOf(shown: Shown): object {
  if ('event' in shown) return shown.event
  const { origin, error, bytes } = shown.aside
  return { type: 'dead-letter', origin, code: errorCode(error), message: error.message, size: bytes.byteLength }
}
