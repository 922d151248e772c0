import { DELAY, FINDINGS, HISTORY } from './index-patterns.ts'
import { dashboard, type SavedObject } from './saved-object.ts'
import { columns, COUNT, lines, numbers, table, type Bucket, type Metric } from './visualization.ts'

const overTime: Bucket = { type: 'date_histogram', field: 'time', label: 'Time' }
const revisions: Metric = { type: 'count', label: 'Revisions' }
const byProduct: Bucket = { type: 'terms', field: 'metadata.product.name', label: 'Product', size: 20 }

const byCause = columns({
  id: 'posture-revisions-by-cause',
  title: 'Revisions by cause',
  description:
    'observed: the source said so; refresh: repeated while open; absence, deleted, expiry, decision, context',
  pattern: HISTORY,
  query: '',
  metrics: [revisions],
  buckets: [overTime],
  series: { type: 'terms', field: 'unmapped.cause', label: 'Cause', size: 10 },
})

const byProductOverTime = columns({
  id: 'posture-revisions-by-product',
  title: 'Revisions by product',
  pattern: HISTORY,
  query: '',
  metrics: [revisions],
  buckets: [overTime],
  series: byProduct,
})

const delay = lines({
  id: 'posture-delay',
  title: 'Seconds from accepted to emitted',
  description: 'metadata.logged_time to time, of what a source said; not of what the pipeline repeats by itself.',
  pattern: HISTORY,
  query: 'unmapped.cause: "observed"',
  metrics: [{ type: 'percentiles', field: DELAY, label: 'Seconds', percents: [50, 95] }],
  buckets: [overTime],
})

const freshness = table({
  id: 'posture-freshness',
  title: 'Newest word of each product',
  description: 'When a product was last heard of: seen by its clock, accepted and emitted by ours.',
  pattern: FINDINGS,
  query: '',
  metrics: [
    COUNT,
    { type: 'max', field: 'finding_info.last_seen_time', label: 'Last seen' },
    { type: 'max', field: 'metadata.logged_time', label: 'Last accepted' },
    { type: 'max', field: 'time', label: 'Last emitted' },
  ],
  buckets: [byProduct, { type: 'terms', field: 'metadata.log_name', label: 'Read as', size: 10 }],
})

const repairs = table({
  id: 'posture-flags',
  title: 'What was assumed or repaired while reading',
  pattern: FINDINGS,
  query: '',
  buckets: [byProduct, { type: 'terms', field: 'unmapped.flags', label: 'Flag', size: 20 }],
})

const truncated = numbers({
  id: 'posture-truncated',
  title: 'Findings without their free-form detail',
  description: 'They were too large to carry it.',
  pattern: FINDINGS,
  query: 'metadata.is_truncated: true',
})

const board = dashboard({
  id: 'posture-pipeline-health',
  title: 'Posture pipeline: health',
  description: 'Whether findings keep coming, from whom, why and how fast. Panels over time need the history.',
  from: 'now-7d',
  rows: [
    [
      { object: byCause, width: 24, height: 14 },
      { object: byProductOverTime, width: 24, height: 14 },
    ],
    [
      { object: freshness, width: 30, height: 14 },
      { object: delay, width: 18, height: 14 },
    ],
    [
      { object: repairs, width: 30, height: 12 },
      { object: truncated, width: 18, height: 12 },
    ],
  ],
})

/** The dashboard for operators, with everything that it is made of. */
export const health: readonly SavedObject[] = [byCause, byProductOverTime, freshness, delay, repairs, truncated, board]
