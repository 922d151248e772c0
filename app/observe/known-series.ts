import { metricCatalog, type Metric, type MetricName } from '../../core/telemetry.ts'
import { topics, type Topic } from '../../stream/topics.ts'
import type { LoadedConfig } from '../config/catalogs.ts'
import type { Labels, MetricsRegistry } from '../metrics-registry.ts'
import type { Stage } from '../pipeline-contract.ts'
import type { ComponentName } from './conditions.ts'
import type { GroupName } from './observed-group.ts'

/**
 * Makes every series of these components visible whose labels are known before anything happens: Prometheus sees a change
 * only in a series that it has seen before. A label that only an event brings (`code`) is empty in it.
 */
export function makeKnownSeries(components: readonly ComponentName[], metrics: Pick<MetricsRegistry, 'zero'>): void {
  for (const [name, metric] of Object.entries(metricCatalog) as [MetricName, Metric][]) {
    for (const component of components) {
      const labels = labelsOf(metric, component)
      if (labels !== undefined) for (const each of combinations(metric, labels)) metrics.zero(name, each)
    }
  }
  // Whoever could run a collector and does not says so.
  for (const { stage, component } of components)
    if (stage === 'collectors') metrics.zero('posture_collector_owned', { collector: component })
}

/** The same for a group. */
export function makeGroupSeries({ topic, group }: GroupName, metrics: Pick<MetricsRegistry, 'zero'>): void {
  metrics.zero('posture_group_records_total', { topic, group })
  metrics.zero('posture_group_failures_total', { topic, group, code: '' })
}

/** The components that the stages of a process consist of. */
export function componentsOf(
  { collectors, sinks }: Pick<LoadedConfig, 'collectors' | 'sinks'>,
  only: ReadonlySet<Stage>,
): readonly ComponentName[] {
  const components: ComponentName[] = [
    ...collectors.map(({ name }) => ({ stage: 'collectors', component: name }) as const),
    { stage: 'enrichment', component: 'enrichment' },
    ...sinks.map(({ name }) => ({ stage: 'sinks', component: name }) as const),
  ]
  return components.filter(({ stage }) => only.has(stage))
}

/** Says how long each topic keeps a record whatever happens. */
export function tellRetention(metrics: Pick<MetricsRegistry, 'gauge'>): void {
  for (const { name: topic } of Object.values(topics)) {
    const ms = keptMs(topic)
    if (ms !== undefined) metrics.gauge('posture_topic_retention_seconds', ms / 1000, { topic })
  }
}

/** How long a topic keeps a record whoever has read it, in milliseconds; undefined where that is for ever, or not said. */
export function keptMs(name: string): number | undefined {
  const topic = Object.values<Topic>(topics).find((each) => each.name === name)
  return topic?.retentionMs ?? topic?.minCompactionLagMs
}

/** A component's own labels in a metric; undefined where the metric is not about such components, or need not be there. */
function labelsOf({ kind, labels, values = {} }: Metric, { stage, component }: ComponentName): Labels | undefined {
  // What a gauge says before it was set would be a lie.
  if (kind === 'gauge') return undefined
  if (labels.includes('stage') && labels.includes('component')) return { stage, component, code: '' }
  if (stage === 'collectors' && labels.includes('collector')) return { collector: component }
  if (stage === 'sinks' && labels.includes('sink')) return { sink: component }
  return labels.every((label) => values[label] !== undefined) ? {} : undefined
}

function combinations({ labels, values = {} }: Metric, own: Labels): readonly Labels[] {
  const open = labels.filter((label) => own[label] === undefined)
  if (open.some((label) => values[label] === undefined)) return []
  return open.reduce<readonly Labels[]>(
    (all, label) => all.flatMap((each) => values[label]!.map((value) => ({ ...each, [label]: value }))),
    [own],
  )
}
