import type { Firing, RuleCase } from './rule-case.ts'

const job = 'posture-stream'
const down: Firing = {
  alert: 'PostureProcessDown',
  labels: { job, instance: 'b' },
  summary: 'posture-stream: b does not answer',
}
const notReady: Firing = {
  alert: 'PostureNotReady',
  labels: { job, instance: 'a' },
  summary: 'posture-stream: a runs and is not ready',
}
const nothing: Firing = {
  alert: 'PostureNothingDelivered',
  labels: { job },
  summary: 'posture-stream: findings come, and no sink gets any',
}

/** Of the alerts about processes and the pipeline as a whole. */
export const processCases: readonly RuleCase[] = [
  {
    name: 'a process that does not answer is told after two minutes, until it does',
    series: { 'up{job="posture-stream", instance="b"}': '1x9 0x9 1x9' },
    at: { 11: [], 12: [down], 19: [down], 20: [] },
  },
  {
    name: 'processes that are not even looked for any more',
    series: { 'up{job="posture-stream", instance="a"}': '1x9 stale' },
    at: {
      11: [],
      12: [{ alert: 'PostureProcessDown', labels: {}, summary: 'posture-stream: no process answers' }],
    },
  },
  {
    name: 'other jobs of the same Prometheus are not ours',
    series: { 'up{job="something-else", instance="b"}': '0x30' },
    at: { 20: [] },
  },
  {
    name: 'a third start within half an hour, for as long as it is one',
    series: { 'process_start_time_seconds{job="posture-stream", instance="a"}': '0x5 360x5 720x5 1080x60' },
    at: {
      17: [],
      18: [
        {
          alert: 'PostureProcessRestarting',
          labels: { job, instance: 'a' },
          summary: 'posture-stream: a keeps starting again',
        },
      ],
      40: [],
    },
  },
  {
    name: 'one that starts is given five minutes to become ready',
    series: { 'posture_ready{job="posture-stream", instance="a"}': '0x4 1x5 0x20' },
    at: { 4: [], 15: [], 16: [notReady] },
  },
  {
    name: 'findings that no sink takes, and no process has a sink',
    series: { 'posture_enrichment_emitted_total{job="posture-stream", instance="a", cause="source"}': '_x5 405x60' },
    at: { 19: [], 20: [nothing], 34: [nothing], 36: [] },
  },
  {
    name: 'findings that all sinks skip as those of another tenant',
    series: {
      'posture_enrichment_emitted_total{job="posture-stream", instance="a", cause="source"}': '0+10x40',
      'posture_sink_records_total{job="posture-stream", instance="b", sink="s", outcome="foreign_tenant"}': '0+10x40',
    },
    at: { 20: [nothing] },
  },
  {
    name: 'findings that a filter keeps back are no loss',
    series: {
      'posture_enrichment_emitted_total{job="posture-stream", instance="a", cause="source"}': '_x5 405x60',
      'posture_sink_records_total{job="posture-stream", instance="b", sink="s", outcome="filtered"}': '_x6 405x60',
    },
    at: { 25: [] },
  },
  {
    name: 'findings that queue up are told by others, and so is a process that is down',
    series: {
      'posture_enrichment_emitted_total{job="posture-stream", instance="a", cause="source"}': '0+10x40',
      'posture_group_lag_records{job="posture-stream", instance="b", topic="posture.findings", group="sink.s"}':
        '1x20 0x20',
      'posture_group_partitions{job="posture-stream", instance="b", topic="posture.findings", group="sink.s"}': '3x40',
      'up{job="posture-stream", instance="b"}': '1x30 0x10',
    },
    at: { 25: [], 35: [down] },
  },
]
