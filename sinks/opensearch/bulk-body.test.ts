import { describe, expect, test } from 'vitest'
import { sampleFinding } from '../sample-findings.ts'
import type { PostureFinding } from '../sink.ts'
import { bulkBody, bulkItems, bulkRuns, sizeOf } from './bulk-body.ts'
import { historyId, latestId } from './document-id.ts'

const both = { index: 'latest', dataStream: 'history' }
const one = { index: 'latest', dataStream: undefined }

const lines = (findings: readonly PostureFinding[], targets: Parameters<typeof bulkItems>[1]): unknown[] => {
  const body = bulkBody(bulkItems(findings, targets)).toString()
  expect(body.at(-1)).toBe('\n')
  return body
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
}

describe('a bulk request', () => {
  test('holds of each finding an action of the latest state and, with a history, one of that, each with the event', () => {
    const finding = sampleFinding('a', 3)
    const version = { version: 3, version_type: 'external_gte', require_alias: true }
    const latest = [{ index: { _index: 'latest', _id: latestId(finding), ...version } }, finding.event]
    expect(lines([finding], one)).toEqual(latest)
    expect(lines([finding], both)).toEqual([
      ...latest,
      { create: { _index: 'history', _id: historyId(finding) } },
      finding.event,
    ])
  })

  test('holds the highest revision of each finding of each tenant once, and every revision for the history', () => {
    const findings = ['a@2', 'b@1', 'a@10', 'a@9', 'a@10'].map((id) => {
      const [key, revision] = id.split('@')
      return sampleFinding(key!, Number(revision))
    })
    const all = [...findings, sampleFinding('a', 1, { tenant: 'other' })]
    expect(bulkItems(all, one).map(({ at }) => at)).toEqual([1, 2, 5])
    expect(bulkItems(all, both).filter(({ target }) => target === 'history')).toHaveLength(6)
  })

  test('has no line break inside a document, whatever stands between its tokens', () => {
    const finding = sampleFinding('a')
    for (const space of ['\n', '\r', '\r\n\t']) {
      const bytes = new TextEncoder().encode(JSON.stringify(finding.event, undefined, space))
      expect(lines([{ ...finding, bytes }], one)[1]).toEqual(finding.event)
      expect(new TextDecoder().decode(bytes)).toContain(space)
    }
  })

  test('has ids that OpenSearch takes, however long a key is', () => {
    const long = sampleFinding('ü'.repeat(5000))
    expect([latestId(long), historyId(long)].map(({ length }) => length)).toEqual([32, 32])
    expect(latestId(long)).not.toBe(latestId({ ...long, tenant: 'other' }))
    expect(historyId(long)).not.toBe(historyId({ ...long, revision: 2 }))
  })
})

describe('a batch is cut', () => {
  const items = bulkItems(
    [50, 100, 5000, 10, 10, 400].map((length, at) => sampleFinding(`k${at}`, 1, { message: 'x'.repeat(length) })),
    both,
  )

  test.each([1, 1500, 3000, 8000, 1e6])('into runs of at most %i bytes, in order, nothing left out', (limit) => {
    const runs = [...bulkRuns(items, limit)]
    expect(runs.flat()).toEqual(items)
    for (const run of runs) {
      const bytes = bulkBody(run).length
      expect(bytes).toBe(run.reduce((sum, item) => sum + sizeOf(item), 0))
      expect(bytes <= limit || run.length === 1).toBe(true)
    }
  })

  test('no more often than it must be', () => {
    expect([...bulkRuns(items, bulkBody(items).length)]).toHaveLength(1)
    expect([...bulkRuns(items, bulkBody(items).length - 1)]).toHaveLength(2)
    expect([...bulkRuns([], 100)]).toEqual([])
  })

  test('also where there are very many small ones', () => {
    const many = Array.from({ length: 4500 }, () => items[0]!)
    expect([...bulkRuns(many, 1e9)].map((run) => run.length)).toEqual([2000, 2000, 500])
  })
})
