import { assert, integer, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { murmur2, partitionFor } from './partitioner.ts'

// The vectors of org.apache.kafka.common.utils.UtilsTest.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])("hashes '%s' as Kafka's Java client does", (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash)
})

test('hashes the bytes of a view, not of the buffer that it lies in', () => {
  expect(murmur2(Buffer.from('xxfoobarxx').subarray(2, 8))).toBe(-790332482)
})

test('drops the sign bit of a hash instead of negating it', () => {
  expect(partitionFor('21', 12)).toBe((-973932308 & 0x7fffffff) % 12)
})

test('puts any key into an existing partition, the same one every time', () => {
  assert(
    property(string({ unit: 'binary' }), integer({ min: 1, max: 1000 }), (key, partitions) => {
      const partition = partitionFor(key, partitions)
      expect(partition).toBeGreaterThanOrEqual(0)
      expect(partition).toBeLessThan(partitions)
      expect(partitionFor(key, partitions)).toBe(partition)
    }),
  )
})
