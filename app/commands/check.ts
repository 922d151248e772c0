import { Command, Option } from 'commander'
import type { Context } from '../../core/component.ts'
import { PermanentError } from '../../core/errors.ts'
import { requireWritableDirectory } from '../../core/storage.ts'
import type { CollectorDefinition } from '../../collectors/collector.ts'
import type { SinkDefinition } from '../../sinks/sink.ts'
import type { Instance, LoadedConfig, SinkInstance } from '../config/catalogs.ts'
import { selectionOf } from '../format/sink-selection.ts'
import { oneLine } from '../format/text.ts'
import { Paint } from '../format/paint.ts'
import { MetricsRegistry } from '../metrics-registry.ts'
import { errorSentence } from '../telemetry.ts'
import type { CommandContext, ExitCode } from './command-context.ts'
import { configOption, wholeNumber } from './options.ts'

const DEFAULT_TIMEOUT_S = 15

interface CheckOptions {
  readonly config: string
  readonly timeout: number
}

export function checkCommand(context: CommandContext, finish: (code: ExitCode) => void): Command {
  return new Command('check')
    .summary('find what is wrong before it is run')
    .description(
      'Reads a configuration and reports every mistake at once, with file, line, path and how to mend it.\n' +
        'Then asks each component whether it may read or write where it should. Changes nothing.',
    )
    .addOption(configOption())
    .addOption(
      new Option('--timeout <seconds>', 'how long one component may take to answer')
        .argParser(wholeNumber(1))
        .default(DEFAULT_TIMEOUT_S),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: CheckOptions) => finish(await check(options, context)))
}

const EXAMPLES = `
Example:
    $ posture-stream check --config posture.yaml

Exit codes: 0 all is well, 1 a component cannot do its work, 2 the configuration has mistakes.`

async function check({ config: file, timeout }: CheckOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, scrubber } = context
  const config = await context.load(file)
  const signal = context.interrupt()
  const probes = probesOf(config, context)
  const width = Math.max(...probes.map(({ name }) => name.length))
  const paint = new Paint(terminal.colour)
  const results = probes.map((probe) => probe.run(AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)])))
  let code: ExitCode = 0
  for (const [index, { name, kind }] of probes.entries()) {
    const problem = await results[index]
    const verdict = problem === undefined ? paint.as('green', 'ok    ') : paint.as('red', 'failed')
    const detail = problem === undefined ? paint.dim(kind) : oneLine(scrubber.text(problem))
    terminal.out(`${verdict}  ${name.padEnd(width)}  ${detail}`)
    if (problem !== undefined) code = 1
  }
  return code
}

interface Probe {
  /** `sinks.archive`: where it stands in the configuration. */
  readonly name: string
  readonly kind: string
  /** What is wrong, in one sentence; undefined when nothing is. */
  run(signal: AbortSignal): Promise<string | undefined>
}

function probesOf(config: LoadedConfig, context: CommandContext): Probe[] {
  const metrics = new MetricsRegistry()
  const log = context.log()
  const contextOf = (stage: string, name: string): Context => ({
    name,
    tenant: config.tenant,
    log: log.child({ stage, name }),
    metrics,
    clock: Date.now,
  })
  const probe =
    (stage: string) =>
    (instance: Instance<CollectorDefinition | SinkDefinition>): Probe => ({
      name: `${stage}.${instance.name}`,
      kind: instance.definition.name,
      run: (signal) => problemOf(() => probeComponent(instance, contextOf(stage, instance.name), signal), signal),
    })
  return [
    {
      name: 'stream',
      kind: config.stream.type,
      run: (signal) => problemOf(() => checkStream(config.stream, context), signal),
    },
    ...storeProbes(config),
    ...config.collectors.map(probe('collectors')),
    ...config.sinks.map((sink) => ({ ...probe('sinks')(sink), kind: kindOf(sink) })),
  ]
}

function kindOf({ definition, ...settings }: SinkInstance): string {
  const selection = selectionOf(settings)
  return selection === '' ? definition.name : `${definition.name}: ${selection}`
}

/** Kafka's topics must be as they are wanted: with others, records could be lost or read twice. */
async function checkStream(stream: LoadedConfig['stream'], { openTopics }: CommandContext): Promise<void> {
  if (stream.type === 'embedded') return await requireWritableDirectory(stream.directory)
  await using kafka = await openTopics(stream)
  const wrong = (await kafka.plan()).filter(({ state }) => state !== 'as-wanted')
  if (wrong.length === 0) return
  const what = wrong.map(({ topic, state }) => `${topic} ${state === 'missing' ? 'is missing' : 'differs'}`)
  throw new PermanentError('KAFKA_TOPICS', `${what.join(', ')}; see: posture-stream topics plan`)
}

function storeProbes({ enrichment }: LoadedConfig): Probe[] {
  const { directory } = enrichment as { readonly directory?: string }
  if (directory === undefined) return []
  const run = (signal: AbortSignal) => problemOf(() => requireWritableDirectory(directory), signal)
  return [{ name: 'enrichment', kind: 'local store', run }]
}

async function probeComponent(
  { definition, config }: Instance<CollectorDefinition | SinkDefinition>,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  const component = await definition.create(config, context)
  try {
    await component.check(signal)
  } finally {
    await component.close?.()
  }
}

async function problemOf(work: () => Promise<void>, signal: AbortSignal): Promise<string | undefined> {
  const { promise: ended, resolve } = Promise.withResolvers<string>()
  signal.addEventListener('abort', () => resolve(silence(signal)), { once: true })
  const problem = work().then(
    () => undefined,
    (error: unknown) => (signal.aborted ? silence(signal) : errorSentence(error)),
  )
  return await Promise.race([problem, ended])
}

function silence({ reason }: AbortSignal): string {
  const late = reason instanceof DOMException && reason.name === 'TimeoutError'
  return late ? 'no answer in time: check the address and the network, or give it a longer --timeout' : 'interrupted'
}
