import type { Context } from '../../core/component.ts'
import { PermanentError } from '../../core/errors.ts'
import { requireWritableDirectory } from '../../core/storage.ts'
import type { CollectorDefinition } from '../../collectors/collector.ts'
import type { SinkDefinition } from '../../sinks/sink.ts'
import type { Instance, LoadedConfig, SinkInstance } from '../config/catalogs.ts'
import { selectionOf } from '../format/sink-selection.ts'
import { errorSentence } from '../telemetry.ts'
import type { CommandContext } from './command-context.ts'

/** The question to one component whether it can do its work. */
export interface Probe {
  /** `sinks.archive`: where it stands in the configuration. */
  readonly name: string
  readonly kind: string
  run(signal: AbortSignal): Promise<Answer>
}

export interface Answer {
  /** What is wrong, in one sentence; undefined when nothing is. */
  readonly problem?: string
  readonly findable?: readonly string[]
}

/** One for the stream, for enrichment's store where it has one of its own, and for every component. */
export function probesOf(config: LoadedConfig, context: CommandContext): Probe[] {
  const metrics = { count() {}, gauge() {}, observe() {} }
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
      run: (signal) => answerOf(() => probeComponent(instance, contextOf(stage, instance.name), signal), signal),
    })
  return [
    {
      name: 'stream',
      kind: config.stream.type,
      run: (signal) => answerOf(() => checkStream(config.stream, context), signal),
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
  const run = (signal: AbortSignal) => answerOf(() => requireWritableDirectory(directory), signal)
  return [{ name: 'enrichment', kind: 'local store', run }]
}

async function probeComponent(
  { definition, config }: Instance<CollectorDefinition | SinkDefinition>,
  context: Context,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const component = await definition.create(config, context)
  try {
    await component.check(signal)
    return 'outlook' in component ? await component.outlook(signal) : []
  } finally {
    await component.close?.()
  }
}

async function answerOf(work: () => Promise<readonly string[] | void>, signal: AbortSignal): Promise<Answer> {
  const { promise: ended, resolve } = Promise.withResolvers<Answer>()
  signal.addEventListener('abort', () => resolve({ problem: silence(signal) }), { once: true })
  const answer = work().then(
    (findable): Answer => (findable === undefined ? {} : { findable }),
    (error: unknown): Answer => ({ problem: signal.aborted ? silence(signal) : errorSentence(error) }),
  )
  return await Promise.race([answer, ended])
}

function silence({ reason }: AbortSignal): string {
  const late = reason instanceof DOMException && reason.name === 'TimeoutError'
  return late ? 'no answer in time: check the address and the network, or give it a longer --timeout' : 'interrupted'
}
