import { randomBytes } from 'node:crypto'
import { describe, expect, onTestFinished, test, type TestContext } from 'vitest'
import { Publisher } from '../../stream/kafka/publisher.ts'
import type { Topic } from '../../stream/topics.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { consoleConsumer } from '../servers/kafka/console-consumer.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

const topic: Topic = { name: 'posture.events', partitions: 'many', cleanup: 'delete', summary: '' }

type Message = Parameters<Publisher['publish']>[1] extends ReadonlyMap<number, readonly (infer One)[]> ? One : never

interface Bench {
  readonly kafka: ScratchKafka
  readonly publisher: Publisher
  /** The broker's name of the topic. */
  readonly events: string
}

async function bench(context: TestContext): Promise<Bench> {
  const brokers = await sharedBrokers(context)
  const kafka = await ScratchKafka.create({ brokers, topics: [topic], partitions: 3 })
  const publisher = new Publisher(kafka.client(), kafka.options)
  onTestFinished(() => publisher.close())
  return { kafka, publisher, events: kafka.physical(topic.name) }
}

const message = (partition: number, key: string, value: Buffer): Message => ({ partition, key, value })

describe('publishing to Kafka', () => {
  test('keeps the order of many large records in each partition, whatever was sent as one', async (context) => {
    const { kafka, publisher, events } = await bench(context)
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    onTestFinished(() => void process.off('warning', note))
    const value = Buffer.from(randomBytes(60_000).toString('base64'))
    const calls = [0, 1, 2, 3].map((call) => {
      const of = (partition: number) =>
        Array.from({ length: 15 }, (_, index) => message(partition, `${call}-${index}`, value))
      return publisher.publish(events, new Map([0, 1, 2].map((partition) => [partition, of(partition)])))
    })
    await Promise.all(calls)
    const records = await consoleConsumer({ brokers: kafka.options.brokers, topic: events })
    const expected = [0, 1, 2, 3].flatMap((call) => Array.from({ length: 15 }, (_, index) => `${call}-${index}`))
    for (const partition of [0, 1, 2])
      expect(records.filter((each) => each.partition === partition).map(({ key }) => key)).toEqual(expected)
    expect(warnings).toEqual([])
  })

  test('refuses what the broker never takes, and goes on with the same producer', async (context) => {
    const { kafka, publisher, events } = await bench(context)
    const large = new Map([[0, [message(0, 'large', randomBytes(1_200_000))]]])
    const small = (key: string, partition: number) =>
      new Map([[partition, [message(partition, key, Buffer.from(key))]]])
    const [refused, ...others] = await Promise.allSettled([
      publisher.publish(events, large),
      publisher.publish(events, small('same partition', 0)),
      publisher.publish(events, small('another', 1)),
    ])
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'RECORD_TOO_LARGE', retryable: false } })
    expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    const records = await consoleConsumer({ brokers: kafka.options.brokers, topic: events })
    expect(records.map(({ key }) => String(key)).toSorted()).toEqual(['another', 'same partition'])
  })

  test('says that a topic is missing, and takes others afterwards', async (context) => {
    const { publisher, events } = await bench(context)
    const one = new Map([[0, [message(0, 'k', Buffer.from('v'))]]])
    await expect(publisher.publish(`${events}-not`, one)).rejects.toMatchObject({
      code: 'KAFKA_UNKNOWN_TOPIC',
      fault: 'configuration',
    })
    await publisher.publish(events, one)
  })
})
