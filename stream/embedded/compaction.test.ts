import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { array, assert, asyncProperty, constant, constantFrom, oneof, record, type Arbitrary } from 'fast-check'
import { expect, test } from 'vitest'
import type { Topic } from '../topics.ts'
import { EmbeddedStream } from './embedded-stream.ts'

const compacted: Topic = {
  name: 'compacted',
  partitions: 'one',
  cleanup: 'compact',
  deleteRetentionMs: 1000,
  summary: '',
}
// The lag outlasts the deletions: one must not go before what it deleted.
const lagging: Topic = { ...compacted, name: 'lagging', minCompactionLagMs: 2000 }

type Step = 'maintain' | number | { readonly key: string; readonly value: string | null }

const steps: Arbitrary<Step[]> = array(
  oneof(
    { arbitrary: record({ key: constantFrom('a', 'b', 'c'), value: constantFrom('1', '2', null) }), weight: 6 },
    { arbitrary: constant('maintain' as const), weight: 2 },
    { arbitrary: constantFrom(1, 400, 1100), weight: 2 },
  ),
  { maxLength: 30, size: 'max' },
)

/** What a reader who begins now makes of a topic: its table, and how many records that took. */
async function table(stream: EmbeddedStream, topic: string): Promise<{ table: Map<string, string>; records: number }> {
  const result = new Map<string, string>()
  let count = 0
  const following = await stream.follow(topic, (records) => {
    count += records.length
    for (const { key, value } of records) {
      if (value === null) result.delete(key)
      else result.set(key, Buffer.from(value).toString())
    }
  })
  await following.ready
  await following.stop()
  return { table: result, records: count }
}

test('a reader finds the newest value of every key, whatever was written and whenever compaction ran', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stream-'))
  let run = 0
  const property = asyncProperty(steps, constantFrom('compacted', 'lagging'), async (plan, topic) => {
    let now = 1_000_000
    run += 1
    const options = { directory: join(directory, String(run)), topics: [compacted, lagging], clock: () => now }
    const stream = await EmbeddedStream.open(options)
    const newest = new Map<string, string>()
    for (const step of plan) {
      if (typeof step === 'number') now += step
      else if (step === 'maintain') await stream.maintain()
      else {
        await stream.publish(topic, [{ key: step.key, value: step.value === null ? null : Buffer.from(step.value) }])
        if (step.value === null) newest.delete(step.key)
        else newest.set(step.key, step.value)
      }
      expect((await table(stream, topic)).table).toEqual(newest)
    }
    now += 5000
    await stream.maintain()
    expect(await table(stream, topic)).toEqual({ table: newest, records: newest.size })
    await stream.close()
  })
  try {
    await assert(property, { numRuns: 60 })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}, 30_000)
