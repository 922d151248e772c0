import { hostname } from 'node:os'
import type { Clock } from '../../core/component.ts'
import type { ComponentReport, GroupReport, ProcessReport } from '../../schemas/generated/process-report.ts'
import type { MetricsRegistry, Series } from '../metrics-registry.ts'
import type { Stage } from '../pipeline-contract.ts'
import type { ComponentCondition } from './conditions.ts'
import type { ObservedGroup } from './observed-group.ts'
import { RecentRate } from './recent-rate.ts'

export interface ReportedProcess {
  /** A name that no other process has. */
  readonly process: string
  readonly version: string
  readonly tenant: string
  readonly stages: readonly Stage[]
}

interface ReportSources {
  readonly metrics: MetricsRegistry
  readonly clock: Clock
  readonly components: () => readonly ComponentCondition[]
  readonly groups: () => readonly ObservedGroup[]
  /** The group that a component works through, where that is one of its own. */
  readonly groupOf: (component: ComponentCondition) => string | undefined
  /** Where the admin port answers, once it does. */
  readonly admin: () => string | undefined
}

interface Counted {
  readonly read: readonly Series[]
  readonly committed: readonly Series[]
  readonly dead: readonly Series[]
  readonly owned: readonly Series[]
}

/** Says what this process is doing, in the shape that others read on posture.status. */
export class ProcessReports {
  readonly #process: ReportedProcess
  readonly #sources: ReportSources
  readonly #startedAt: number
  readonly #rates = new Map<ComponentCondition, RecentRate>()

  constructor(process: ReportedProcess, sources: ReportSources) {
    this.#process = process
    this.#sources = sources
    this.#startedAt = sources.clock()
  }

  /** As of now; rates are of the last minute, as far as it was called in it. */
  async now(): Promise<ProcessReport> {
    const { metrics, clock, components, groups, admin } = this.#sources
    const [read, committed, dead, owned] = await Promise.all([
      metrics.series('posture_collector_findings_read_total'),
      metrics.series('posture_group_records_total'),
      metrics.series('posture_dead_letters_total'),
      metrics.series('posture_collector_owned'),
    ])
    const at = admin()
    return {
      ...this.#process,
      stages: [...this.#process.stages],
      host: hostname(),
      pid: process.pid,
      startedAt: this.#startedAt,
      reportedAt: clock(),
      ...(at === undefined ? {} : { admin: at }),
      components: components().map((each) => this.#component(each, { read, committed, dead, owned })),
      groups: groups().map(groupReport),
    }
  }

  #component(condition: ComponentCondition, { read, committed, dead, owned }: Counted): ComponentReport {
    const { stage, component: name, waiting, lastError } = condition
    const group = this.#sources.groupOf(condition)
    const total = stage === 'collectors' ? sum(read, { collector: name }) : sum(committed, { group })
    return {
      stage,
      name,
      ...(stage === 'collectors' ? { owned: sum(owned, { collector: name }) > 0 } : {}),
      ...(waiting === undefined ? {} : { waiting }),
      ...(lastError === undefined ? {} : { lastError }),
      deadLetters: sum(dead, { stage, component: name }),
      recordsPerSecond: this.#rate(condition).look(performance.now(), total),
    }
  }

  #rate(condition: ComponentCondition): RecentRate {
    const rate = this.#rates.get(condition) ?? new RecentRate(performance.now())
    this.#rates.set(condition, rate)
    return rate
  }
}

function groupReport({ topic, group, partitions, oldestUnacknowledgedAt: oldest }: ObservedGroup): GroupReport {
  return {
    topic,
    group,
    partitions: [...partitions],
    ...(oldest === undefined ? {} : { oldestUnacknowledgedAt: oldest }),
  }
}

function sum(series: readonly Series[], labels: Readonly<Record<string, string | undefined>>): number {
  const wanted = Object.entries(labels)
  const matching = series.filter((each) => wanted.every(([label, value]) => each.labels[label] === value))
  return matching.reduce((total, { value }) => total + value, 0)
}
