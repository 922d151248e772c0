import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import { partitionFor } from '../partitioner.ts'
import { MAX_RECORD_BYTES, recordBytes } from '../stream.ts'
import {
  INPUT,
  numbered,
  PARTITIONS,
  readAll,
  readTexts,
  records,
  SINGLE,
  type Workbench,
} from './workbench.contract.ts'

/** What `publish` promises. */
export function publishingContract(bench: Workbench): void {
  describe('publishing', () => {
    test('keeps key, value and headers, and adds topic, partition, offset and time', async () => {
      const stream = await bench.open()
      const before = Date.now()
      const headers = { ce_type: 'finding.observed', tenant: 'Grüße ✓' }
      await stream.publish(INPUT, [{ key: 'schlüssel', value: Buffer.from([0, 255, 10]), headers, partition: 2 }])
      const [record] = await readAll(stream, INPUT)
      expect(record).toMatchObject({ topic: INPUT, partition: 2, offset: 0n, key: 'schlüssel', headers })
      expect([...(record?.value ?? [])]).toEqual([0, 255, 10])
      expect(record?.timestamp).toBeGreaterThanOrEqual(before)
      expect(record?.timestamp).toBeLessThanOrEqual(Date.now())
    })

    test('tells a null value from an empty one', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, [
        { key: 'null', value: null, partition: 0 },
        { key: 'empty', value: new Uint8Array(), partition: 0 },
      ])
      const [first, second] = await readAll(stream, INPUT)
      expect(first?.value).toBeNull()
      expect(second?.value?.byteLength).toBe(0)
      expect(second?.headers).toEqual({})
    })

    test('carries the largest record unchanged', async () => {
      const stream = await bench.open()
      const value = randomBytes(MAX_RECORD_BYTES - 'big'.length)
      await stream.publish(INPUT, [{ key: 'big', value }])
      const [record] = await readAll(stream, INPUT)
      expect(Buffer.from(record?.value ?? []).equals(value)).toBe(true)
    })

    test('refuses a record over the limit and all of its call, and takes what others publish at the same time', async () => {
      const stream = await bench.open()
      const large = { key: 'large', value: randomBytes(MAX_RECORD_BYTES), headers: { a: 'b' }, partition: 0 }
      expect(recordBytes(large)).toBeGreaterThan(MAX_RECORD_BYTES)
      const calls = [
        stream.publish(INPUT, records(0, 'before')),
        stream.publish(INPUT, [...records(0, 'beside'), large]),
        stream.publish(INPUT, records(0, 'after')),
      ]
      const [before, refused, after] = await Promise.allSettled(calls)
      expect([before?.status, after?.status]).toEqual(['fulfilled', 'fulfilled'])
      expect(refused).toMatchObject({
        status: 'rejected',
        reason: { constructor: PermanentError, code: 'RECORD_TOO_LARGE', message: expect.stringContaining('large') },
      })
      expect(await readTexts(stream, INPUT)).toEqual(['before', 'after'])
    })

    test('publishing nothing does nothing', async () => {
      const stream = await bench.open()
      await stream.publish(INPUT, [])
      expect(await readAll(stream, INPUT)).toEqual([])
    })

    test('chooses the partition by the key as Kafka does, by partitionBy before it, by partition before both', async () => {
      const stream = await bench.open()
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)
      await stream.publish(
        INPUT,
        keys.flatMap((key) => [
          { key, value: Buffer.from('key') },
          { key, value: Buffer.from('partitionBy'), partitionBy: 'acme/1' },
          { key, value: Buffer.from('partition'), partitionBy: 'acme/1', partition: 3 },
        ]),
      )
      const all = await readAll(stream, INPUT)
      expect(all).toHaveLength(60)
      for (const { key, value, partition } of all) {
        const how = Buffer.from(value ?? []).toString()
        const expected = {
          key: partitionFor(key, PARTITIONS),
          partitionBy: partitionFor('acme/1', PARTITIONS),
          partition: 3,
        }
        expect([how, partition]).toEqual([how, expected[how as keyof typeof expected]])
      }
    })

    test('puts everything of a topic with one partition into it', async () => {
      const stream = await bench.open()
      await stream.publish(
        SINGLE,
        ['a', 'b', 'c'].map((key) => ({ key, value: Buffer.from(key) })),
      )
      expect(await readTexts(stream, SINGLE)).toEqual(['a', 'b', 'c'])
      expect([...(await stream.ends(SINGLE)).keys()]).toEqual([0])
    })

    test('keeps the order within a partition, with rising offsets', async () => {
      const stream = await bench.open()
      for (let round = 0; round < 5; round += 1) await stream.publish(INPUT, records(1, `${round}a`, `${round}b`))
      const all = await readAll(stream, INPUT)
      expect(all.map(({ key }) => key).join(' ')).toBe('0a 0b 1a 1b 2a 2b 3a 3b 4a 4b')
      expect(all.every(({ offset }, index) => index === 0 || offset > all[index - 1]!.offset)).toBe(true)
    })

    test('keeps the order of calls that nobody waits for in between, and loses none', async () => {
      const stream = await bench.open()
      const calls = Array.from({ length: 20 }, (_, call) =>
        records(1, ...numbered(10).map(({ key }) => `${call}-${key}`)),
      )
      await Promise.all(calls.map((call) => stream.publish(INPUT, call)))
      expect(await readTexts(stream, INPUT)).toEqual(calls.flat().map(({ key }) => key))
    })

    test('refuses an unknown topic', async () => {
      const stream = await bench.open()
      const refused = expect.objectContaining({ constructor: PermanentError, code: 'STREAM_UNKNOWN_TOPIC' })
      await expect(stream.publish('contract.unknown', numbered(1))).rejects.toEqual(refused)
      await expect(stream.consume({ topic: 'contract.unknown', group: 'g' }, async () => {})).rejects.toEqual(refused)
      await expect(stream.follow('contract.unknown', () => {})).rejects.toEqual(refused)
      await expect(stream.lag('contract.unknown', 'g')).rejects.toEqual(refused)
      await expect(stream.ends('contract.unknown')).rejects.toEqual(refused)
      await expect(stream.beginnings('contract.unknown')).rejects.toEqual(refused)
    })

    test('refuses an unknown partition, and writes nothing of that call', async () => {
      const stream = await bench.open()
      const wrong = [...records(0, 'good'), ...records(PARTITIONS, 'bad')]
      await expect(stream.publish(INPUT, wrong)).rejects.toMatchObject({ code: 'STREAM_UNKNOWN_PARTITION' })
      expect(await readAll(stream, INPUT)).toEqual([])
    })
  })
}
