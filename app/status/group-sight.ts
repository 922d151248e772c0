import { ENRICHMENT_GROUP } from '../../enrichment/enrichment-group.ts'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import {
  behind,
  isLive,
  unreadBy,
  type SeenConfiguration,
  type SeenGroup,
  type SeenPartition,
  type SeenReport,
} from './observation.ts'
import { firstRecords } from './first-records.ts'
import { oldestRecords, type Unacknowledged } from './oldest-record.ts'

type Offsets = ReadonlyMap<number, bigint>
type Group = Pick<SeenGroup, 'stage' | 'component' | 'topic' | 'group'>

/** How far enrichment and every sink of a configuration have come, and how old the oldest is that they have not acknowledged. */
export async function lookAtGroups(
  stream: Stream,
  configuration: SeenConfiguration,
  reports: readonly SeenReport[],
  now: number,
): Promise<SeenGroup[]> {
  const groups = groupsOf(configuration)
  const names = [...new Set(groups.map(({ topic }) => topic))]
  const read = await Promise.all(names.map((topic) => seenTopic(stream, topic, groups)))
  const seen = read.flat()
  const live = reports.filter((report) => isLive(report, now))
  const { type } = configuration.stream
  const aged = await Promise.all(names.map((topic) => withAges(stream, type, topic, seen, live, now)))
  const byGroup = new Map(aged.flat().map((group) => [group.group, group]))
  return groups.map(({ group }) => byGroup.get(group)!)
}

function groupsOf({ sinks }: SeenConfiguration): Group[] {
  return [
    { stage: 'enrichment', component: 'enrichment', topic: topics.events.name, group: ENRICHMENT_GROUP },
    ...sinks.map(({ name }) => {
      return { stage: 'sinks' as const, component: name, topic: topics.findings.name, group: `sink.${name}` }
    }),
  ]
}

type Positioned = Omit<SeenGroup, 'oldestAt' | 'oldestUnreadAt'>

/** The ends first, so that what is acknowledged meanwhile is not taken for more than there is. */
async function seenTopic(stream: Stream, topic: string, groups: readonly Group[]): Promise<Positioned[]> {
  const [beginnings, ends] = await Promise.all([stream.beginnings(topic), stream.ends(topic)])
  return Promise.all(
    groups
      .filter((each) => each.topic === topic)
      .map(async (each) => {
        const positions = await stream.positions(topic, each.group)
        const partitions = partitionsOf(beginnings, ends, positions)
        const isBehind = partitions.some((partition) => behind(partition) > 0n)
        // What lies behind may be no record any more: only the stream knows.
        const isThrough = isBehind && (await stream.lag(topic, each.group)) === 0
        return { ...each, partitions: isThrough ? partitions.map(through) : partitions }
      }),
  )
}

function partitionsOf(beginnings: Offsets, ends: Offsets, positions: Offsets): SeenPartition[] {
  return [...ends].map(([partition, end]) => {
    return { partition, end, beginning: beginnings.get(partition) ?? 0n, position: positions.get(partition) }
  })
}

function through(partition: SeenPartition): SeenPartition {
  return { ...partition, position: partition.end }
}

async function withAges(
  stream: Stream,
  type: SeenConfiguration['stream']['type'],
  topic: string,
  seen: readonly Positioned[],
  live: readonly SeenReport[],
  now: number,
): Promise<SeenGroup[]> {
  const groups = seen.filter((each) => each.topic === topic)
  const wanted = groups.map(({ partitions }) => unacknowledged(partitions))
  const unread = groups.map((group, index) => {
    const partitions = new Set(unreadBy(live, group, wanted[index]!.keys()))
    return new Map([...wanted[index]!].filter(([partition]) => partitions.has(partition)))
  })
  // How old something is, is not worth that nothing be shown.
  const nothing = [...wanted, ...unread].map(() => undefined)
  const found = await agesOf(stream, type, topic, [...wanted, ...unread], now).catch(() => nothing)
  return groups.map((group, index) => {
    return { ...group, oldestAt: found[index], oldestUnreadAt: found[groups.length + index] }
  })
}

/** Reading on Kafka takes a group to be joined, a search costs some twenty requests; embedded it is the other way round. */
function agesOf(
  stream: Stream,
  type: SeenConfiguration['stream']['type'],
  topic: string,
  wanted: readonly Unacknowledged[],
  now: number,
): Promise<(number | undefined)[]> {
  if (type === 'embedded') return firstRecords(stream, topic, wanted)
  return oldestRecords(wanted, (time) => stream.offsetsSince(topic, time), now)
}

function unacknowledged(partitions: readonly SeenPartition[]): Unacknowledged {
  return new Map(
    partitions.flatMap((each) => {
      const lag = behind(each)
      return lag === 0n ? [] : [[each.partition, each.end - lag]]
    }),
  )
}
