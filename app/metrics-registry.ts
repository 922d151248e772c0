import type { Metrics, MetricName } from '../core/telemetry.ts'

type Labels = Readonly<Record<string, string>>
interface Series {
  readonly labels: Labels
  value: number
}

/** Keeps every number that components count, in memory. */
export class MetricsRegistry implements Metrics {
  readonly #series = new Map<MetricName, Map<string, Series>>()

  count(name: MetricName, by: number, labels: Labels): void {
    this.#at(name, labels).value += by
  }

  gauge(name: MetricName, value: number, labels: Labels): void {
    this.#at(name, labels).value = value
  }

  /** The sum over all series that carry these labels; 0 where nothing was counted. */
  total(name: MetricName, labels: Labels = {}): number {
    const wanted = Object.entries(labels)
    return this.series(name)
      .filter((series) => wanted.every(([label, value]) => series.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0)
  }

  series(name: MetricName): readonly Readonly<Series>[] {
    return [...(this.#series.get(name)?.values() ?? [])]
  }

  #at(name: MetricName, labels: Labels): Series {
    const ofName = this.#series.get(name) ?? new Map<string, Series>()
    this.#series.set(name, ofName)
    const key = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const series = ofName.get(key) ?? { labels, value: 0 }
    ofName.set(key, series)
    return series
  }
}
