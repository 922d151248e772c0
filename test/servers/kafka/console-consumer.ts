import { repeated, runTool, type ToolAccess } from './tool.ts'

const MAX_HEAP = '-Xmx1g'
const IDLE_MS = 5000
const FIELD = '\u001F'
const RECORD = 0x1e
const HEADER = '\u001D'
const NULL = '\u001A'
const format = {
  'print.timestamp': 'true',
  'print.partition': 'true',
  'print.offset': 'true',
  'print.headers': 'true',
  'print.key': 'true',
  'key.separator': FIELD,
  'line.separator': String.fromCharCode(RECORD),
  'headers.separator': HEADER,
  'null.literal': NULL,
}
const PARSED =
  /^(?:CreateTime|LogAppendTime):(-?\d+)\u001FPartition:(\d+)\u001FOffset:(\d+)\u001F([^\u001F]*)\u001F([^\u001F]*)\u001F([^]*)$/

export interface ConsoleConsumerOptions extends ToolAccess {
  readonly topic: string
  /** All of them unless told. */
  readonly partition?: number
  /** The broker's own default is the other; `read_committed` unless told. */
  readonly isolation?: 'read_committed' | 'read_uncommitted'
  /** Ends when no record came for this long: 5,000 unless told. More where brokers may be electing leaders. */
  readonly timeoutMs?: number
}

/** A record as Kafka's own consumer reads it. Bytes that are not UTF-8 come out as U+FFFD. */
export interface ConsoleRecord {
  readonly partition: number
  readonly offset: number
  /** When it was written, in milliseconds since the epoch. */
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: Readonly<Record<string, string>>
}

/** Reads a topic from its beginning with Kafka's own client: what it returns is what the log holds, whatever we believe. */
export async function consoleConsumer(options: ConsoleConsumerOptions): Promise<ConsoleRecord[]> {
  const records: ConsoleRecord[] = []
  await readConsole(options, (record) => records.push(record))
  return records
}

/** As `consoleConsumer`, for a topic that does not fit into memory. Resolves to the number of records. */
export async function readConsole(
  options: ConsoleConsumerOptions,
  handle: (record: ConsoleRecord) => void,
): Promise<number> {
  let count = 0
  const output = async (printed: AsyncIterable<Buffer>) => {
    for await (const line of split(printed)) {
      handle(parse(line))
      count += 1
    }
  }
  const run = { ...options, main: 'consumer.ConsoleConsumer', args: argumentsOf(options), output, jvm: [MAX_HEAP] }
  const { stderr } = await runTool(run)
  if (count === 0 && stderr.includes('UNKNOWN_TOPIC_OR_PARTITION'))
    throw new Error(`There is no topic ${options.topic}`)
  const said = Number(/Processed a total of (\d+) messages/.exec(stderr)?.[1])
  // A tool that meets an error prints it and ends well.
  if (said !== count || !stderr.includes('TimeoutException'))
    throw new Error(`The console consumer did not read ${options.topic} to its end (${count} of ${said}):\n${stderr}`)
  return count
}

function argumentsOf({
  topic,
  partition,
  isolation = 'read_committed',
  timeoutMs = IDLE_MS,
}: ConsoleConsumerOptions): string[] {
  const from = partition === undefined ? ['--from-beginning'] : ['--partition', `${partition}`, '--offset', 'earliest']
  const end = ['--isolation-level', isolation, '--timeout-ms', `${timeoutMs}`]
  return ['--topic', topic, ...from, ...end, ...repeated('--formatter-property', format)]
}

async function* split(printed: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = []
  for await (const chunk of printed) {
    let from = 0
    for (let at = chunk.indexOf(RECORD); at >= 0; at = chunk.indexOf(RECORD, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, at)]).toString()
      parts = []
      from = at + 1
    }
    parts.push(chunk.subarray(from))
  }
}

function parse(line: string): ConsoleRecord {
  const fields = PARSED.exec(line)
  if (fields === null)
    throw new Error(`The console consumer printed something else than a record: ${line.slice(0, 500)}`)
  const [, timestamp, partition, offset, headers, key, value] = fields as unknown as string[]
  return {
    partition: Number(partition),
    offset: Number(offset),
    timestamp: Number(timestamp),
    key: key === NULL ? null : key!,
    value: value === NULL ? null : value!,
    headers: headers === 'NO_HEADERS' ? {} : Object.fromEntries(headers!.split(HEADER).map(pair)),
  }
}

function pair(header: string): [string, string] {
  const colon = header.indexOf(':')
  return [header.slice(0, colon), header.slice(colon + 1)]
}
