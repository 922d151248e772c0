import type { RowPlan } from './panel.ts'

const JOB = 'job=~"$job"'

export const isItWell: RowPlan = {
  title: 'Is it well?',
  panels: [
    {
      title: 'Processes that answer',
      description: 'How many processes Prometheus can read now.',
      as: 'number',
      width: 4,
      badBelow: 1,
      queries: [{ expression: `sum(up{${JOB}})` }],
    },
    {
      title: 'Not ready',
      description: 'Processes whose /readyz says no, and those that do not answer.',
      as: 'number',
      width: 4,
      badFrom: 1,
      queries: [
        { expression: `(count(posture_ready{${JOB}} == 0) or vector(0)) + (count(up{${JOB}} == 0) or vector(0))` },
      ],
    },
    {
      title: 'Waiting',
      description: 'Components that wait for a source, a destination or the stream.',
      as: 'number',
      width: 4,
      badFrom: 1,
      queries: [{ expression: `sum(max by (stage, component) (posture_component_waiting{${JOB}})) or vector(0)` }],
    },
    {
      title: 'Silent sources',
      description: 'Sources that have said nothing for longer than their expectEvery.',
      as: 'number',
      width: 4,
      badFrom: 1,
      queries: [
        {
          expression: `sum(max by (collector) (posture_collector_silent{${JOB}} and on (job, instance, collector) posture_collector_owned{${JOB}} == 1)) or vector(0)`,
        },
      ],
    },
    {
      title: 'Furthest behind',
      description: 'Age of the oldest record that a group has not done.',
      as: 'number',
      unit: 's',
      width: 4,
      badFrom: 900,
      queries: [{ expression: `max(posture_group_oldest_unacknowledged_seconds{${JOB}})` }],
    },
    {
      title: 'Dead letters of a day',
      description: 'Records that were set aside within the last 24 hours.',
      as: 'number',
      width: 4,
      badFrom: 1,
      queries: [{ expression: `round(sum(increase(posture_dead_letters_total{${JOB}}[1d]))) or vector(0)` }],
    },
    {
      title: 'Alerts that fire',
      description: 'Each has an entry in docs/guides/runbook.md.',
      as: 'table',
      width: 12,
      queries: [{ expression: 'ALERTS{alertname=~"Posture.*", alertstate="firing"}' }],
    },
    {
      title: 'Who waits',
      description: '`posture-stream status` says for what.',
      as: 'table',
      width: 12,
      queries: [{ expression: `max by (stage, component) (posture_component_waiting{${JOB}}) == 1` }],
    },
  ],
}

export const sources: RowPlan = {
  title: 'Sources',
  panels: [
    {
      title: 'Since the source last gave something',
      description: 'It grows between two sweeps; without bound where a source has gone silent.',
      as: 'lines',
      unit: 's',
      width: 12,
      queries: [
        {
          expression: `time() - max by (collector) (posture_collector_last_success_seconds{${JOB}})`,
          legend: '{{collector}}',
        },
      ],
    },
    {
      title: 'Sweeps',
      description: 'Sweeps that came to an end, by outcome.',
      as: 'bars',
      width: 6,
      queries: [
        {
          expression: `sum by (collector, outcome) (increase(posture_collector_sweeps_total{${JOB}}[$__rate_interval]))`,
          legend: '{{collector}} {{outcome}}',
        },
      ],
    },
    {
      title: 'Age of the lists about CVEs',
      description: 'By their own dates.',
      as: 'lines',
      unit: 's',
      width: 6,
      queries: [
        {
          expression: `time() - max by (list) (posture_intel_list_timestamp_seconds{${JOB}})`,
          legend: '{{list}}',
        },
      ],
    },
  ],
}

export const deadLetters: RowPlan = {
  title: 'Dead letters',
  panels: [
    {
      title: 'Set aside, by code',
      description: 'What each code means stands in docs/reference/errors.md.',
      as: 'bars',
      width: 12,
      queries: [
        {
          expression: `sum by (component, code) (increase(posture_dead_letters_total{${JOB}}[$__rate_interval]))`,
          legend: '{{component}} {{code}}',
        },
      ],
    },
    {
      title: 'Since the processes started',
      description: '`posture-stream dead-letters list` shows those that are still kept.',
      as: 'table',
      width: 12,
      queries: [{ expression: `sum by (stage, component, code) (posture_dead_letters_total{${JOB}})` }],
    },
  ],
}
