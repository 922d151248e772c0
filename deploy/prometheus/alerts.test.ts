import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { MetricsRegistry } from '../../app/metrics-registry.ts'
import { alertRules } from './alert-rules.ts'
import { alertsFile } from './alerts-file.ts'
import { labelsIn, ofEveryProcess, unknownNames } from './sample-names.ts'

const runbook = readFileSync(join(import.meta.dirname, '../../docs/guides/runbook.md'), 'utf8')

test('every metric and label that an alert names exists', () => {
  for (const { name, expression, summary, description } of alertRules()) {
    expect(unknownNames(expression), name).toEqual([])
    const labels = labelsIn(expression)
    const shown = `${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)
    for (const [, label] of shown) expect(labels, name).toContain(label)
  }
})

test('a name that does not exist is found, as a metric, as a label, and where it groups', () => {
  expect(unknownNames('posture_gone > 0')).toEqual(['posture_gone'])
  expect(unknownNames('posture_ready{sink="a"}')).toEqual(['posture_ready{sink}'])
  expect(unknownNames('sum by (job, sink) (posture_ready)')).toEqual(['by (sink)'])
  expect(unknownNames('rate(posture_sink_attempt_seconds[5m])')).toEqual(['posture_sink_attempt_seconds'])
  expect(() => unknownNames('sum by (job (posture_ready)')).toThrow('No PromQL')
})

test('what is not in the catalogue is told by every process', async () => {
  const registry = new MetricsRegistry()
  registry.countProcess()
  const told = await registry.exposition()
  for (const name of ofEveryProcess) expect(told).toContain(`\n${name} `)
})

test('every alert has an entry in the runbook, with what to do, and every entry an alert', () => {
  const entries = runbook.split(/^## /m).slice(1)
  const named = entries.filter((entry) => entry.startsWith('Posture'))
  expect(named.map((entry) => entry.split('\n')[0])).toEqual(alertRules().map(({ name }) => name))
  for (const entry of named)
    for (const part of ['**Means.**', '**Look.**', '**Do.**', '**Ends.**']) expect(entry).toContain(part)
})

test('the links to the runbook lead to its entries', () => {
  interface Rule {
    readonly annotations: { readonly runbook_url: string }
  }
  const { groups } = parse(alertsFile(alertRules())) as { groups: { rules: Rule[] }[] }
  const anchors = [...runbook.matchAll(/^## (\w+)$/gm)].map(
    ([, title]) => `docs/guides/runbook.md#${title!.toLowerCase()}`,
  )
  for (const { annotations } of groups[0]!.rules) expect(anchors).toContain(annotations.runbook_url)
})

test('with a shorter minute only the spans of time are different', () => {
  const withoutSpans = (text: string) => text.replaceAll(/\b\d+[sm]\b|[<>] \d{2,}\b/g, 'SPAN')
  const fast = alertRules({ minute: 1 })
  expect(fast.map(({ expression }) => withoutSpans(expression))).toEqual(
    alertRules().map(({ expression }) => withoutSpans(expression)),
  )
  expect(fast.find(({ name }) => name === 'PostureGroupBehind')).toMatchObject({ for: '5s' })
  expect(fast.find(({ name }) => name === 'PostureGroupBehind')!.expression).toContain('> 15 and')
})
