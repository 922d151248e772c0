import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCollectors, type RunningCollectors } from '../collectors/runner.ts'
import type { RunContext } from '../core/component.ts'
import { TransientError } from '../core/errors.ts'
import type { Tracing } from '../core/tracing.ts'
import { createDirectory } from '../core/storage.ts'
import { enrichersOf, significanceUnder } from '../enrichment/catalog.ts'
import { periodsOf, ruleset, type EnrichmentConfig } from '../enrichment/config.ts'
import { IntelTable } from '../enrichment/intel/intel-table.ts'
import { openState } from '../enrichment/open-state.ts'
import { ENRICHMENT_GROUP } from '../enrichment/enrichment-group.ts'
import { runEnrichment, type RunningEnrichment } from '../enrichment/runner.ts'
import type { LocalStore } from '../enrichment/state/local-store.ts'
import type { SchemaRegistry } from '../schemas/registry.ts'
import { runSink } from '../sinks/runner.ts'
import { RunLock } from '../stream/embedded/run-lock.ts'
import { partitionFor } from '../stream/partitioner.ts'
import type { Stream } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import type { LoadedConfig, SinkInstance } from './config/catalogs.ts'
import { closeCollectors, createCollectors } from './create-collectors.ts'
import type { Observation } from './observe/observation.ts'
import { openStream } from './open-stream.ts'
import type { PipelineOptions, Stage, Summary } from './pipeline-contract.ts'
import { startTracing } from './tracing/start-tracing.ts'

/** How often an idle pipeline is looked at, in milliseconds. */
const LOOK_MS = 100
/** What a line of the log calls the stage of its component. */
const LOGGED_STAGES = { collectors: 'collector', enrichment: 'enrichment', sinks: 'sink' } as const

type Stop = (signal: AbortSignal) => Promise<void>

/** The running stages of one configuration, and what can be asked of them. */
export class PipelineParts {
  readonly #config: LoadedConfig
  readonly #options: PipelineOptions
  readonly #schemas: SchemaRegistry
  readonly #observation: Observation
  readonly #groups: { readonly topic: string; readonly group: string }[] = []
  #tracing: Tracing | undefined
  #stream!: Stream
  #state: LocalStore | undefined
  #enrichment: RunningEnrichment | undefined
  #collectors: RunningCollectors | undefined
  /** The counts that stood when the state was closed. */
  #finalCounts: Readonly<Record<string, number>> | undefined

  constructor(config: LoadedConfig, options: PipelineOptions, schemas: SchemaRegistry, observation: Observation) {
    this.#config = config
    this.#options = options
    this.#schemas = schemas
    this.#observation = observation
  }

