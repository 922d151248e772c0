import type { Firing, RuleCase } from './rule-case.ts'

const job = 'posture-stream'
const topic = 'posture.findings'
const group = 'sink.s'
const labels = { job, topic, group }

function of(metric: string, instance: string, others = ''): string {
  return `${metric}{job="posture-stream", instance="${instance}", topic="${topic}", group="${group}"${others}}`
}
const oldest = 'posture_group_oldest_unacknowledged_seconds'
const retention = 'posture_topic_retention_seconds{job="posture-stream", instance="a", topic="posture.findings"}'

function behind(age: string): Firing {
  const summary = `posture-stream: sink.s is behind by ${age} and does not catch up`
  return { alert: 'PostureGroupBehind', labels, summary }
}
const near: Firing = {
  alert: 'PostureNearRetention',
  labels,
  summary: 'posture-stream: sink.s will lose records of posture.findings',
}
const unread: Firing = {
  alert: 'PostureGroupUnread',
  labels,
  summary: 'posture-stream: nobody reads posture.findings for sink.s',
}
const failing: Firing = {
  alert: 'PostureBatchesFailing',
  labels,
  summary: 'posture-stream: batches of sink.s fail again and again',
}
const waiting: Firing = {
  alert: 'PostureSinkWaiting',
  labels: { job, component: 's' },
  summary: 'posture-stream: sink s waits for its destination',
}

/** Of the alerts about groups. Two processes share each group; both know its lag. */
export const groupCases: readonly RuleCase[] = [
  {
    name: 'a group to which more comes than it does',
    series: {
      [of(oldest, 'a')]: '0+60x40',
      [of(oldest, 'b')]: '0x40',
      [of('posture_group_lag_records', 'a')]: '0+100x40',
      [of('posture_group_lag_records', 'b')]: '0+100x40',
      [of('posture_group_partitions', 'a')]: '1x40',
      [of('posture_group_partitions', 'b')]: '1x40',
    },
    at: { 15: [], 20: [], 21: [behind('21m 0s')] },
  },
  {
    name: 'a backlog that is being worked off is none, however old: a new sink begins with what is old',
    series: {
      [of(oldest, 'a')]: '500000-60x60',
      'posture_ready{job="posture-stream", instance="a"}': '0x60',
      [of('posture_group_lag_records', 'a')]: '10000-100x60',
      [of('posture_group_partitions', 'a')]: '1x60',
      [retention]: '604800x60',
    },
    at: { 20: [], 40: [] },
  },
  {
    name: 'a group that stands, near the end of the retention, whose process is not ready for that reason',
    series: {
      [of(oldest, 'a')]: '302000+60x60',
      [of('posture_group_lag_records', 'a')]: '3x60',
      [of('posture_group_partitions', 'a')]: '1x60',
      'posture_ready{job="posture-stream", instance="a"}': '1x7 0x60',
      [retention]: '604800x60',
    },
    at: { 14: [], 15: [behind('3d 12h 8m 20s'), near], 30: [behind('3d 12h 23m 20s'), near] },
  },
  {
    name: 'a sink that waits is told as that, and near retention besides',
    series: {
      [of(oldest, 'a')]: '302000+60x60',
      [of('posture_group_lag_records', 'a')]: '3x60',
      [of('posture_group_partitions', 'a')]: '1x60',
      [retention]: '604800x60',
      'posture_component_waiting{job="posture-stream", instance="a", stage="sinks", component="s"}': '1x60',
      'posture_component_waiting{job="posture-stream", instance="b", stage="sinks", component="s"}': '0x60',
      'posture_component_waiting{job="posture-stream", instance="b", stage="sinks", component="t"}':
        '1x3 0 1x3 0 1x3 0',
    },
    at: { 4: [], 9: [waiting], 20: [waiting, near] },
  },
  {
    name: 'records that wait for a group whose processes have no partition',
    series: {
      [of('posture_group_lag_records', 'a')]: '50x30',
      [of('posture_group_partitions', 'a')]: '0x30',
      [of('posture_group_partitions', 'b')]: '_x10 0x5 1x15',
    },
    at: { 4: [], 5: [unread], 15: [unread], 16: [] },
  },
  {
    name: 'batches that fail again and again, counted beside a process that was started again',
    series: {
      [of('posture_group_failures_total', 'a', ', code="ENOSPC"')]: '_x4 1+1x20',
      [of('posture_group_failures_total', 'b', ', code="ENOSPC"')]: '9x3 0x30',
      // Which is why it waits, and is behind.
      'posture_component_waiting{job="posture-stream", instance="a", stage="sinks", component="s"}': '0x4 1x40',
      [of(oldest, 'a')]: '0x4 0+60x40',
      [of('posture_group_lag_records', 'a')]: '7x40',
      [of('posture_group_partitions', 'a')]: '1x40',
    },
    at: { 8: [], 14: [failing], 24: [failing] },
  },
  {
    name: 'a batch that failed once, in each of two processes',
    series: {
      [of('posture_group_failures_total', 'a', ', code="ENOSPC"')]: '0x4 1x30',
      [of('posture_group_failures_total', 'b', ', code="EIO"')]: '0x4 1x30',
    },
    at: { 8: [], 12: [] },
  },
]
