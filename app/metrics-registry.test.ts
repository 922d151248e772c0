import { describe, expect, test } from 'vitest'
import { metricCatalog } from '../core/telemetry.ts'
import { MetricsRegistry } from './metrics-registry.ts'

const families = Object.keys(metricCatalog)
const lines = async (metrics: MetricsRegistry, start: string): Promise<string[]> =>
  (await metrics.exposition()).split('\n').filter((line) => line.startsWith(start))

test('counts add up by labels, whatever their order, and in total', async () => {
  const metrics = new MetricsRegistry()
  metrics.count('posture_sink_records_total', 2, { sink: 'a', outcome: 'delivered' })
  metrics.count('posture_sink_records_total', 3, { outcome: 'delivered', sink: 'a' })
  metrics.count('posture_sink_records_total', 1, { sink: 'b', outcome: 'rejected' })
  expect((await metrics.series('posture_sink_records_total')).map(({ value }) => value)).toEqual([5, 1])
  expect(metrics.total('posture_sink_records_total')).toBe(6)
  expect(metrics.total('posture_dead_letters_total')).toBe(0)
})

test('a gauge has its newest value, and one that follows from something else is asked for when it is read', async () => {
  const metrics = new MetricsRegistry()
  metrics.gauge('posture_collector_silent', 1, { collector: 'a' })
  metrics.gauge('posture_collector_silent', 0, { collector: 'a' })
  let seconds = 1
  metrics.beforeReading(() => metrics.gauge('posture_topic_retention_seconds', seconds, { topic: 't' }))
  seconds = 2
  expect(await metrics.series('posture_collector_silent')).toEqual([{ labels: { collector: 'a' }, value: 0 }])
  expect(await metrics.series('posture_topic_retention_seconds')).toMatchObject([{ value: 2 }])
  seconds = 3
  expect(await lines(metrics, 'posture_topic_retention_seconds')).toEqual([
    'posture_topic_retention_seconds{topic="t"} 3',
  ])
})

test('what has not happened yet can be seen as 0, and a counter goes on from there', async () => {
  const metrics = new MetricsRegistry()
  metrics.count('posture_sink_records_total', 2, { sink: 'a', outcome: 'delivered' })
  metrics.zero('posture_sink_records_total', { sink: 'a', outcome: 'delivered' })
  metrics.zero('posture_sink_records_total', { sink: 'a', outcome: 'rejected' })
  metrics.zero('posture_sink_attempt_findings', { sink: 'a' })
  expect(await lines(metrics, 'posture_sink_records_total')).toEqual([
    'posture_sink_records_total{sink="a",outcome="delivered"} 2',
    'posture_sink_records_total{sink="a",outcome="rejected"} 0',
  ])
  expect(await lines(metrics, 'posture_sink_attempt_findings_count')).toEqual([
    'posture_sink_attempt_findings_count{sink="a"} 0',
  ])
  expect(metrics.total('posture_sink_records_total')).toBe(2)
})

describe('the exposition', () => {
  test('has every metric of the catalogue once, with its kind and what it is, also those without a series', async () => {
    const metrics = new MetricsRegistry()
    const types = (await lines(metrics, '# TYPE ')).map((line) => line.split(' ').slice(2))
    const helps = (await lines(metrics, '# HELP ')).map((line) => line.split(' ')[2])
    expect(types).toEqual(Object.entries(metricCatalog).map(([name, { kind }]) => [name, kind]))
    expect(helps).toEqual(families)
  })

  test('counts how many observations of a histogram were not larger than each of its bounds', async () => {
    const metrics = new MetricsRegistry()
    for (const findings of [1, 2, 3, 500, 20_000])
      metrics.observe('posture_sink_attempt_findings', findings, { sink: 'a' })
    metrics.observe('posture_sink_attempt_findings', 7, { sink: 'b' })
    const buckets = await lines(metrics, 'posture_sink_attempt_findings_bucket')
    const a = buckets.filter((line) => line.includes('sink="a"'))
    expect(a.map((line) => Number(line.split(' ').at(-1)))).toEqual([1, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5])
    expect(await lines(metrics, 'posture_sink_attempt_findings_sum')).toEqual([
      'posture_sink_attempt_findings_sum{sink="a"} 20506',
      'posture_sink_attempt_findings_sum{sink="b"} 7',
    ])
  })

  test('keeps a label in its quotes, whatever it holds', async () => {
    const metrics = new MetricsRegistry()
    metrics.count('posture_intel_records_skipped_total', 1, { code: 'a"b\\c\nd' })
    expect(await lines(metrics, 'posture_intel_records_skipped_total')).toEqual([
      String.raw`posture_intel_records_skipped_total{code="a\"b\\c\nd"} 1`,
    ])
  })

  test('of one run knows nothing of another in the same process, and of the process once it is asked to', async () => {
    const [one, other] = [new MetricsRegistry(), new MetricsRegistry()]
    one.count('posture_intel_records_skipped_total', 1, { code: 'A' })
    other.countProcess()
    other.countProcess()
    expect(await lines(other, 'posture_intel_records_skipped_total')).toEqual([])
    expect(await lines(one, 'process_')).toEqual([])
    expect(await lines(other, '# TYPE process_cpu_seconds_total')).toHaveLength(1)
  })
})
