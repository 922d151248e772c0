import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { TransientError } from '../../core/errors.ts'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import { streamContract } from '../../stream/stream.contract.ts'
import type { Batch, BatchHandler, Stream } from '../../stream/stream.ts'
import type { Topic } from '../../stream/topics.ts'
import { MetricsRegistry } from '../metrics-registry.ts'
import type { ObservedGroup } from './observed-group.ts'
import { ObservedStream } from './observed-stream.ts'

const input: Topic = { name: 'input', partitions: 'many', cleanup: 'delete', summary: '' }
const GROUP = { topic: 'input', group: 'g' }

async function embedded(topics: readonly Topic[], partitions: number): Promise<Stream> {
  const directory = mkdtempSync(join(tmpdir(), 'observed-'))
  const stream = await EmbeddedStream.open({ directory, topics, partitions })
  onTestFinished(async () => {
    await stream.close()
    rmSync(directory, { recursive: true })
  })
  return stream
}

streamContract('an observed stream', async (topics, partitions) => {
  const directory = mkdtempSync(join(tmpdir(), 'observed-'))
  const stream = await EmbeddedStream.open({ directory, topics, partitions })
  const close = async (): Promise<void> => {
    await stream.close()
    rmSync(directory, { recursive: true, force: true })
  }
  const observed = new ObservedStream(stream, new MetricsRegistry(), Date.now)
  return Object.assign(observed, { close })
})

interface Bench {
  readonly stream: ObservedStream
  readonly group: ObservedGroup
  readonly told: string[]
  write(count: number): Promise<void>
  counted(name: 'posture_group_records_total' | 'posture_group_failures_total'): Promise<Record<string, number>>
}

async function bench(): Promise<Bench> {
  const metrics = new MetricsRegistry()
  const stream = new ObservedStream(await embedded([input], 2), metrics, Date.now)
  const group = stream.group(GROUP.topic, GROUP.group)
  const told: string[] = []
  group.tell({
    waiting: (error) => void told.push(error.message),
    working: () => void told.push('works'),
    failed: (error) => void told.push(error.message),
  })
  return {
    stream,
    group,
    told,
    write: (count) =>
      stream.publish(
        'input',
        Array.from({ length: count }, () => ({ key: 'k', value: null, partition: 1 })),
      ),
    counted: async (name) =>
      Object.fromEntries((await metrics.series(name)).map(({ labels, value }) => [labels['code'] ?? '', value])),
  }
}

const until = (check: () => Promise<void> | void): Promise<void> => vi.waitFor(check, { timeout: 8000, interval: 5 })

describe('what is known of a group', () => {
  test('are the partitions of this process, until it has left the group', async () => {
    const { stream, group } = await bench()
    expect(group.partitions).toEqual([])
    const consumption = await stream.consume(GROUP, async () => {})
    expect(group.partitions).toEqual([0, 1])
    await consumption.stop()
    expect(group.partitions).toEqual([])
  })

  test('is when the oldest record was written that is at hand, until it is committed', async () => {
    const { stream, group, write } = await bench()
    const batches: (() => void)[] = []
    const hold: BatchHandler = () => new Promise<void>((resolve) => void batches.push(resolve))
    await stream.consume({ ...GROUP, maxRecords: 1 }, hold)
    const before = Date.now()
    await write(1)
    const written = Date.now()
    await write(2)
    await until(() => expect(batches).toHaveLength(1))
    expect(group.oldestUnacknowledgedAt).toBeGreaterThanOrEqual(before)
    expect(group.oldestUnacknowledgedAt).toBeLessThanOrEqual(written)
    for (const count of [1, 2, 3]) {
      await until(() => expect(batches).toHaveLength(count))
      batches.at(-1)!()
    }
    await until(() => expect(group.oldestUnacknowledgedAt).toBeUndefined())
  })

  test('what was there before a new group counts since it was given, and what comes later since it was written', async () => {
    const { stream, group, write } = await bench()
    await write(2)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const began = Date.now()
    const batches: (() => void)[] = []
    const hold: BatchHandler = () => new Promise<void>((resolve) => void batches.push(resolve))
    const consumption = await stream.consume({ ...GROUP, maxRecords: 1 }, hold)
    await until(() => expect(batches).toHaveLength(1))
    expect(group.oldestUnacknowledgedAt).toBeGreaterThanOrEqual(began)
    batches[0]!()
    await until(() => expect(batches).toHaveLength(2))
    batches[1]!()
    await until(() => expect(group.oldestUnacknowledgedAt).toBeUndefined())
    await consumption.stop()

    await write(1)
    const written = Date.now()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await stream.consume({ ...GROUP, maxRecords: 1 }, hold)
    await until(() => expect(batches).toHaveLength(3))
    expect(group.oldestUnacknowledgedAt).toBeLessThanOrEqual(written)
    batches[2]!()
  })

  test('is how many records were committed, and no record that was only tried', async () => {
    const { stream, write, counted } = await bench()
    await write(5)
    let failures = 2
    await stream.consume({ ...GROUP, maxRecords: 2 }, async () => {
      if (failures-- > 0) throw new TransientError('TIRED', 'no')
    })
    await until(async () => expect(await stream.lag('input', 'g')).toBe(0))
    await until(async () => expect(await counted('posture_group_records_total')).toEqual({ '': 5 }))
    expect(await counted('posture_group_failures_total')).toEqual({ TIRED: 2 })
  })
})

