import { expect, test } from 'vitest'
import { MetricsRegistry } from './metrics-registry.ts'

test('counts add up by labels, whatever their order, and totals by any part of them', () => {
  const metrics = new MetricsRegistry()
  metrics.count('sink_records_total', 2, { sink: 'a', outcome: 'delivered' })
  metrics.count('sink_records_total', 3, { outcome: 'delivered', sink: 'a' })
  metrics.count('sink_records_total', 1, { sink: 'b', outcome: 'rejected' })
  expect(metrics.series('sink_records_total')).toHaveLength(2)
  expect(metrics.total('sink_records_total')).toBe(6)
  expect(metrics.total('sink_records_total', { sink: 'a' })).toBe(5)
  expect(metrics.total('sink_records_total', { sink: 'a', outcome: 'rejected' })).toBe(0)
  expect(metrics.total('dead_letters_total')).toBe(0)
})

test('a gauge has its newest value', () => {
  const metrics = new MetricsRegistry()
  metrics.gauge('sink_waiting', 1, { sink: 'a' })
  metrics.gauge('sink_waiting', 0, { sink: 'a' })
  expect(metrics.total('sink_waiting', { sink: 'a' })).toBe(0)
})

test('a histogram keeps the number of observations, their sum, and how many were not larger than each bound', () => {
  const metrics = new MetricsRegistry()
  for (const findings of [1, 2, 3, 500, 20_000]) metrics.observe('sink_attempt_findings', findings, { sink: 'a' })
  metrics.observe('sink_attempt_findings', 7, { sink: 'b' })
  const [a, b] = metrics.histograms('sink_attempt_findings')
  expect(a).toMatchObject({ labels: { sink: 'a' }, count: 5, sum: 20_506 })
  expect(a?.buckets).toEqual([1, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4])
  expect(b).toMatchObject({ labels: { sink: 'b' }, count: 1, sum: 7 })
  expect(metrics.histograms('sink_attempt_seconds')).toEqual([])
})
