import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../core/component.ts'
import type { Condition } from '../../core/condition.ts'
import type { SchemaRegistry } from '../../schemas/registry.ts'
import type { Stream } from '../../stream/stream.ts'
import { openAdminPort } from '../admin/admin-port.ts'
import type { LoadedConfig } from '../config/catalogs.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { MetricsRegistry } from '../metrics-registry.ts'
import type { Stage } from '../pipeline-contract.ts'
import { Scrubber } from '../scrub.ts'
import type { BindableLogger } from '../telemetry.ts'
import { version } from '../version.ts'
import { Conditions, type ComponentName } from './conditions.ts'
import { componentsOf, keptMs, makeGroupSeries, makeKnownSeries, tellRetention } from './known-series.ts'
import type { GroupName, ObservedGroup } from './observed-group.ts'
import { ObservedStream } from './observed-stream.ts'
import { OverdueGroups } from './overdue-groups.ts'
import { ProcessReports } from './process-report.ts'
import { Readiness } from './readiness.ts'
import { StatusRecord } from './status-record.ts'
import { ToldOnce } from './told-once.ts'

/** How often this process looks at itself and reports, in milliseconds. */
const ROUND_MS = 10_000
/** How long a stop waits for the last word on posture.status, in milliseconds. */
const LAST_WORD_MS = 1000

type Start = Lifecycle['start']

export interface ObservationOptions {
  readonly config: Pick<LoadedConfig, 'tenant' | 'secrets' | 'collectors' | 'sinks'>
  readonly only: ReadonlySet<Stage>
  readonly metrics: MetricsRegistry
  readonly schemas: SchemaRegistry
  readonly clock: Clock
  readonly log: BindableLogger
}

/** What one process sees of itself: how its components and groups are, told as metrics, as readiness and on posture.status. */
export class Observation {
  readonly conditions: Conditions
  readonly readiness: Readiness
  readonly #options: ObservationOptions
  readonly #overdue: OverdueGroups
  readonly #status: StatusRecord
  readonly #ending = new AbortController()
  #pause = new AbortController()
  /** Those whose lag is a backlog. */
  readonly #worked = new Map<ObservedGroup, ComponentName>()
  readonly #lagFailures: ToldOnce
  readonly #reportFailures: ToldOnce
  #stream: ObservedStream | undefined
  /** Where the admin port answers, once it does. */
  #admin: string | undefined
  #isStopping = false