  async openTracing(): Promise<Stop> {
    const open = await startTracing(this.#config, this.#options)
    this.#tracing = open?.tracing
    return async (deadline) => open?.close(deadline)
  }

  async openStream(): Promise<Stop> {
    const { log, signal } = this.#options
    const stream = await openStream(this.#config.stream, log.child({ part: 'stream' }), signal)
    this.#stream = this.#observation.observe(stream)
    return () => stream.close()
  }

  /** On Kafka each process has a local store of its own; of an embedded stream the one process has it anyway. */
  async openState(): Promise<Stop> {
    const { stream } = this.#config
    const own = stream.type === 'embedded' ? stream.directory : undefined
    const directory = this.#enrichmentConfig.directory ?? own!
    if (directory !== own) await createDirectory(directory)
    const lock = directory === own ? undefined : RunLock.take(directory, 'enrichment.directory')
    try {
      const state = openState(join(directory, 'enrichment.db'), periodsOf(this.#enrichmentConfig))
      this.#state = state
      return async () => {
        this.#finalCounts = state.counts()
        state.close()
        lock?.release()
      }
    } catch (error) {
      lock?.release()
      throw error
    }
  }

  async startSink({ name, definition, config, delivery, filter, omit, from }: SinkInstance): Promise<Stop> {
    const context = this.#context('sinks', name)
    const sink = await definition.create(config, context)
    const services = { ...context, stream: this.#stream, tracing: this.#tracing, signal: this.#options.signal }
    const settings = { delivery, omit, from, ...(filter === undefined ? {} : { filter }) }
    const running = { name, tenant: this.#config.tenant, ...settings }
    const group = { topic: topics.findings.name, group: `sink.${name}` }
    this.#observation.worksThrough(group, { stage: 'sinks', component: name })
    const consumption = await runSink(sink, definition, running, services).catch(async (error: unknown) => {
      await sink.close?.()
      throw error
    })
    this.#groups.push(group)
    return async () => {
      await consumption.stop()
      await sink.close?.()
    }
  }

  async startEnrichment(): Promise<Stop> {
    const context = this.#context('enrichment', 'enrichment')
    const intelligence = new IntelTable({
      ...context,
      schemas: this.#schemas,
      significance: significanceUnder(this.#enrichmentConfig),
    })
    const group = { topic: topics.events.name, group: ENRICHMENT_GROUP }
    this.#observation.worksThrough(group, { stage: 'enrichment', component: 'enrichment' })
    const enrichment = await runEnrichment({
      stream: this.#stream,
      store: this.#state!,
      schemas: this.#schemas,
      enrichers: enrichersOf(this.#enrichmentConfig, intelligence),
      periods: periodsOf(this.#enrichmentConfig),
      ruleset: ruleset(this.#enrichmentConfig),
      signal: this.#options.signal,
      intelligence,
      tracing: this.#tracing,
      ...context,
    })
    this.#enrichment = enrichment
    this.#groups.push(group)
    return () => enrichment.stop()
  }

  async startCollectors(): Promise<Stop> {
    const { signal, untilIdle = false } = this.#options
    const { tenant } = this.#config
    const instances = await createCollectors(this.#config, (name) => this.#context('collectors', name))
    const beside = { tracing: this.#tracing, tenant, partitionFor, untilIdle, signal }
    const services = { stream: this.#stream, schemas: this.#schemas, ...beside }
    const running = await runCollectors(instances, services).catch(async (error: unknown) => {
      await closeCollectors(instances).catch(() => undefined)
      throw error
    })
    this.#collectors = running
    return async (deadline) => {
      await running.stop(deadline)
      await closeCollectors(instances)
    }
  }

  finishing(name: string): Stop {
    return async () => this.#collectors?.finish(name)
  }

  /** The failure of a collector is thrown only when everything that arrived has been delivered. */
  async idle(signal: AbortSignal): Promise<void> {
    const [failure] = (await this.#collectors?.idle(signal)) ?? []
    while (!(await this.#hasCaughtUp())) await sleep(LOOK_MS, undefined, { signal })
    if (failure !== undefined) throw failure
  }

  /** A cluster that cannot say it now, because it is electing a coordinator for instance, can say it a moment later. */
  async #hasCaughtUp(): Promise<boolean> {
    try {
      return await this.#caughtUp()
    } catch (error) {
      if (error instanceof TransientError) return false
      throw error
    }
  }

  async #caughtUp(): Promise<boolean> {
    // Enrichment first: what it emits is what the sinks must have.
    if (this.#enrichment !== undefined) {
      if ((await this.#lag(topics.events.name)) > 0 || (await this.#enrichment.pending())) return false
    }
    return (await this.#lag(topics.findings.name)) === 0
  }

  async #lag(topic: string): Promise<number> {
    const groups = this.#groups.filter((each) => each.topic === topic)
    const lags = await Promise.all(groups.map(({ group }) => this.#stream.lag(topic, group)))
    return lags.reduce((sum, lag) => sum + lag, 0)
  }

  summary(): Summary {
    const { metrics } = this.#options
    const counts = this.#finalCounts ?? this.#state?.counts() ?? {}
    return {
      in: metrics.total('posture_collector_findings_read_total'),
      changed: metrics.total('posture_enrichment_emitted_total'),
      open: counts['open'] ?? 0,
      resolved: counts['resolved'] ?? 0,
      muted: counts['muted'] ?? 0,
      gone: counts['gone'] ?? 0,
      deadLetters: metrics.total('posture_dead_letters_total'),
    }
  }

  get #enrichmentConfig(): EnrichmentConfig {
    return this.#config.enrichment as EnrichmentConfig
  }

  #context(stage: Stage, name: string): RunContext {
    const { log, metrics } = this.#options
    const condition = this.#observation.conditionOf({ stage, component: name })
    const bound = log.child({ stage: LOGGED_STAGES[stage], name })
    return { name, tenant: this.#config.tenant, log: bound, metrics, clock: Date.now, condition }
  }
}
