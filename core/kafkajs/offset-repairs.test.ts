import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { repairKafkajs } from './repairs.ts'

interface Asked {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number }[]
}
interface Cluster {
  fetchTopicsOffset(topics: readonly Asked[]): Promise<unknown>
}

const require = createRequire(import.meta.url)

/** A cluster of two brokers, of which 1 leads partition 0 of the topic and 2 leads partition 1; `away` is not there. */
function cluster(known: readonly number[], away?: string, refresh = () => Promise.resolve()) {
  repairKafkajs()
  repairKafkajs()
  const Cluster = require('kafkajs/src/cluster') as { readonly prototype: Cluster }
  let looked = 0
  const broker = {
    listOffsets: async ({ topics }: { readonly topics: readonly Asked[] }) => ({
      responses: topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, offset: String(partition * 10) })),
      })),
    }),
  }
  const made = Object.assign(Object.create(Cluster.prototype) as Cluster, {
    brokerPool: {
      metadata: {
        topicMetadata: [{ topic: 't', partitionMetadata: known.map((id) => ({ partitionId: id, leader: id + 1 })) }],
      },
    },
    findBroker: async ({ nodeId }: { readonly nodeId: string }) => {
      if (nodeId === away) throw Object.assign(new Error('gone'), { name: 'KafkaJSConnectionError' })
      return broker
    },
    refreshMetadata: () => {
      looked += 1
      return refresh()
    },
  })
  return { cluster: made, looked: () => looked }
}

function asked(...partitions: readonly number[]): Asked[] {
  return [{ topic: 't', partitions: partitions.map((partition) => ({ partition })) }]
}

test('an answer that is whole is passed on, and nobody looks for leaders', async () => {
  const { cluster: whole, looked } = cluster([0, 1])
  const offsets = [
    { partition: 0, offset: '0' },
    { partition: 1, offset: '10' },
  ]
  expect(await whole.fetchTopicsOffset(asked(0, 1))).toEqual([{ topic: 't', partitions: offsets }])
  expect(looked()).toBe(0)
})

test('what is asked from a table that lacks the topic, or one of its partitions, is to be asked again', async () => {
  for (const [known, partitions] of [
    [[], []],
    [[0], [0, 1]],
  ] as const) {
    const { cluster: lacking, looked } = cluster(known)
    await expect(lacking.fetchTopicsOffset(asked(...partitions))).rejects.toMatchObject({
      name: 'KafkaJSMetadataNotLoaded',
    })
    expect(looked()).toBe(1)
  }
})

test('a leader that is gone is told at once, and the others are asked meanwhile who leads now', async () => {
  const { cluster: halved, looked } = cluster([0, 1], '2', () => sleep(60_000, undefined, { ref: false }))
  await expect(halved.fetchTopicsOffset(asked(0, 1))).rejects.toThrow('gone')
  expect(looked()).toBe(1)
})
