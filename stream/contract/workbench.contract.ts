import { setTimeout as sleep } from 'node:timers/promises'
import { vi } from 'vitest'
import type { Batch, OutgoingRecord, Stream, StreamRecord } from '../stream.ts'
import type { Topic } from '../topics.ts'

/** Opens a stream without any records, with these topics and as many partitions for those with `many`. */
export type OpenStream = (topics: readonly Topic[], partitions: number) => Promise<Stream>

const topic = (name: string, rest: Pick<Topic, 'partitions' | 'cleanup'>): Topic => ({
  name: `contract.${name}`,
  summary: 'Made by the contract suite',
  ...rest,
})

const contractTopics = [
  topic('input', { partitions: 'many', cleanup: 'delete' }),
  topic('output', { partitions: 'many', cleanup: 'delete' }),
  topic('state', { partitions: 'many', cleanup: 'compact' }),
  topic('single', { partitions: 'one', cleanup: 'compact' }),
]

export const INPUT = 'contract.input'
export const OUTPUT = 'contract.output'
export const STATE = 'contract.state'
export const SINGLE = 'contract.single'
export const PARTITIONS = 4

/** What the tests of one suite work with: streams that are closed after each test, and waiting on the suite's scale. */
export class Workbench {
  readonly #open: OpenStream
  readonly #scale: number
  readonly #streams: Stream[] = []

  constructor(open: OpenStream, scale: number) {
    this.#open = open
    this.#scale = scale
  }

  async open(): Promise<Stream> {
    const stream = await this.#open(contractTopics, PARTITIONS)
    this.#streams.push(stream)
    return stream
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#streams.splice(0).map((stream) => stream.close()))
  }

  /** Resolves once `check` no longer throws. */
  async until(check: () => Promise<void> | void): Promise<void> {
    await vi.waitFor(check, { timeout: 5000 * this.#scale, interval: 10 })
  }

  /** Long enough for what must not happen to have happened. */
  async pause(): Promise<void> {
    await sleep(this.ms(100))
  }

  ms(ms: number): number {
    return ms * this.#scale
  }
}

/** Records for one partition, whose keys are their values. */
export function records(partition: number, ...values: readonly string[]): OutgoingRecord[] {
  return values.map((value) => ({ key: value, value: Buffer.from(value), partition }))
}

export function numbered(count: number, partition = 0): OutgoingRecord[] {
  return records(partition, ...Array.from({ length: count }, (_, index) => `r${index}`))
}

export function text({ value }: StreamRecord): string | null {
  return value === null ? null : Buffer.from(value).toString()
}

export function texts(batch: { readonly records: readonly StreamRecord[] }): (string | null)[] {
  return batch.records.map(text)
}

export function sorted(values: readonly (string | null | undefined)[]): string[] {
  return values.map(String).toSorted()
}

/** Everything in a topic, by partition and offset. */
export async function readAll(stream: Stream, name: string): Promise<StreamRecord[]> {
  const all: StreamRecord[] = []
  const following = await stream.follow(name, (some) => void all.push(...some))
  await following.ready
  await following.stop()
  return all.toSorted((a, b) => a.partition - b.partition || Number(a.offset - b.offset))
}

export async function readTexts(stream: Stream, name: string): Promise<(string | null)[]> {
  return (await readAll(stream, name)).map(text)
}

/** Rejects when the batch is to be let go of. */
export async function untilAborted({ signal }: Pick<Batch, 'signal'>): Promise<never> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  throw new Error('let go')
}
