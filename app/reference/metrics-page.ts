import { metricCatalog, type Metric } from '../../core/telemetry.ts'
import { cell, NOTICE } from './reference-page.ts'

/** The page of all metrics, in Markdown, in the order of the catalogue. */
export function metricsPage(): string {
  const rows = Object.entries<Metric>(metricCatalog).map(
    ([name, metric]) => `| \`${name}\` | ${metric.kind} | ${labelsOf(metric)} | ${cell(metric.help)} |`,
  )
  const parts = [
    NOTICE,
    '# Metrics',
    'What `/metrics` on the admin port says (`admin` in the configuration), in the text format of Prometheus. Beside these it has ' +
      'what Node and the system know of the process: `process_…` and `nodejs_…`.',
    'Each process says what it does itself: sum counters over all of them. Counters begin with 0 for every component that the ' +
      'process runs, so that their first event is a change that `rate` and `increase` see. Where a label is only known from the ' +
      'event (`code`), the series that begins with 0 has that label empty: take the sum over all codes first, and then the change, as in ' +
      '`increase(sum by (instance, stage, component) (posture_dead_letters_total)[15m:])`.',
    ['| metric | kind | labels | is |', '|---|---|---|---|', ...rows].join('\n'),
  ]
  return `${parts.join('\n\n')}\n`
}

function labelsOf({ labels, values = {} }: Metric): string {
  return labels
    .map((label) => (values[label] === undefined ? `\`${label}\`` : `\`${label}\` (${values[label].join(', ')})`))
    .join(', ')
}
