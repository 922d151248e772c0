import { Command, Option } from 'commander'
import { errorCode } from '../../core/errors.ts'
import { calledAs } from '../called-as.ts'
import { findingsTable } from '../format/findings-table.ts'
import { Paint } from '../format/paint.ts'
import { summaryBlock, summaryLine } from '../format/summary-block.ts'
import type { LoadedConfig, SinkInstance } from '../config/catalogs.ts'
import { STAGES, type Pipeline, type Stage, type Summary } from '../pipeline-contract.ts'
import { errorSentence, type BindableLogger } from '../telemetry.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { configOption, listOf, wholeNumber } from './options.ts'

const DEFAULT_DEADLINE_S = 30
const TOP = 10

interface RunOptions {
  readonly config: string
  readonly only: readonly Stage[]
  readonly untilIdle?: boolean
  readonly summary: 'text' | 'json'
  readonly deadline: number
}

export function runCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('run')
    .summary('run the pipeline')
    .description(
      'Runs the stages of a configuration: collectors read, enrichment ranks and explains, sinks write.\n' +
        'Goes on until it is asked to stop (Ctrl-C, SIGTERM); nothing that is cut off is lost.',
    )
    .addOption(configOption())
    .addOption(
      new Option('--only <stages>', `run only some stages: ${STAGES.join(',')}`)
        .argParser(listOf(STAGES))
        .default(STAGES, 'all'),
    )
    .option('--until-idle', 'end when everything that is there has been read, ranked and delivered')
    .addOption(
      new Option('--summary <format>', 'the summary at the end; json: one object as the last line of standard output')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addOption(
      new Option('--deadline <seconds>', 'how long a stop may take before what still runs is cut off')
        .argParser(wholeNumber(1))
        .default(DEFAULT_DEADLINE_S),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: RunOptions) => finish(await run(options, context)))
}

const EXAMPLES = `
Examples:
  Read what is there, print the ranked findings, and end:
    $ posture-stream run --config posture.yaml --until-idle
  Run for good, as a service:
    $ posture-stream run --config posture.yaml
  For a script, the numbers as JSON in the last line:
    $ posture-stream run --config posture.yaml --until-idle --summary json | tail -n 1

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 stopped by the deadline with work cut off.`

async function run(options: RunOptions, context: CommandContext): Promise<ExitCode> {
  const config = await context.load(options.config)
  const log = context.log()
  const stopRequest = context.interrupt()
  const { untilIdle = false } = options
  // Not loaded for the help text, nor by other commands.
  const { MetricsRegistry } = await import('../metrics-registry.ts')
  const started = { only: new Set(options.only), untilIdle, log, metrics: new MetricsRegistry(), signal: stopRequest }
  const pipeline = await context.startPipeline(config, started).catch((error: unknown) => {
    if (stopRequest.aborted) return undefined
    throw error
  })
  const ending = pipeline === undefined ? 'stopped' : await untilEnded(pipeline, options, stopRequest)
  if (ending === 'stopped')
    log.info({ deadlineSeconds: options.deadline }, 'Asked to stop; running batches finish first.')
  if (typeof ending === 'object') log.error({ error: ending.error }, 'The pipeline stops, because it cannot go on.')
  const { cutOff } = (await pipeline?.stop(options.deadline * 1000)) ?? { cutOff: [] }
  if (pipeline !== undefined) await report(pipeline.summary(), options, config, context)
  return exitCode(ending, cutOff, options, log)
}

type Ending = 'idle' | 'stopped' | { readonly error: unknown }

async function untilEnded(pipeline: Pipeline, { untilIdle }: RunOptions, stopRequest: AbortSignal): Promise<Ending> {
  const stopped = new Promise<Ending>((resolve) => {
    if (stopRequest.aborted) resolve('stopped')
    stopRequest.addEventListener('abort', () => resolve('stopped'), { once: true })
  })
  const failed = (error: unknown): Ending => (stopRequest.aborted ? 'stopped' : { error })
  const endings = [stopped]
  if (pipeline.failed !== undefined) endings.push(pipeline.failed.catch(failed))
  if (untilIdle) endings.push(pipeline.idle(stopRequest).then(() => 'idle' as const, failed))
  return await Promise.race(endings)
}

async function report(
  summary: Summary,
  options: RunOptions,
  config: LoadedConfig,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  if (options.summary === 'json') return terminal.out(summaryLine(summary))
  const paint = new Paint(terminal.colour)
  const local = config.sinks.find(({ definition }) => definition.name === 'local')
  if (options.untilIdle === true && local !== undefined && options.only.includes('sinks'))
    await reportFindings(local, options.config, context)
  terminal.out(summaryBlock(summary, paint))
  if (summary.deadLetters > 0)
    terminal.out(paint.dim(`Why the dead letters: ${calledAs()} dead-letters list --config ${options.config}`))
}

async function reportFindings(
  local: SinkInstance,
  file: string,
  { terminal, openFindings }: CommandContext,
): Promise<void> {
  const paint = new Paint(terminal.colour)
  try {
    using store = await openFindings(local)
    const { findings, total } = store.list({ states: ['open'], limit: TOP })
    if (total === 0) return
    terminal.out(`${findingsTable(findings, { columns: terminal.columns, paint })}\n`)
    const rest = total > TOP ? `The first ${TOP} of ${total} open findings. ` : ''
    terminal.out(paint.dim(`${rest}All: ${calledAs()} findings list --config ${file}\n`))
  } catch (error) {
    // No finding has come yet, so there is none to show; anything else does not undo the run.
    if (errorCode(error) !== 'FINDINGS_STORE_MISSING')
      terminal.err(`The findings cannot be shown: ${errorSentence(error)}`)
  }
}

/** A run that should have gone on until everything was done, and was stopped before, has not done its work. */
function exitCode(ending: Ending, cutOff: readonly string[], { untilIdle }: RunOptions, log: BindableLogger): ExitCode {
  if (cutOff.length > 0)
    log.warn(
      { cutOff },
      'The deadline passed while these were still at work; nothing is lost, they go on at the next start.',
    )
  if (typeof ending === 'object') return 1
  if (cutOff.length > 0) return 3
  return untilIdle && ending === 'stopped' ? 1 : 0
}
