import {
  metricCatalog,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type MetricName,
  type Metrics,
} from '../core/telemetry.ts'

type Labels = Readonly<Record<string, string>>
interface Series {
  readonly labels: Labels
  value: number
}

/** What was observed under one set of labels. */
export interface Histogram {
  readonly labels: Labels
  readonly count: number
  readonly sum: number
  /** By the catalogue's bounds, in their order: how many observations were not larger. */
  readonly buckets: readonly number[]
}

/** Keeps every number that components count, in memory. */
export class MetricsRegistry implements Metrics {
  readonly #series = new Map<MetricName, Map<string, Series>>()
  readonly #histograms = new Map<HistogramName, Map<string, Observed>>()

  count(name: CounterName, by: number, labels: Labels): void {
    this.#at(name, labels).value += by
  }

  gauge(name: GaugeName, value: number, labels: Labels): void {
    this.#at(name, labels).value = value
  }

  observe(name: HistogramName, value: number, labels: Labels): void {
    const ofName = this.#histograms.get(name) ?? new Map<string, Observed>()
    this.#histograms.set(name, ofName)
    const key = keyOf(labels)
    const observed = ofName.get(key) ?? new Observed(labels, metricCatalog[name].buckets)
    ofName.set(key, observed)
    observed.add(value)
  }

  /** The sum over all series that carry these labels; 0 where nothing was counted. */
  total(name: CounterName | GaugeName, labels: Labels = {}): number {
    const wanted = Object.entries(labels)
    return this.series(name)
      .filter((series) => wanted.every(([label, value]) => series.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0)
  }

  series(name: CounterName | GaugeName): readonly Readonly<Series>[] {
    return [...(this.#series.get(name)?.values() ?? [])]
  }

  histograms(name: HistogramName): readonly Histogram[] {
    return [...(this.#histograms.get(name)?.values() ?? [])]
  }

  #at(name: MetricName, labels: Labels): Series {
    const ofName = this.#series.get(name) ?? new Map<string, Series>()
    this.#series.set(name, ofName)
    const key = keyOf(labels)
    const series = ofName.get(key) ?? { labels, value: 0 }
    ofName.set(key, series)
    return series
  }
}

class Observed implements Histogram {
  readonly labels: Labels
  count = 0
  sum = 0
  readonly #bounds: readonly number[]
  /** By bound, what fell between it and the one before. */
  readonly #counts: number[]

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels
    this.#bounds = bounds
    this.#counts = bounds.map(() => 0)
  }

  get buckets(): readonly number[] {
    let sum = 0
    return this.#counts.map((count) => (sum += count))
  }

  add(value: number): void {
    this.count += 1
    this.sum += value
    const bucket = this.#bounds.findIndex((bound) => value <= bound)
    if (bucket >= 0) this.#counts[bucket]! += 1
  }
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
