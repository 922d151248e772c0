import { expect, test } from 'vitest'
import { findingHeaders } from '../../schemas/records.ts'
import type { Assignment, OutgoingRecord, Stream, StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { Delivered } from './delivered.ts'
import { Filter } from './filter.ts'
import { recall } from './recall.ts'
import { sampleFinding } from '../sample-findings.ts'
import type { PostureFinding } from '../sink.ts'

const owner = { name: 'siem', tenant: 'acme' }

/** What is recalled of a partition in which these stand at these offsets, up to a position. */
async function recalled(position: bigint, standing: readonly (readonly [offset: bigint, PostureFinding | string])[]) {
  const records = standing.map(([offset, finding]): StreamRecord => {
    const place = { topic: topics.findings.name, partition: 0, offset, timestamp: 0 }
    if (typeof finding === 'string') return { ...place, key: finding, value: null, headers: {} }
    return { ...place, key: finding.key, value: finding.bytes, headers: findingHeaders(finding, 0) }
  })
  const published: OutgoingRecord[] = []
  const publish: Stream['publish'] = async (_, some) => void published.push(...some)
  const restore: Assignment['restore'] = async (topic, _from, handle) => {
    if (topic === topics.findings.name) for (const record of records) await handle([record])
    return 0n
  }
  const assignment = { partition: 0, signal: new AbortController().signal, restore }
  const delivered = await Delivered.restore(owner, assignment)
  const filter = new Filter({ priority: ['P1'] })
  const stream = { publish } as Partial<Stream> as Stream
  const count = await recall(assignment, { ...owner, stream, filter, position, delivered })
  const keys = published.map(({ key }) => key)
  expect(count).toBe(keys.length)
  expect(keys.every((key) => delivered.has(key.slice('siem/'.length)))).toBe(true)
  return keys
}

const closed = { state: 'gone' } as const

test('every finding below the position that is not closed counts as delivered, each once', async () => {
  const keys = await recalled(6n, [
    [0n, sampleFinding('open', 1)],
    [1n, sampleFinding('open', 2)],
    [2n, sampleFinding('closed', 1)],
    [3n, sampleFinding('closed', 2, closed)],
    [4n, sampleFinding('theirs', 1, { tenant: 'globex' })],
    [5n, sampleFinding('forgotten', 4)],
    [5n, 'forgotten'],
    [6n, sampleFinding('new', 1)],
    [7n, sampleFinding('open', 3, closed)],
    [8n, sampleFinding('closed', 3)],
  ])
  expect(keys).toEqual(['siem/open'])
})

test('by revision and not by place', async () => {
  const keys = await recalled(9n, [
    [0n, sampleFinding('a', 3)],
    [1n, sampleFinding('a', 2, closed)],
    [2n, sampleFinding('b', 3, closed)],
    [3n, sampleFinding('b', 2)],
  ])
  expect(keys).toEqual(['siem/a'])
})

test('and so does one whose delivered revision compaction may have removed', async () => {
  const keys = await recalled(5n, [
    [5n, sampleFinding('overwritten', 2, closed)],
    [6n, sampleFinding('new', 1)],
    [7n, sampleFinding('new', 2)],
  ])
  expect(keys).toEqual(['siem/overwritten'])
})

test('a sink that has read nothing has delivered nothing', async () => {
  expect(await recalled(0n, [[0n, sampleFinding('a', 1)]])).toEqual([])
})
