import type { AlertRule } from './alert-rule.ts'
import { JOBS, pastHalf, rise } from './promql.ts'
import type { Timescale } from './timescale.ts'

/** Alerts about processes, and about the pipeline as a whole. */
export function processRules(time: Timescale): readonly AlertRule[] {
  return [processDown(time), restarting(time), notReady(time), nothingDelivered(time)]
}

function processDown(time: Timescale): AlertRule {
  return {
    name: 'PostureProcessDown',
    severity: 'critical',
    expression: `up{${JOBS}} == 0 or absent(up{${JOBS}})`,
    for: time.span(2),
    summary:
      '{{ or $labels.job "posture-stream" }}: {{ with $labels.instance }}{{ . }} does not answer{{ else }}no process answers{{ end }}',
    description:
      'Prometheus cannot read /metrics of {{ or $labels.instance "any process" }}. What it ran stands still unless another process has taken it over; nothing is lost.',
  }
}

function restarting(time: Timescale): AlertRule {
  return {
    name: 'PostureProcessRestarting',
    severity: 'warning',
    expression: `changes(process_start_time_seconds{${JOBS}}[${time.span(30)}]) > 2`,
    for: time.span(0),
    summary: '{{ $labels.job }}: {{ $labels.instance }} keeps starting again',
    description:
      '{{ $labels.instance }} has started {{ $value }} times within half an hour. The last line of its log before each start says why it ended; without such a line it was killed, by its memory limit for instance.',
  }
}

function notReady(time: Timescale): AlertRule {
  return {
    name: 'PostureNotReady',
    severity: 'critical',
    // A group that far behind makes its process unready as well, and has an alert of its own unless it catches up.
    expression: `posture_ready == 0 unless on (job) ${pastHalf}`,
    for: time.span(5),
    summary: '{{ $labels.job }}: {{ $labels.instance }} runs and is not ready',
    description:
      '{{ $labels.instance }} answers, but not all of its stages work. /readyz on its admin port says what is missing.',
  }
}

function nothingDelivered(time: Timescale): AlertRule {
  const emitted = `sum by (job) ${rise('posture_enrichment_emitted_total', 30, time)} > 0`
  // What was retried or belongs to another tenant reached nobody; what was rejected is a dead letter, which has its alert.
  const answered = `sum by (job) ${rise('posture_sink_records_total{outcome!~"retried|foreign_tenant"}', 30, time)} > 0`
  const queued = 'max by (job) (posture_group_lag_records{topic="posture.findings"}) > 0'
  return {
    name: 'PostureNothingDelivered',
    severity: 'critical',
    // Where findings queue up or a process is down, that is what has to be mended.
    expression: `${emitted} unless on (job) ${answered} unless on (job) ${queued} unless on (job) up{${JOBS}} == 0`,
    for: time.span(15),
    summary: '{{ $labels.job }}: findings come, and no sink gets any',
    description:
      'Enrichment emitted {{ printf "%.0f" $value }} revisions within half an hour, and no sink delivered anything, nor does any queue. Most likely no process runs the sinks, or they run for another tenant.',
  }
}
