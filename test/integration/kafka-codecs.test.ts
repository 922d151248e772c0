import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Publisher } from '../../stream/kafka/publisher.ts'
import type { Topic } from '../../stream/topics.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { consoleConsumer } from '../servers/kafka/console-consumer.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'
import { consoleProducer } from '../servers/kafka/tools.ts'

const topic: Topic = { name: 'posture.events', partitions: 'one', cleanup: 'delete', summary: '' }
const texts = Array.from({ length: 400 }, (_, index) => `${index} ${'grün € '.repeat(index % 60)}`)

/** A file of client properties for Kafka's own tools. */
function properties(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'codec-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'client.properties'), text)
  return join(directory, 'client.properties')
}

test.each(['zstd', 'lz4', 'snappy', 'gzip'] as const)(
  '%s is read by the Java client, and read from it',
  async (compression) => {
    const brokers = await sharedBrokers({ skip: test.skip as never })
    const kafka = await ScratchKafka.create({ brokers, topics: [topic] })
    const events = kafka.physical(topic.name)
    const publisher = new Publisher(kafka.client(), { compression })
    onTestFinished(() => publisher.close())

    await publisher.publish(
      events,
      new Map([[0, texts.map((text) => ({ key: 'ours', value: Buffer.from(text), partition: 0 }))]]),
    )
    const commandConfig = properties(`compression.type=${compression}\nbatch.size=100000\nlinger.ms=100\n`)
    const theirs = texts.map((value) => ({ key: 'theirs', value }))
    await consoleProducer({ brokers, topic: events, commandConfig }, theirs)

    const both = [...texts, ...texts]
    expect((await consoleConsumer({ brokers, topic: events })).map(({ value }) => value)).toEqual(both)
    const stream = await kafka.open()
    onTestFinished(() => stream.close())
    const read: string[] = []
    const following = await stream.follow(topic.name, (records) => {
      for (const { value } of records) read.push(Buffer.from(value ?? []).toString())
    })
    await following.ready
    await following.stop()
    expect(read).toEqual(both)
  },
)
