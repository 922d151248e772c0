import type { Firing, RuleCase } from './rule-case.ts'

const job = 'posture-stream'
const waiting: Firing = {
  alert: 'PostureCollectorWaiting',
  labels: { job, component: 'hub' },
  summary: 'posture-stream: collector hub waits for its source or the stream',
}
const silent: Firing = {
  alert: 'PostureSourceSilent',
  labels: { job, collector: 'hub' },
  summary: 'posture-stream: the source of hub is silent',
}
const failing: Firing = {
  alert: 'PostureSweepFailing',
  labels: { job, collector: 'hub' },
  summary: 'posture-stream: sweeps of hub fail',
}
const missed: Firing = {
  alert: 'PostureMessagesMissed',
  labels: { job, collector: 'hub' },
  summary: 'posture-stream: hub came too late for messages of its source',
}
const dead: Firing = {
  alert: 'PostureDeadLetters',
  labels: { job, stage: 'sinks', component: 's', code: 'HTTP_400' },
  summary: 'posture-stream: s set records aside (HTTP_400)',
}

function of(metric: string, instance: string, others = ''): string {
  return `${metric}{job="posture-stream", instance="${instance}"${others}}`
}
const hub = ', collector="hub"'
const hubWaiting = ', stage="collectors", component="hub"'
const letters = ', stage="sinks", component="s", code="HTTP_400"'
const sweeps = (outcome: string) => of('posture_collector_sweeps_total', 'a', `, collector="hub", outcome="${outcome}"`)

/** Of the alerts about collectors, sinks, dead letters and intelligence. */
export const componentCases: readonly RuleCase[] = [
  {
    name: 'a collector that waits, in the process that runs it',
    series: {
      [of('posture_component_waiting', 'a', hubWaiting)]: '1x30',
      [of('posture_collector_owned', 'a', hub)]: '1x15 0x15',
      [of('posture_component_waiting', 'b', hubWaiting)]: '0x30',
      [of('posture_collector_owned', 'b', hub)]: '0x15 1x15',
    },
    at: { 9: [], 10: [waiting], 15: [waiting], 20: [] },
  },
  {
    name: 'a silent source, also through a change of the process that runs its collector',
    series: {
      [of('posture_collector_silent', 'a', hub)]: '0x4 1x30',
      [of('posture_collector_owned', 'a', hub)]: '1x15 0x15',
      [of('posture_collector_silent', 'b', hub)]: '_x15 1x5 0x10',
      [of('posture_collector_owned', 'b', hub)]: '0x15 1x15',
    },
    at: { 5: [], 6: [silent], 15: [silent], 20: [silent], 22: [] },
  },
  {
    name: 'the first sweep there ever was failed; half an hour later it is past',
    series: { [sweeps('failed')]: '_x4 1x60' },
    at: { 8: [], 9: [failing], 33: [failing], 36: [] },
  },
  {
    name: 'a sweep that failed and was done again',
    series: { [sweeps('failed')]: '0x3 1x60', [sweeps('completed')]: '5x7 6x60' },
    at: { 12: [], 20: [] },
  },
  {
    name: 'messages that were deleted unread, until a quarter of an hour later, and only once for all partitions',
    series: {
      [of('posture_collector_messages_missed_total', 'a', hub)]: '_x4 7x40',
      [of('posture_collector_messages_missed_total', 'b', hub)]: '_x4 2x40',
    },
    at: { 3: [], 4: [missed], 18: [missed], 20: [] },
  },
  {
    name: 'dead letters with a code that was never met, until a quarter of an hour later',
    series: { [of('posture_dead_letters_total', 'a', letters)]: '_x4 20x40' },
    at: { 3: [], 4: [dead], 18: [dead], 20: [] },
  },
  {
    name: 'old dead letters are not new because nobody could read them for some minutes',
    series: { [of('posture_dead_letters_total', 'a', letters)]: '3x40 _x7 3x60' },
    at: { 41: [], 48: [], 62: [] },
  },
  {
    name: 'a dead letter after a restart counts, those before it do not',
    series: {
      [of('posture_dead_letters_total', 'a', letters)]: '3x40 _x20 1x60',
      [of('process_start_time_seconds', 'a')]: '0x40 _x18 3540x60',
    },
    at: { 45: [], 60: [], 61: [dead], 73: [dead], 77: [] },
  },
  {
    name: 'lists about CVEs that are eight days old: too old for one that is new every day',
    series: {
      'posture_intel_list_timestamp_seconds{job="posture-stream", instance="a", list="epss"}': '-691200x60',
      'posture_intel_list_timestamp_seconds{job="posture-stream", instance="b", list="epss"}': '_x20 1200x40',
      'posture_intel_list_timestamp_seconds{job="posture-stream", instance="a", list="kev"}': '-691200x60',
    },
    at: {
      9: [],
      10: [
        {
          alert: 'PostureIntelStale',
          labels: { job, list: 'epss' },
          summary: 'posture-stream: the epss list is 8d 0h 10m 0s old',
        },
      ],
      22: [],
    },
  },
]
