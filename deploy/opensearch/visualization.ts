import { savedObject, searchSource, type SavedObject } from './saved-object.ts'

export interface Metric {
  readonly type: 'count' | 'cardinality' | 'max' | 'min' | 'percentiles'
  readonly field?: string
  readonly label: string
  readonly percents?: readonly number[]
}

export interface Bucket {
  readonly type: 'terms' | 'date_histogram'
  readonly field: string
  readonly label: string
  /** How many terms; 10 unless told. */
  readonly size?: number
  /** Terms by their own order, the highest first; else by the first metric. */
  readonly byKey?: boolean
  /** Of a histogram: as fits the time picker unless told, which only a pattern with a time has. */
  readonly interval?: 'auto' | 'w' | 'd'
}

export interface Picture {
  readonly id: string
  readonly title: string
  readonly description?: string
  readonly pattern: string
  /** In DQL; empty for everything. */
  readonly query: string
  readonly metrics?: readonly Metric[]
  /** The parts of a pie, the rows of a table, the steps of an axis. */
  readonly buckets?: readonly Bucket[]
  /** What each step of an axis is divided by. */
  readonly series?: Bucket
}

export const COUNT: Metric = { type: 'count', label: 'Findings' }

/** Large numbers. */
export function numbers(picture: Picture): SavedObject {
  const metric = {
    percentageMode: false,
    useRanges: false,
    colorSchema: 'Green to Red',
    metricColorMode: 'None',
    colorsRange: [{ from: 0, to: 10_000 }],
    labels: { show: true },
    invertColors: false,
    style: { bgFill: '#000', bgColor: false, labelColor: false, subText: '', fontSize: 40 },
  }
  return visualization(picture, 'metric', { addTooltip: true, addLegend: false, type: 'metric', metric }, 'group')
}

export function pie(picture: Picture): SavedObject {
  const params = {
    type: 'pie',
    addTooltip: true,
    addLegend: true,
    legendPosition: 'right',
    isDonut: true,
    labels: { show: true, values: true, last_level: true, truncate: 100 },
  }
  return visualization(picture, 'pie', params, 'segment')
}

export function table(picture: Picture): SavedObject {
  const params = {
    perPage: 10,
    showPartialRows: false,
    showMetricsAtAllLevels: false,
    showTotal: false,
    totalFunc: 'sum',
    percentageCol: '',
  }
  return visualization(picture, 'table', params, 'bucket')
}

export function columns(picture: Picture): SavedObject {
  return visualization(picture, 'histogram', axes(picture, 'histogram'), 'segment')
}

export function rows(picture: Picture): SavedObject {
  return visualization(
    picture,
    'horizontal_bar',
    axes(picture, 'histogram', { steps: 'left', values: 'bottom' }),
    'segment',
  )
}

export function lines(picture: Picture): SavedObject {
  return visualization(picture, 'line', axes(picture, 'line'), 'segment')
}

const AXIS = { show: true, style: {}, title: {} }
const LABELS = { show: true, filter: true, truncate: 100 }

/** On which side an axis stands. */
interface Sides {
  readonly steps: 'bottom' | 'left'
  readonly values: 'left' | 'bottom'
}

function axes(
  { metrics = [COUNT] }: Picture,
  type: 'histogram' | 'line',
  { steps, values }: Sides = { steps: 'bottom', values: 'left' },
): object {
  const categoryAxis = { id: 'CategoryAxis-1', type: 'category', position: steps, scale: { type: 'linear' } }
  return {
    type,
    grid: { categoryLines: false },
    categoryAxes: [{ ...AXIS, ...categoryAxis, labels: LABELS }],
    valueAxes: [valueAxis(metrics[0]?.label ?? '', values)],
    seriesParams: metrics.map(({ label }, at) => ({
      show: true,
      type,
      mode: type === 'line' ? 'normal' : 'stacked',
      data: { label, id: String(at + 1) },
      valueAxis: 'ValueAxis-1',
      drawLinesBetweenPoints: true,
      lineWidth: 2,
      showCircles: true,
    })),
    addTooltip: true,
    addLegend: true,
    legendPosition: 'right',
    times: [],
    addTimeMarker: false,
    labels: { show: false },
    thresholdLine: { show: false, value: 10, width: 1, style: 'full', color: '#E7664C' },
  }
}

function valueAxis(label: string, position: Sides['values']): object {
  return {
    ...AXIS,
    id: 'ValueAxis-1',
    name: 'LeftAxis-1',
    type: 'value',
    position,
    scale: { type: 'linear', mode: 'normal' },
    labels: { ...LABELS, rotate: 0, filter: false },
    title: { text: label },
  }
}

function visualization(picture: Picture, type: string, params: object, schema: string): SavedObject {
  const { id, title, description = '', pattern, query, metrics = [COUNT], buckets = [], series } = picture
  const { kibanaSavedObjectMeta, reference } = searchSource(pattern, query)
  const parts = [
    ...metrics.map((metric) => ({ type: metric.type, schema: 'metric', params: metricParams(metric) })),
    ...buckets.map((bucket) => ({ type: bucket.type, schema, params: bucketParams(bucket) })),
    ...(series === undefined ? [] : [{ type: series.type, schema: 'group', params: bucketParams(series) }]),
  ]
  const aggs = parts.map((part, at) => ({ id: String(at + 1), enabled: true, ...part }))
  return savedObject(
    'visualization',
    id,
    {
      title,
      description,
      visState: JSON.stringify({ title, type, params, aggs }),
      uiStateJSON: '{}',
      version: 1,
      kibanaSavedObjectMeta,
    },
    [reference],
  )
}

function metricParams({ field, label, percents }: Metric): object {
  return { ...(field === undefined ? {} : { field }), customLabel: label, ...(percents && { percents }) }
}

function bucketParams({ type, field, label, size = 10, byKey = false, interval = 'auto' }: Bucket): object {
  if (type === 'date_histogram')
    return {
      field,
      interval,
      customLabel: label,
      scaleMetricValues: false,
      drop_partials: false,
      min_doc_count: 1,
      extended_bounds: {},
    }
  return {
    field,
    size,
    customLabel: label,
    order: 'desc',
    orderBy: byKey ? '_key' : '1',
    otherBucket: false,
    otherBucketLabel: 'Other',
    missingBucket: false,
    missingBucketLabel: 'Missing',
  }
}
