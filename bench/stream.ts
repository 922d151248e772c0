import { randomUUID } from 'node:crypto'
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { kafkaAvailability } from '../test/servers/kafka/available.ts'
import { KafkaCluster } from '../test/servers/kafka/cluster.ts'
import { fillInput, measure, removeInput, type Plan } from './stream/measurement.ts'
import { tableOf, type Row } from './stream/table.ts'
import { canDo, OPERATIONS, SUBJECTS, type Measured, type Task } from './stream/task.ts'

// What the stream costs beside the least that its client can do: npm run bench:stream -- --help
const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
    compression: { type: 'string', default: 'zstd' },
    batch: { type: 'string', default: '500' },
    partitions: { type: 'string', default: '6' },
    bytes: { type: 'string', default: '3000' },
    only: { type: 'string', default: [...OPERATIONS].join() },
    profiles: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const HELP = `Records a second, and CPU seconds a million records, of publish, consume, copy (consume and publish, at least once)
and atomic copy (in the commit of the batch): through the port on both implementations, by a plain loop of kafkajs, and by
Kafka's own tools. Each measurement is a process of its own; they alternate, and the medians are shown.

  --records N      in one measurement, which does them twice and measures the second time (${values.records})
  --rounds N       (${values.rounds})
  --compression C  zstd, gzip, snappy, lz4 or none (${values.compression})
  --batch N        records in a call of publish, and at the most in a batch (${values.batch})
  --partitions N   (${values.partitions})
  --bytes N        of one record (${values.bytes})
  --only LIST      some operations (${values.only})
  --profiles DIR   writes a CPU profile of every measurement

Starts a Kafka broker of its own on 127.0.0.1 (Java and Maven), unless KAFKA_BROKERS names one.`
const BUSY = 0.3

if (values.help) console.log(HELP)
else await main()

async function main(): Promise<void> {
  const availability = kafkaAvailability()
  if (availability.from === 'nowhere') throw new Error(availability.why)
  await using cluster =
    availability.from === 'here' ? await KafkaCluster.start({ brokers: 1, jvm: ['-Xmx1g'] }) : undefined
  const brokers = cluster?.brokers ?? (availability.from === 'environment' ? availability.brokers : [])
  tellWhetherBusy()
  const plan: Plan = {
    records: Number(values.records),
    recordBytes: Number(values.bytes),
    batch: Number(values.batch),
    partitions: Number(values.partitions),
    compression: values.compression as Task['compression'],
    brokers,
    prefix: `bench-${randomUUID().slice(0, 8)}`,
    input: 'input',
    profiles: values.profiles,
  }
  const rows = await rounds(plan, Number(values.rounds), values.only.split(','))
  console.log(`\n${tableOf(rows, plan)}`)
}

async function rounds(plan: Plan, count: number, only: readonly string[]): Promise<Row[]> {
  const rows = OPERATIONS.filter((operation) => only.includes(operation)).flatMap((operation) =>
    SUBJECTS.filter((subject) => canDo(subject, operation)).map((subject): Row => ({
      operation,
      subject,
      measured: [],
    })),
  )
  await fillInput(plan)
  for (let round = 1; round <= count; round++) {
    for (const { operation, subject, measured } of rows) {
      const result: Measured = await measure(plan, { operation, subject })
      measured.push(result)
      const rate = Math.round(result.records / result.seconds)
      console.error(
        `${round}/${count} ${operation}, ${subject}: ${rate} records/s, ${result.cpuSeconds.toFixed(2)} CPU s`,
      )
    }
  }
  await removeInput(plan)
  return rows
}

function tellWhetherBusy(): void {
  const load = loadavg()[0]! / availableParallelism()
  if (load > BUSY)
    console.error(`The machine is busy (${load.toFixed(1)} of its CPUs over the last minute): the figures say less.`)
}
