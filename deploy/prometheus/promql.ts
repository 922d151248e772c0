import type { MetricName } from '../../core/telemetry.ts'
import type { Timescale } from './timescale.ts'

/** A job of Prometheus is one pipeline with all its processes; several pipelines are several jobs. */
export const JOBS = 'job=~"posture-stream.*"'

type Selector = MetricName | `${MetricName}{${string}}`

/**
 * By series, by how much a counter rose within the last minutes. A counter with labels is there only from its first count on,
 * which `increase` alone would not see: of a process that has just started, and of a series that is new, the value is the
 * rise. What only could not be read for a while is not new.
 */
export function rise(counter: Selector, minutes: number, time: Timescale): string {
  const span = time.span(minutes)
  const young = `${counter} and on (job, instance) time() - process_start_time_seconds < ${time.seconds(minutes)}`
  const fresh = `${counter} unless last_over_time(${counter}[${span}] offset ${span})`
  return `((${young}) or increase(${counter}[${span}]) > 0 or (${fresh}))`
}

/** By group: the age of the oldest record that a process has and has not committed, in seconds. */
export const oldestByGroup = 'max by (job, topic, group) (posture_group_oldest_unacknowledged_seconds)'

/** The groups whose oldest record has used up half of the time for which its topic keeps it. */
export const pastHalf = `${oldestByGroup} > on (job, topic) group_left () 0.5 * max by (job, topic) (posture_topic_retention_seconds)`

/** By group. Each of its processes knows the lag of all. */
export const lagByGroup = 'max by (job, topic, group) (posture_group_lag_records)'

/** The groups that do not catch up: of a backlog that is being worked off, at least a twentieth goes in ten minutes. */
export function notCatchingUp(time: Timescale): string {
  const before = `max by (job, topic, group) (posture_group_lag_records offset ${time.span(10)})`
  return `${lagByGroup} > 0.95 * ${before}`
}

/** The groups whose batches fail again and again. */
export function failingGroups(time: Timescale): string {
  return `sum by (job, topic, group) (increase(posture_group_failures_total[${time.span(10)}])) > 2`
}

/** The sinks that wait, by component. */
export const waitingSinks = 'max by (job, component) (posture_component_waiting{stage="sinks"}) == 1'

/** Gives what has a label `component`, which is a sink, the label `group` in its place. */
export function asGroup(ofSinks: string): string {
  return `label_replace(${ofSinks}, "group", "sink.$1", "component", "(.+)")`
}

/** The other way round. */
export function asComponent(ofGroups: string): string {
  return `label_replace(${ofGroups}, "component", "$1", "group", "sink[.](.+)")`
}

/** A collector's gauge, of the process that runs it: one that ran it before may still show what it saw last. */
export function ofOwner(gauge: string, label: 'collector' | 'component'): string {
  const owned =
    label === 'collector'
      ? 'posture_collector_owned'
      : 'label_replace(posture_collector_owned, "component", "$1", "collector", "(.+)")'
  return `max by (job, ${label}) (${gauge} and on (job, instance, ${label}) ${owned} == 1)`
}
