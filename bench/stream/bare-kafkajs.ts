import kafkajs, { type EachBatchPayload, type Kafka, type Message, type Producer } from 'kafkajs'
import { compressionType, registerCodecs } from '../../stream/kafka/codecs.ts'
import { loadOf } from './load.ts'
import { Stopwatch, type Measured, type Task } from './task.ts'

/** The same work by the shortest loop that kafkajs allows, with nothing of ours but the codecs; the second time counts. */
export async function bareKafkajs(task: Task): Promise<Measured> {
  registerCodecs()
  const kafka = new kafkajs.Kafka({ clientId: 'bare', brokers: [...task.brokers], logLevel: kafkajs.logLevel.NOTHING })
  const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false })
  if (task.operation !== 'consume') await producer.connect()
  const once = (pass: string): Promise<Measured> =>
    task.operation === 'publish' ? publish(producer, task) : consume(kafka, task, pass, producer)
  try {
    await once('warm-up')
    return await once('measured')
  } finally {
    await producer.disconnect()
  }
}

async function publish(producer: Producer, task: Task): Promise<Measured> {
  const load = loadOf(task.recordBytes)
  const compression = compressionType(task.compression)
  const watch = new Stopwatch(task.records)
  for (let from = 0; from < task.records; from += task.batch) {
    const length = Math.min(task.batch, task.records - from)
    const messages = Array.from({ length }, (_, at): Message => {
      const next = from + at
      const { key, value, headers } = load[next % load.length]!
      return { key, value, headers: { ...headers }, partition: next % task.partitions }
    })
    await producer.send({ topic: `${task.prefix}.${task.output}`, messages, compression })
    watch.add(messages.length)
  }
  return watch.done
}

async function consume(kafka: Kafka, task: Task, pass: string, producer: Producer): Promise<Measured> {
  const watch = new Stopwatch(task.records)
  const consumer = kafka.consumer({ groupId: `bare-${process.pid}-${pass}`, maxWaitTimeInMs: 250 })
  const compression = compressionType(task.compression)
  await consumer.connect()
  await consumer.subscribe({ topic: `${task.prefix}.${task.input}`, fromBeginning: true })
  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { batch, resolveOffset, commitOffsetsIfNecessary, heartbeat } = payload
    const { topic, partition, messages } = batch
    if (task.operation === 'copy') {
      const copies = messages.map(({ key, value, headers = {} }) => ({ key, value, headers, partition }))
      await producer.send({ topic: `${task.prefix}.${task.output}`, messages: copies, compression })
    }
    const last = batch.lastOffset()
    const offset = String(BigInt(last) + 1n)
    resolveOffset(last)
    await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] })
    await heartbeat()
    watch.add(messages.length)
  }
  await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch })
  const measured = await watch.done
  await consumer.disconnect()
  return measured
}