test('a partition that cannot be taken over is behind since then, and no longer once it is', async () => {
  const { stream, group } = await bench()
  let taking = 0
  const before = Date.now()
  let since: number | undefined
  const looked = Promise.withResolvers<void>()
  const assigned = async (): Promise<undefined> => {
    if (taking++ < 4) throw new TransientError('NOT_RESTORED', 'cannot be taken over')
    await looked.promise
  }
  await stream.consume({ ...GROUP, assigned }, async () => {})
  await until(() => expect((since = group.oldestUnacknowledgedAt)).toBeGreaterThanOrEqual(before))
  // Four times in vain, and then both partitions, which are held until we have looked.
  await until(() => expect(taking).toBe(6))
  expect(group.oldestUnacknowledgedAt).toBe(since)
  looked.resolve()
  await until(() => expect(group.oldestUnacknowledgedAt).toBeUndefined())
})

describe('a batch that fails', () => {
  test('makes the component wait until one of the partition is committed, and what it holds stays at hand', async () => {
    const { stream, group, told, write } = await bench()
    let ages: (number | undefined)[] = []
    let failures = 2
    await stream.consume(GROUP, async ({ records }) => {
      ages = [...ages, group.oldestUnacknowledgedAt, records[0]?.timestamp]
      if (failures-- > 0) throw new TransientError('TIRED', `no ${failures}`)
    })
    await write(1)
    await until(() => expect(told).toEqual(['no 1', 'no 0', 'works']))
    expect(new Set(ages).size).toBe(1)
  })

  test('may fail in what it does after its commit, or before its first batch', async () => {
    const { stream, told, write, counted } = await bench()
    await write(1)
    let [taking, after] = [0, 0]
    const assigned = async (): Promise<undefined> => {
      if (taking++ === 0) throw new TransientError('NOT_RESTORED', 'cannot be taken over')
    }
    await stream.consume({ ...GROUP, assigned }, async () => () => {
      if (after++ === 0) throw new TransientError('NOT_APPLIED', 'cannot be applied')
    })
    await until(() => expect(told).toContain('cannot be applied'))
    await until(() => expect(told.at(-1)).toBe('works'))
    expect(told[0]).toBe('cannot be taken over')
    expect(await counted('posture_group_failures_total')).toEqual({ NOT_RESTORED: 1, NOT_APPLIED: 1 })
    expect(await counted('posture_group_records_total')).toEqual({ '': 1 })
  })

  test('is none where the stream could not commit what was handled, which is another failure', async () => {
    const { stream, told, write, counted } = await bench()
    await write(1)
    let tries = 0
    await stream.consume(GROUP, async (batch: Batch) => {
      if (tries++ === 0) batch.publish('input', [{ key: 'k', value: {} as Uint8Array, partition: 1 }])
    })
    await until(() => expect(told.at(-1)).toBe('works'))
    expect(await counted('posture_group_failures_total')).toEqual({ COMMIT_FAILED: 1 })
    expect(told[0]).toContain('group g did with records of input/1 could not be committed')
  })

  test('because it was asked to end is no failure', async () => {
    const { stream, told, write, counted } = await bench()
    await write(1)
    let started = false
    const consumption = await stream.consume(GROUP, ({ signal }) => {
      started = true
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    })
    await until(() => expect(started).toBe(true))
    await consumption.stop()
    expect(await counted('posture_group_failures_total')).toEqual({})
    expect(told.filter((each) => each !== 'works')).toEqual([])
  })
})
