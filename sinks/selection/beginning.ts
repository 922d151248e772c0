import { Type, type Static } from 'typebox'
import type { Stream, StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { progressRecord, readDeliveryRecord, type Owner, type Progress } from './delivery-records.ts'
import { readTopic } from '../../stream/read-topic.ts'

/** The `from` part of every sink's configuration. */
export const sinkFrom = Type.Enum(['state', 'earliest', 'now'], {
  default: 'state',
  description:
    'Where a sink starts that is new: with the latest state of every finding, with every revision that is still kept, or with what comes from now on. Changed later, it changes nothing',
})
export type SinkFrom = Static<typeof sinkFrom>

export interface BeginningOptions extends Owner {
  readonly group: string
  readonly from: SinkFrom
  /** Whether the sink has a filter, and so must remember what it has delivered. */
  readonly remembers: boolean
  readonly signal?: AbortSignal | undefined
}

export interface Beginning {
  /** Where the group starts, in partitions where it has no position. */
  readonly from: 'latest' | ReadonlyMap<number, bigint>
  /** How the sink stands, by partition; complete only where `remembers` is not asked for. */
  readonly progress: ReadonlyMap<number, Progress>
  /** Partitions in which the sink is new and gets the latest state of what stands there. */
  readonly firstReads: number
}

/**
 * Finds out where a sink is new, and writes down, before it reads anything, what makes it go on from the same moment after
 * a crash: in which partitions it gets only the latest state of what stands there now, and whether all that it delivered
 * is on record (it is where it is new, and no longer once it runs without a filter).
 */
export async function beginningOf(stream: Stream, options: BeginningOptions): Promise<Beginning> {
  const { name } = topics.findings
  const [positions, ends, beginnings] = await Promise.all([
    stream.positions(name, options.group),
    stream.ends(name),
    stream.beginnings(name),
  ])
  const newIn = [...ends.keys()].filter((partition) => !positions.has(partition))
  const starts = new Map<number, bigint>()
  const from = options.from === 'now' ? 'latest' : starts
  if (options.remembers && newIn.length === 0) return { from, progress: new Map(), firstReads: 0 }
  const before = await progressOf(stream, options)
  const progress = new Map<number, Progress>()
  for (const [partition, end] of ends) {
    const isNew = !positions.has(partition)
    const known = before.get(partition) ?? {}
    const begins = options.from === 'state' && isNew && known.latestBefore === undefined
    const isEmpty = (beginnings.get(partition) ?? 0n) >= end
    if (begins && isEmpty) starts.set(partition, end)
    const latestBefore = begins && !isEmpty ? String(end) : known.latestBefore
    const remembers = options.remembers && (isNew || known.remembers === true)
    progress.set(partition, { ...(latestBefore === undefined ? {} : { latestBefore }), remembers })
  }
  const changed = [...progress].filter(([partition, after]) => !isSame(before.get(partition) ?? {}, after))
  const records = changed.map(([partition, after]) => progressRecord(options, partition, after))
  if (records.length > 0) await stream.publish(topics.deliveries.name, records)
  const firstReads = changed.filter(([at, { latestBefore }]) => latestBefore !== before.get(at)?.latestBefore).length
  return { from, progress, firstReads }
}

function isSame(one: Progress, other: Progress): boolean {
  return one.latestBefore === other.latestBefore && (one.remembers ?? false) === (other.remembers ?? false)
}

/** Reads posture.deliveries whole, which is empty unless a sink has a filter or came later than the first finding. */
async function progressOf(stream: Stream, { signal, ...owner }: BeginningOptions): Promise<Map<number, Progress>> {
  const topic = topics.deliveries.name
  if ([...(await stream.ends(topic)).values()].every((end) => end === 0n)) return new Map()
  const latest = new Map<number, StreamRecord>()
  const take = (record: StreamRecord): void => {
    if (record.key === owner.name) latest.set(record.partition, record)
  }
  await readTopic(stream, topic, take, { signal })
  const reminders = [...latest].map(([partition, record]) => [partition, readDeliveryRecord(owner, record)] as const)
  return new Map(
    reminders.flatMap(([partition, each]) => (each && 'progress' in each ? [[partition, each.progress]] : [])),
  )
}
