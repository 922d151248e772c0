import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { repairKafkajs } from './repairs.ts'

interface Coordinator {
  heartbeat(): Promise<void>
}
interface Group {
  coordinator: Coordinator
  memberId: string
  offsetManager: { coordinator: Coordinator }
  lastRequest: number
  heartbeat(options: { readonly interval: number }): Promise<void>
  recoverFromFetch(error: Error): Promise<void>
}

const require = createRequire(import.meta.url)
const silent = { namespace: () => silent, debug() {}, info() {}, warn() {}, error() {} }

/** An error as kafkajs makes it. */
function failure(name: string, type?: string): Error {
  return Object.assign(new Error(name), { name, type })
}

function coordinator(error?: () => Error): Coordinator & { asked: number } {
  return {
    asked: 0,
    async heartbeat() {
      this.asked += 1
      if (error !== undefined) throw error()
    },
  }
}

/** A member of a group whose cluster answers as told, and that counts what it says. */
function member(
  first: Coordinator,
  find: () => Promise<Coordinator>,
): { group: Group; confirmed: unknown[]; refreshed: number[] } {
  repairKafkajs()
  repairKafkajs()
  const confirmed: unknown[] = []
  const refreshed: number[] = []
  const ConsumerGroup = require('kafkajs/src/consumer/consumerGroup') as new (options: object) => Group
  const group = new ConsumerGroup({
    retry: {},
    groupId: 'group',
    topics: [],
    logger: silent,
    cluster: { findGroupCoordinator: find, refreshMetadata: async () => void refreshed.push(performance.now()) },
    instrumentationEmitter: { emit: (event: string) => confirmed.push(event) },
  })
  Object.assign(group, {
    memberId: 'member',
    coordinator: first,
    offsetManager: { coordinator: first },
    lastRequest: 0,
  })
  return { group, confirmed, refreshed }
}

const now = { interval: 0 }

describe('a member whose coordinator is gone', () => {
  test('looks for the new one while it goes on, and is confirmed by that one only', async () => {
    const lost = coordinator(() => failure('KafkaJSConnectionError'))
    const next = coordinator()
    const finding = Promise.withResolvers<Coordinator>()
    let searches = 0
    const { group, confirmed } = member(lost, () => {
      searches += 1
      return finding.promise
    })
    await group.heartbeat(now)
    await Promise.all([group.heartbeat(now), group.heartbeat(now)])
    expect([lost.asked, searches, confirmed.length]).toEqual([1, 1, 0])

    finding.resolve(next)
    await sleep(0)
    await group.heartbeat(now)
    expect([next.asked, confirmed.length]).toEqual([1, 1])
    expect(group.offsetManager.coordinator).toBe(next)
  })

  test('asks again where it has moved, and hears of what keeps it from being found', async () => {
    const moved = coordinator(() => failure('KafkaJSProtocolError', 'NOT_COORDINATOR_FOR_GROUP'))
    const refused = failure('KafkaJSProtocolError', 'GROUP_AUTHORIZATION_FAILED')
    const { group } = member(moved, () => Promise.reject(refused))
    await group.heartbeat(now)
    await sleep(0)
    await expect(group.heartbeat(now)).rejects.toBe(refused)
    await group.heartbeat(now)
    expect(moved.asked).toBe(2)
  })

  test('keeps the one that it has joined with in the meantime', async () => {
    const finding = Promise.withResolvers<Coordinator>()
    const { group } = member(
      coordinator(() => failure('KafkaJSConnectionClosedError')),
      () => finding.promise,
    )
    await group.heartbeat(now)
    const joined = coordinator()
    group.coordinator = joined
    finding.resolve(coordinator())
    await sleep(0)
    expect(group.coordinator).toBe(joined)
  })

  test('is told at once that the group is moving, or that it is no member any more', async () => {
    for (const type of ['REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION']) {
      const error = failure('KafkaJSProtocolError', type)
      const { group } = member(
        coordinator(() => error),
        () => Promise.reject(new Error('nobody asks')),
      )
      await expect(group.heartbeat(now)).rejects.toBe(error)
    }
  })
})

test('a fetch from a leader that is gone asks who leads now, after a pause, and fails nobody', async () => {
  const { group, refreshed } = member(coordinator(), () => Promise.reject(new Error('nobody asks')))
  const began = performance.now()
  await group.recoverFromFetch(failure('KafkaJSConnectionError'))
  expect(refreshed).toHaveLength(1)
  expect(refreshed[0]! - began).toBeGreaterThan(100)
  await expect(group.recoverFromFetch(failure('KafkaJSUnknown'))).rejects.toThrow('KafkaJSUnknown')
})

describe('a question that any broker can answer', () => {
  interface Pool {
    withBroker(ask: (found: { readonly nodeId: string }) => Promise<string>): Promise<string | null>
  }

  /** A pool of three brokers; `away` cannot be reached, and 3 is the only one with a connection. */
  function pool(away: readonly string[]): { readonly pool: Pool; readonly tried: string[] } {
    repairKafkajs()
    const BrokerPool = require('kafkajs/src/cluster/brokerPool') as { readonly prototype: Pool }
    const tried: string[] = []
    const broker = (id: string) => ({ isConnected: () => id === '3' })
    const brokers = Object.fromEntries(['1', '2', '3'].map((id) => [id, broker(id)]))
    const findBroker = async ({ nodeId }: { readonly nodeId: string }): Promise<object> => {
      tried.push(nodeId)
      if (away.includes(nodeId)) throw failure('KafkaJSConnectionError')
      return broker(nodeId)
    }
    return { pool: Object.assign(Object.create(BrokerPool.prototype) as Pool, { brokers, findBroker }), tried }
  }

  const name = ({ nodeId }: { readonly nodeId: string }) => Promise.resolve(nodeId)

  test('goes to one that is connected, and past those that are away or fail', async () => {
    const connected = pool([])
    expect([await connected.pool.withBroker(name), connected.tried]).toEqual(['3', ['3']])
    expect(await pool(['3', '1']).pool.withBroker(name)).toBe('2')
    const onlyOne = (found: { readonly nodeId: string }) =>
      found.nodeId === '1' ? name(found) : Promise.reject(new Error('ask another'))
    expect(await pool([]).pool.withBroker(onlyOne)).toBe('1')
  })

  test('fails as unreachable where none can be reached, and has no answer where all fail', async () => {
    await expect(pool(['1', '2', '3']).pool.withBroker(name)).rejects.toThrow('KafkaJSConnectionError')
    expect(await pool([]).pool.withBroker(() => Promise.reject(new Error('no')))).toBeNull()
  })
})