  constructor(options: ObservationOptions) {
    const { config, metrics, clock, log } = options
    const scrubber = new Scrubber(config.secrets)
    const groups = (): readonly ObservedGroup[] => this.groups
    this.#options = options
    this.conditions = new Conditions({ metrics, clock, scrubber })
    this.#overdue = new OverdueGroups({ groups, keptMs, clock, log })
    this.readiness = new Readiness({ stream: () => this.#stream, overdue: this.#overdue, scrubber })
    this.#lagFailures = new ToldOnce(log, 'The lag of the groups cannot be read now; it is tried again.')
    this.#reportFailures = new ToldOnce(log, 'What this process is doing cannot be published now; it is tried again.')
    this.#status = this.#statusRecord()
    this.#makeSeries()
  }

  /** Starts parts, which count as starting until they have started. */
  starting(start: Start): Start {
    return async (parts) => {
      for (const { name } of parts) this.readiness.starts(name)
      const watched = parts.map((part) => ({
        name: part.name,
        start: async () => {
          const stop = await part.start()
          this.readiness.started(part.name)
          return stop
        },
      }))
      await start(watched)
    }
  }

  /** Opens the admin port; resolves to what closes it. */
  async listen(where: { readonly host: string; readonly port: number }): Promise<() => Promise<void>> {
    const { metrics, log } = this.#options
    metrics.countProcess()
    const port = await openAdminPort(where, {
      metricsType: metrics.contentType,
      metrics: () => metrics.exposition(),
      readiness: async () => {
        await this.readiness.look()
        return this.readiness.checks()
      },
    })
    this.#admin = port.address
    log.info({ admin: port.address }, 'The admin port answers /livez, /readyz and /metrics.')
    return () => port.close()
  }

  /** The stream that everything in this process is to use. */
  observe(stream: Stream): Stream {
    const { metrics, clock } = this.#options
    this.#stream = new ObservedStream(stream, metrics, clock)
    return this.#stream
  }

  /** Every group that was consumed through that stream, or is going to be. */
  get groups(): readonly ObservedGroup[] {
    return this.#stream?.groups ?? []
  }

  /** What the runner of a component tells how it is. */
  conditionOf(component: ComponentName): Condition {
    return this.conditions.of(component).speaker()
  }

  /** To be called before a component consumes a group of its own: its failures are the component's, its lag a backlog. */
  worksThrough({ topic, group }: GroupName, component: ComponentName): void {
    const observed = this.#stream!.group(topic, group)
    this.#worked.set(observed, component)
    observed.tell(this.conditionOf(component))
    makeGroupSeries(observed, this.#options.metrics)
  }

  /** Looks and reports every ten seconds; resolves to what ends that and says on posture.status that the process is gone. */
  start(): () => Promise<void> {
    const { signal } = this.#ending
    const rounds = async (): Promise<void> => {
      while (!signal.aborted) {
        this.#pause = new AbortController()
        const until = { signal: AbortSignal.any([signal, this.#pause.signal]) }
        await this.#round()
        await sleep(ROUND_MS, undefined, until).catch(() => undefined)
      }
    }
    const ended = rounds()
    return async () => {
      this.#ending.abort()
      const over = new AbortController()
      const lastWord = ended.then(() => this.#takeLeave()).finally(() => over.abort())
      const late = sleep(LAST_WORD_MS, undefined, { signal: over.signal }).catch(() => undefined)
      await Promise.race([lastWord, late])
    }
  }

  /** Everything has been started, which is worth a look. */
  started(): void {
    this.readiness.runs()
    this.#pause.abort()
  }

  /** The stages are being stopped: what falls behind from now on is no news. */
  stopping(): void {
    this.#isStopping = true
    this.readiness.stops()
  }

  /** Never rejects. A stream that does not answer is not asked for more. */
  async #round(): Promise<void> {
    this.#overdue.tell()
    if (!(await this.readiness.look())) return
    const reporting = this.#reportFailures.watch(() => this.#status.renew(this.#stream!))
    await Promise.all([this.#sampleLags(), reporting])
  }

  async #sampleLags(): Promise<void> {
    const { metrics } = this.#options
    await this.#lagFailures.watch(async () => {
      if (this.#isStopping) return
      const sampling = [...this.#worked.keys()].map(async ({ topic, group }) => {
        const lag = await this.#stream!.lag(topic, group)
        metrics.gauge('posture_group_lag_records', lag, { topic, group })
      })
      await Promise.all(sampling)
    })
  }

  async #takeLeave(): Promise<void> {
    if (await this.readiness.look()) await this.#status.remove(this.#stream!).catch(() => undefined)
  }

  #statusRecord(): StatusRecord {
    const { config, only, metrics, clock, schemas } = this.#options
    const process = randomUUID()
    const sources = {
      metrics,
      clock,
      groups: () => this.groups,
      components: () => this.conditions.components,
      groupOf: (of: ComponentName) =>
        [...this.#worked].find(([, each]) => each.stage === of.stage && each.component === of.component)?.[0].group,
      admin: () => this.#admin,
    }
    const told = { process, version: version(), tenant: config.tenant, stages: [...only] }
    return new StatusRecord(process, new ProcessReports(told, sources), schemas)
  }

  #makeSeries(): void {
    const { config, only, metrics } = this.#options
    const here = componentsOf(config, only)
    for (const each of here) this.conditions.of(each)
    makeKnownSeries(here, metrics)
    tellRetention(metrics)
    metrics.gauge('posture_build_info', 1, { version: version() })
    metrics.beforeReading(() => this.#tell())
  }

  /** What follows from the state of others at the moment when somebody looks. */
  #tell(): void {
    const { metrics, clock } = this.#options
    metrics.gauge('posture_ready', this.readiness.isReady ? 1 : 0, {})
    for (const { topic, group, partitions, oldestUnacknowledgedAt: oldest } of this.groups) {
      const age = oldest === undefined ? 0 : Math.max(0, clock() - oldest) / 1000
      metrics.gauge('posture_group_partitions', partitions.length, { topic, group })
      metrics.gauge('posture_group_oldest_unacknowledged_seconds', age, { topic, group })
    }
  }
}
