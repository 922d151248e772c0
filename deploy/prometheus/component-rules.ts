import type { AlertRule } from './alert-rule.ts'
import { asComponent, failingGroups, ofOwner, rise, waitingSinks } from './promql.ts'
import { DAY, type Timescale } from './timescale.ts'

/** Alerts about single collectors and sinks, and about what was set aside. */
export function componentRules(time: Timescale): readonly AlertRule[] {
  return [
    sinkWaiting(time),
    collectorWaiting(time),
    silent(time),
    sweepFailing(time),
    missed(time),
    deadLetters(time),
    intel(time),
  ]
}

function sinkWaiting(time: Timescale): AlertRule {
  return {
    name: 'PostureSinkWaiting',
    severity: 'warning',
    // A sink whose batches fail on our side waits as well.
    expression: `${waitingSinks} unless on (job, component) ${asComponent(failingGroups(time))}`,
    for: time.span(5),
    summary: '{{ $labels.job }}: sink {{ $labels.component }} waits for its destination',
    description:
      'The destination of {{ $labels.component }} is down, or refuses what the configuration says. Its findings queue up and nothing is lost; other sinks go on.',
  }
}

function collectorWaiting(time: Timescale): AlertRule {
  return {
    name: 'PostureCollectorWaiting',
    severity: 'warning',
    expression: `${ofOwner('posture_component_waiting{stage="collectors"}', 'component')} == 1`,
    for: time.span(10),
    summary: '{{ $labels.job }}: collector {{ $labels.component }} waits for its source or the stream',
    description:
      'The source of {{ $labels.component }} does not answer or refuses it, or the stream takes no records. It goes on from where it was.',
  }
}

function silent(time: Timescale): AlertRule {
  return {
    name: 'PostureSourceSilent',
    severity: 'warning',
    expression: `${ofOwner('posture_collector_silent', 'collector')} == 1`,
    for: time.span(1),
    summary: '{{ $labels.job }}: the source of {{ $labels.collector }} is silent',
    description:
      '{{ $labels.collector }} has been given nothing for longer than its expectEvery. Its findings stay as they are, and get old.',
  }
}

function sweepFailing(time: Timescale): AlertRule {
  const swept = (outcome: string) =>
    `sum by (job, collector) ${rise(`posture_collector_sweeps_total{outcome="${outcome}"}`, 30, time)} > 0`
  return {
    name: 'PostureSweepFailing',
    severity: 'warning',
    expression: `${swept('failed')} unless ${swept('completed')}`,
    for: time.span(5),
    summary: '{{ $labels.job }}: sweeps of {{ $labels.collector }} fail',
    description:
      '{{ $labels.collector }} could not read its source to the end, and no sweep has succeeded within half an hour: what it says is out of date, and nothing is closed for being absent.',
  }
}

function missed(time: Timescale): AlertRule {
  return {
    name: 'PostureMessagesMissed',
    severity: 'warning',
    expression: `sum by (job, collector) ${rise('posture_collector_messages_missed_total', 15, time)} > 0`,
    for: time.span(0),
    summary: '{{ $labels.job }}: {{ $labels.collector }} came too late for messages of its source',
    description:
      '{{ printf "%.0f" $value }} messages were older than the retention of the source of {{ $labels.collector }}, and deleted there before they were read. What they said is not known here until the source says it again.',
  }
}

function deadLetters(time: Timescale): AlertRule {
  return {
    name: 'PostureDeadLetters',
    severity: 'warning',
    expression: `sum by (job, stage, component, code) ${rise('posture_dead_letters_total', 15, time)} > 0`,
    for: time.span(0),
    summary: '{{ $labels.job }}: {{ $labels.component }} set records aside ({{ $labels.code }})',
    description:
      '{{ printf "%.0f" $value }} records of {{ $labels.stage }}/{{ $labels.component }} became dead letters within a quarter of an hour, with {{ $labels.code }}. They are kept for 30 days.',
  }
}

function intel(time: Timescale): AlertRule {
  const older = (list: string, days: number) =>
    `time() - max by (job, list) (posture_intel_list_timestamp_seconds{list="${list}"}) > ${time.seconds(days * DAY)}`
  return {
    name: 'PostureIntelStale',
    severity: 'warning',
    expression: `${older('epss', 7)} or ${older('kev', 30)}`,
    for: time.span(10),
    summary: '{{ $labels.job }}: the {{ $labels.list }} list is {{ humanizeDuration $value }} old',
    description:
      'Priorities go by a {{ $labels.list }} list that is {{ humanizeDuration $value }} old by its own date: no newer one was read, or none was whole.',
  }
}
