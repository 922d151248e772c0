import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import {
  metricCatalog,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type Metric,
  type MetricName,
  type Metrics,
} from '../core/telemetry.ts'

export type Labels = Readonly<Record<string, string>>

/** A counter or a gauge under one set of labels. */
export interface Series {
  readonly labels: Labels
  readonly value: number
}

/** Keeps every number that components count, and writes them down in the text format of Prometheus. */
export class MetricsRegistry implements Metrics {
  /** Of its own: another run in this process counts for itself. */
  readonly #registry = new Registry()
  readonly #counters = new Map<CounterName, Counter>()
  readonly #gauges = new Map<GaugeName, Gauge>()
  readonly #histograms = new Map<HistogramName, Histogram>()
  readonly #totals = new Map<CounterName, number>()
  readonly #refreshing: (() => void)[] = []
  #countsProcess = false

  constructor() {
    for (const [name, metric] of Object.entries<Metric>(metricCatalog)) this.#register(name, metric)
  }

  count(name: CounterName, by: number, labels: Labels): void {
    this.#counters.get(name)!.inc(labels, by)
    this.#totals.set(name, this.total(name) + by)
  }

  gauge(name: GaugeName, value: number, labels: Labels): void {
    this.#gauges.get(name)!.set(labels, value)
  }

  observe(name: HistogramName, value: number, labels: Labels): void {
    this.#histograms.get(name)!.observe(labels, value)
  }

  /** Makes a series visible before its first event, so that it is seen as a change from 0. Not to be called after that. */
  zero(name: MetricName, labels: Labels): void {
    this.#counters.get(name as CounterName)?.inc(labels, 0)
    this.#gauges.get(name as GaugeName)?.set(labels, 0)
    this.#histograms.get(name as HistogramName)?.zero(labels)
  }

  /** The sum over all series of a counter. */
  total(name: CounterName): number {
    return this.#totals.get(name) ?? 0
  }

  /** What stands under each set of labels, also of those that only `zero` has made. */
  async series(name: CounterName | GaugeName): Promise<readonly Series[]> {
    this.#refresh()
    const metric = this.#counters.get(name as CounterName) ?? this.#gauges.get(name as GaugeName)!
    return (await metric.get()).values.map(({ labels, value }) => ({ labels: labels as Labels, value }))
  }

  /** Has a gauge that follows from the state of others set just before anybody looks at it. */
  beforeReading(refresh: () => void): void {
    this.#refreshing.push(refresh)
  }

  /** Adds what Node and the system know of this process: `process_…` and `nodejs_…`. */
  countProcess(): void {
    if (!this.#countsProcess) collectDefaultMetrics({ register: this.#registry })
    this.#countsProcess = true
  }

  /** Everything, as `contentType` says. */
  async exposition(): Promise<string> {
    this.#refresh()
    return this.#registry.metrics()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  #refresh(): void {
    for (const refresh of this.#refreshing) refresh()
  }

  #register(name: string, { kind, help, labels: labelNames, buckets }: Metric): void {
    const options = { name, help, labelNames: [...labelNames], registers: [this.#registry] }
    if (kind === 'counter') this.#counters.set(name as CounterName, new Counter(options))
    else if (kind === 'gauge') this.#gauges.set(name as GaugeName, new Gauge(options))
    else this.#histograms.set(name as HistogramName, new Histogram({ ...options, buckets: [...buckets!] }))
  }
}
