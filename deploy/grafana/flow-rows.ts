import type { PanelPlan, RowPlan } from './panel.ts'

const JOB = 'job=~"$job"'

export const flow: RowPlan = {
  title: 'Flow, records a second',
  panels: [
    rate('In', 'Finding records that collectors read at their sources.', {
      metric: 'posture_collector_findings_read_total',
      by: ['collector'],
    }),
    rate('Enrichment', 'Revisions of findings, by what caused them.', {
      metric: 'posture_enrichment_emitted_total',
      by: ['cause'],
    }),
    rate('Delivered', 'Findings that sinks have delivered.', {
      metric: 'posture_sink_records_total',
      where: 'outcome="delivered"',
      by: ['sink'],
    }),
    rate('Retried, rejected, filtered', 'What became of findings that were not delivered at once.', {
      metric: 'posture_sink_records_total',
      where: 'outcome!="delivered"',
      by: ['sink', 'outcome'],
    }),
  ],
}

export const lag: RowPlan = {
  title: 'Lag, by group',
  panels: [
    {
      title: 'Records not done',
      description: 'Of the group as a whole.',
      as: 'lines',
      width: 8,
      queries: [{ expression: `max by (group) (posture_group_lag_records{${JOB}})`, legend: '{{group}}' }],
    },
    {
      title: 'Age of the oldest record not done',
      description: 'Half of what the topic keeps is too old.',
      as: 'lines',
      unit: 's',
      width: 8,
      queries: [
        {
          expression: `max by (group) (posture_group_oldest_unacknowledged_seconds{${JOB}})`,
          legend: '{{group}}',
        },
      ],
    },
    {
      title: 'Partitions, and batches that failed',
      description: 'Partitions that the processes of a group have together; failures a second.',
      as: 'lines',
      width: 8,
      queries: [
        { expression: `sum by (group) (posture_group_partitions{${JOB}})`, legend: '{{group}} partitions' },
        {
          expression: `sum by (group, code) (rate(posture_group_failures_total{${JOB}}[$__rate_interval]))`,
          legend: '{{group}} {{code}}',
        },
      ],
    },
  ],
}

export const latency: RowPlan = {
  title: 'Latency',
  panels: [
    quantiles(
      'From source to sink',
      'From when a statement was published until a sink had delivered what it changed.',
      {
        metric: 'posture_sink_latency_seconds',
      },
    ),
    quantiles('Age of a change when it is delivered', "By the finding's own time, so that a source's delay is in it.", {
      metric: 'posture_sink_finding_age_seconds',
    }),
    quantiles('One attempt of a sink', 'How long its destination takes.', { metric: 'posture_sink_attempt_seconds' }),
  ],
}

export const processes: RowPlan = {
  title: 'Processes',
  panels: [
    perProcess('Memory', 'Resident.', 'bytes', 'process_resident_memory_bytes'),
    perProcess('CPU', 'Of one core.', 'percentunit', 'rate(process_cpu_seconds_total', '[$__rate_interval])'),
    perProcess('Event loop', 'Delay of the 99th percentile.', 's', 'nodejs_eventloop_lag_p99_seconds'),
    {
      title: 'Versions',
      description: 'What runs where.',
      as: 'table',
      width: 6,
      queries: [{ expression: `max by (instance, version) (posture_build_info{${JOB}})` }],
    },
  ],
}

interface Rate {
  readonly metric: string
  readonly where?: string
  readonly by: readonly string[]
}

function rate(title: string, description: string, { metric, where, by }: Rate): PanelPlan {
  const selector = [JOB, ...(where === undefined ? [] : [where])].join(', ')
  return {
    title,
    description,
    as: 'lines',
    unit: 'cps',
    width: 6,
    queries: [
      {
        expression: `sum by (${by.join(', ')}) (rate(${metric}{${selector}}[$__rate_interval]))`,
        legend: by.map((label) => `{{${label}}}`).join(' '),
      },
    ],
  }
}

function quantiles(title: string, description: string, { metric }: { readonly metric: string }): PanelPlan {
  return {
    title,
    description,
    as: 'lines',
    unit: 's',
    width: 8,
    queries: [0.5, 0.95, 0.99].map((quantile) => ({
      expression: `histogram_quantile(${quantile}, sum by (le, sink) (rate(${metric}_bucket{${JOB}}[$__rate_interval])))`,
      legend: `{{sink}} p${quantile * 100}`,
    })),
  }
}

function perProcess(title: string, description: string, unit: string, head: string, tail = ''): PanelPlan {
  return {
    title,
    description,
    as: 'lines',
    unit,
    width: 6,
    queries: [{ expression: `${head}{${JOB}}${tail}`, legend: '{{instance}}' }],
  }
}
