import { repeated, runTool, type ToolAccess } from './tool.ts'

export interface NewTopic extends ToolAccess {
  readonly topic: string
  readonly partitions: number
  /** As the cluster's default unless told. */
  readonly replication?: number
  readonly config?: Readonly<Record<string, string>>
}

/** What a performance tool measured. */
export interface Performance {
  readonly records: number
  /** Wall clock, without the start of Java. */
  readonly seconds: number
  readonly recordsPerSecond: number
  /** User and system time, with the start of Java. */
  readonly cpuSeconds: number
}

export interface PerformanceOptions extends ToolAccess {
  readonly topic: string
  readonly records: number
  /** Client properties, as `compression.type`. */
  readonly properties?: Readonly<Record<string, string>>
}

export interface ProducerPerformanceOptions extends PerformanceOptions {
  /** Bytes. */
  readonly recordSize: number
  /** Records a second; as many as possible unless told. */
  readonly throughput?: number
}

export async function createTopic({ topic, partitions, replication, config = {}, ...access }: NewTopic): Promise<void> {
  const copies = replication === undefined ? [] : ['--replication-factor', `${replication}`]
  const args = [
    '--create',
    '--topic',
    topic,
    '--partitions',
    `${partitions}`,
    ...copies,
    ...repeated('--config', config),
  ]
  await runTool({ ...access, main: 'TopicCommand', args })
}

/** The names of the topics that the client may see. */
export async function listTopics(access: ToolAccess): Promise<string[]> {
  const { stdout } = await runTool({ ...access, main: 'TopicCommand', args: ['--list'] })
  return stdout.split('\n').filter((line) => line !== '')
}

/** A record for `consoleProducer`; neither tabs nor line feeds anywhere, nor commas or colons in headers. */
export interface ConsoleInput {
  readonly key: string
  readonly value: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** Writes records with Kafka's own client (acks all, idempotent); resolves once the brokers have acknowledged them. */
export async function consoleProducer(
  { topic, ...access }: ToolAccess & { readonly topic: string },
  records: Iterable<ConsoleInput>,
): Promise<void> {
  const properties = { 'parse.key': 'true', 'parse.headers': 'true', 'null.marker': NULL }
  const args = ['--topic', topic, ...repeated('--reader-property', properties)]
  const { stderr } = await runTool({ ...access, main: 'ConsoleProducer', args, input: lines(records) })
  // It reports what it could not send, and ends well.
  if (stderr.includes('ERROR')) throw new Error(`The console producer could not write to ${topic}:\n${stderr}`)
}

const NULL = '\u001A'

function* lines(records: Iterable<ConsoleInput>): Generator<string> {
  for (const { key, value, headers = {} } of records) {
    const pairs = Object.entries(headers).map((pair) => pair.join(':'))
    yield `${pairs.length === 0 ? NULL : pairs.join(',')}\t${key}\t${value ?? NULL}\n`
  }
}

/** Writes random records as fast as Kafka's own client can. */
export async function producerPerformance(what: ProducerPerformanceOptions): Promise<Performance> {
  const { topic, records, recordSize, throughput = -1, properties = {}, ...access } = what
  const load = ['--num-records', `${records}`, '--record-size', `${recordSize}`, '--throughput', `${throughput}`]
  const args = ['--topic', topic, ...load, ...repeated('--command-property', properties)]
  const { stdout, cpuSeconds } = await runTool({ ...access, main: 'ProducerPerformance', args, jvm: [] })
  // The last line sums up, those before it report on the way.
  const [, sent, rate] = /(\d+) records sent, ([\d.]+) records\/sec/.exec(stdout.trimEnd().split('\n').at(-1)!) ?? []
  if (Number(sent) !== records) throw new Error(`The producer sent ${sent} of ${records} records:\n${stdout}`)
  return { records, seconds: records / Number(rate), recordsPerSecond: Number(rate), cpuSeconds }
}

/** Reads a topic from its beginning as fast as Kafka's own client can; it may read some more than `records`. */
export async function consumerPerformance(what: PerformanceOptions): Promise<Performance> {
  const { topic, records: wanted, properties = {}, ...access } = what
  const args = ['--topic', topic, '--num-records', `${wanted}`, ...repeated('--command-property', properties)]
  const { stdout, cpuSeconds } = await runTool({ ...access, main: 'ConsumerPerformance', args, jvm: [] })
  const [names, figures] = stdout
    .split('\n')
    .slice(-3)
    .map((line) => line.split(',').map((cell) => cell.trim()))
  const figure = (name: string) => Number(figures?.[names?.indexOf(name) ?? -1])
  const [records, recordsPerSecond] = [figure('data.consumed.in.nMsg'), figure('nMsg.sec')]
  if (!(records >= wanted)) throw new Error(`The consumer read ${records} of ${wanted} records:\n${stdout}`)
  return { records, seconds: records / recordsPerSecond, recordsPerSecond, cpuSeconds }
}

/** The node that leads the controllers: clients never learn it, KRaft tells them any broker. */
export async function activeController(access: ToolAccess): Promise<number> {
  const { stdout } = await runTool({ ...access, main: 'MetadataQuorumCommand', args: ['describe', '--status'] })
  return Number(/LeaderId:\s+(\d+)/.exec(stdout)?.[1])
}
