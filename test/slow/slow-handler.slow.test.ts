import { expect, test } from 'vitest'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'
import { workSlowly } from '../slow-handler.ts'

test('1,000 records, 20 s a batch of 100, a session of 10 s, two members', async (context) => {
  const brokers = await sharedBrokers(context)
  const work = { records: 1000, batch: 100, partitions: 4, handlerMs: 20_000, sessionTimeoutMs: 10_000 }
  const { seconds, batches, joins, lastJoinSeconds, written } = await workSlowly({ brokers, ...work, limitMs: 300_000 })
  const distinct = new Set(written.map(({ key }) => key)).size
  console.log(
    `${work.records} records in ${batches} batches took ${seconds.toFixed(0)} s; ${joins} joins, the last after ` +
      `${lastJoinSeconds.toFixed(1)} s; ${distinct} records done, ${written.length - distinct} of them twice`,
  )
  expect(distinct).toBe(work.records)
  expect(written).toHaveLength(work.records)
  expect(joins).toBeLessThanOrEqual(4)
  expect(seconds).toBeLessThan(300)
})
