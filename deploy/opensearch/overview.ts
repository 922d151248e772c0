import { FINDINGS } from './index-patterns.ts'
import { dashboard, savedObject, searchSource, type SavedObject } from './saved-object.ts'
import { columns, COUNT, numbers, pie, rows, table, type Bucket } from './visualization.ts'

const OPEN = 'unmapped.state: "open"'
const URGENT = `${OPEN} and priority_id >= 3`

const byPriority: Bucket = { type: 'terms', field: 'priority_id', label: 'Priority', size: 5, byKey: true }
const open = { pattern: FINDINGS, query: OPEN }

const openNow = numbers({
  ...open,
  id: 'posture-open-now',
  title: 'Open now',
  metrics: [
    COUNT,
    { type: 'cardinality', field: 'cloud.account.uid', label: 'Accounts' },
    { type: 'cardinality', field: 'resources.uid', label: 'Resources' },
  ],
})

const urgentNow = numbers({
  id: 'posture-urgent-now',
  title: 'Open P1 and P2',
  pattern: FINDINGS,
  query: URGENT,
})

const overdueNow = numbers({
  id: 'posture-overdue-now',
  title: 'Open past their due date',
  pattern: FINDINGS,
  query: `${OPEN} and unmapped.priority_due < now`,
})

const openByPriority = pie({
  ...open,
  id: 'posture-open-by-priority',
  title: 'Open by priority',
  buckets: [byPriority],
})

const byState = pie({
  id: 'posture-by-state',
  title: 'All findings by state',
  pattern: FINDINGS,
  query: '',
  buckets: [{ type: 'terms', field: 'unmapped.state', label: 'State', size: 5 }],
})

const openByAccount = rows({
  ...open,
  id: 'posture-open-by-account',
  title: 'Open by account',
  buckets: [{ type: 'terms', field: 'cloud.account.uid', label: 'Account', size: 15 }],
  series: byPriority,
})

const openByOwner = table({
  ...open,
  id: 'posture-open-by-owner',
  title: 'Open by owner',
  metrics: [COUNT, { type: 'min', field: 'unmapped.priority_due', label: 'First due' }],
  buckets: [{ type: 'terms', field: 'assignee_group.name', label: 'Owner', size: 50 }],
})

const openByControl = table({
  ...open,
  id: 'posture-open-by-control',
  title: 'Open by control',
  metrics: [COUNT, { type: 'cardinality', field: 'cloud.account.uid', label: 'Accounts' }],
  buckets: [
    { type: 'terms', field: 'metadata.event_code', label: 'Control', size: 50 },
    { type: 'terms', field: 'finding_info.title.keyword', label: 'Title', size: 1 },
  ],
})

const openByStandard = table({
  ...open,
  id: 'posture-open-by-standard',
  title: 'Open by standard',
  buckets: [{ type: 'terms', field: 'compliance.standards', label: 'Standard', size: 50 }],
})

const topResources = table({
  ...open,
  id: 'posture-top-resources',
  title: 'Resources with the most open findings',
  buckets: [
    { type: 'terms', field: 'resources.uid', label: 'Resource', size: 25 },
    { type: 'terms', field: 'resources.type', label: 'Type', size: 1 },
  ],
})

const openedPerWeek = columns({
  id: 'posture-opened-per-week',
  title: 'Opened per week',
  description: 'Each finding once, in the week of its latest opening.',
  pattern: FINDINGS,
  query: '',
  buckets: [{ type: 'date_histogram', field: 'start_time', label: 'Week', interval: 'w' }],
  series: byPriority,
})

const closedPerWeek = columns({
  id: 'posture-closed-per-week',
  title: 'Closed per week',
  description: 'Each closed finding once, by what closed it.',
  pattern: FINDINGS,
  query: '',
  buckets: [{ type: 'date_histogram', field: 'end_time', label: 'Week', interval: 'w' }],
  series: { type: 'terms', field: 'unmapped.closed_by', label: 'Closed by', size: 5 },
})

const source = searchSource(FINDINGS, URGENT)
const urgentFindings = savedObject(
  'search',
  'posture-urgent-findings',
  {
    title: 'Open P1 and P2',
    description: 'The most urgent first',
    hits: 0,
    columns: [
      'priority_id',
      'risk_score',
      'unmapped.priority_due',
      'message',
      'metadata.event_code',
      'cloud.account.uid',
      'resources.uid',
      'assignee_group.name',
      'status',
      'finding_info.first_seen_time',
    ],
    sort: [
      ['priority_id', 'desc'],
      ['risk_score', 'desc'],
    ],
    version: 1,
    kibanaSavedObjectMeta: source.kibanaSavedObjectMeta,
  },
  [source.reference],
)

const board = dashboard({
  id: 'posture-findings-overview',
  title: 'Posture findings: overview',
  description: 'What is open, where, and how urgent it is; always as of now.',
  from: 'now-90d',
  rows: [
    [
      { object: openNow, width: 16, height: 9 },
      { object: urgentNow, width: 6, height: 9 },
      { object: overdueNow, width: 6, height: 9 },
      { object: openByPriority, width: 10, height: 9 },
      { object: byState, width: 10, height: 9 },
    ],
    [{ object: urgentFindings, width: 48, height: 16 }],
    [
      { object: openByAccount, width: 16, height: 16 },
      { object: openByOwner, width: 12, height: 16 },
      { object: openByControl, width: 20, height: 16 },
    ],
    [
      { object: openedPerWeek, width: 24, height: 12 },
      { object: closedPerWeek, width: 24, height: 12 },
    ],
    [
      { object: topResources, width: 30, height: 16 },
      { object: openByStandard, width: 18, height: 16 },
    ],
  ],
})

/** The dashboard for analysts, with everything that it is made of. */
export const overview: readonly SavedObject[] = [
  openNow,
  urgentNow,
  overdueNow,
  openByPriority,
  byState,
  urgentFindings,
  openByAccount,
  openByOwner,
  openByControl,
  openedPerWeek,
  closedPerWeek,
  topResources,
  openByStandard,
  board,
]
