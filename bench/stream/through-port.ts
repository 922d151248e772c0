import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import { KafkaStream } from '../../stream/kafka/kafka-stream.ts'
import type { OutgoingRecord, Stream, StreamRecord } from '../../stream/stream.ts'
import { kafkaOptions, topicsOf } from './bench-topics.ts'
import { loadOf } from './load.ts'
import { Stopwatch, type Measured, type Task } from './task.ts'

/** Measures one operation through the port, when it is done for the second time: by then the code is compiled. */
export async function throughPort(task: Task): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), 'posture-bench-'))
  const topics = topicsOf(task)
  const stream =
    task.subject === 'embedded'
      ? await EmbeddedStream.open({ directory, topics, partitions: task.partitions })
      : await KafkaStream.open({ ...kafkaOptions(task), topics })
  try {
    // What the embedded stream reads it has to write first; on a broker it is there.
    if (task.subject === 'embedded' && task.operation !== 'publish') await publishAll(stream, task.input, task)
    await operations[task.operation](stream, task, 'warm-up')
    return await operations[task.operation](stream, task, 'measured')
  } finally {
    await stream.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Writes what the measurements read. */
export async function fill(task: Task): Promise<void> {
  const stream = await KafkaStream.open({ ...kafkaOptions(task), topics: topicsOf(task) })
  await publishAll(stream, task.input, task)
  await stream.close()
}

type Work = (stream: Stream, task: Task, pass: string) => Promise<Measured>

const operations: Readonly<Record<Task['operation'], Work>> = {
  publish: async (stream, task) => {
    const watch = new Stopwatch(task.records)
    for (const call of calls(task)) {
      await stream.publish(task.output, call)
      watch.add(call.length)
    }
    return watch.done
  },
  consume: (stream, task, pass) => consumed(stream, task, pass, async () => {}),
  copy: (stream, task, pass) => consumed(stream, task, pass, (records) => stream.publish(task.output, records)),
  'atomic copy': (stream, task, pass) =>
    consumed(stream, task, pass, async (records, publish) => publish(task.output, records)),
}

type Publish = (topic: string, records: readonly OutgoingRecord[]) => void
type Handle = (records: readonly StreamRecord[], publish: Publish) => Promise<void>

/** Everything in the input, from joining the group on: who reads ahead is measured with all that it reads. */
async function consumed(stream: Stream, task: Task, pass: string, handle: Handle): Promise<Measured> {
  const options = { topic: task.input, group: `bench-${process.pid}-${pass}`, maxRecords: task.batch }
  const watch = new Stopwatch(task.records)
  const consumption = await stream.consume(options, async (batch) => {
    await handle(batch.records, (name, records) => batch.publish(name, records))
    return () => watch.add(batch.records.length)
  })
  const measured = await watch.done
  await consumption.stop()
  return measured
}

async function publishAll(stream: Stream, topic: string, task: Task): Promise<void> {
  for (const call of calls(task)) await stream.publish(topic, call)
}

/** Records for every partition in turn. */
function* calls({ records, batch, partitions, recordBytes }: Task): Generator<OutgoingRecord[]> {
  const load = loadOf(recordBytes)
  for (let from = 0; from < records; from += batch) {
    const length = Math.min(batch, records - from)
    yield Array.from({ length }, (_, at) => {
      const next = from + at
      return { ...load[next % load.length]!, partition: next % partitions }
    })
  }
}
