import { expect, test } from 'vitest'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'
import { workSlowly } from '../slow-handler.ts'

test('a handler that is slower than the session keeps its partitions, and every record is done once', async (context) => {
  const brokers = await sharedBrokers(context)
  const work = { records: 100, batch: 25, partitions: 2, handlerMs: 7000, sessionTimeoutMs: 6000, limitMs: 60_000 }
  const { joins, lastJoinSeconds, written } = await workSlowly({ brokers, ...work })
  expect(written.map(({ key }) => key).toSorted()).toEqual(
    Array.from({ length: work.records }, (_, index) => `r${index}`).toSorted(),
  )
  // The first member joins, and again when the second comes, which joins once or twice.
  expect(joins).toBeLessThanOrEqual(4)
  expect(lastJoinSeconds).toBeLessThan(work.handlerMs / 1000)
})
