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
