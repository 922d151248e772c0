import { behind, type SeenGroup, type SeenPartition } from './observation.ts'
import type { Status } from './status-shape.ts'

/** By partition, the offset below which every sink has everything, and which sinks stand there. */
export function deliveredEverywhere(groups: readonly SeenGroup[]): Status['everywhere'] {
  const sinks = groups.filter(({ stage }) => stage === 'sinks')
  const [first] = sinks
  if (first === undefined) return undefined
  const partitions = first.partitions.map(({ partition }) => lowest(partition, sinks))
  return {
    topic: first.topic,
    missing: partitions.reduce((sum, { offset, end }) => sum + end - offset, 0),
    partitions,
  }
}

type Lowest = NonNullable<Status['everywhere']>['partitions'][number]

function lowest(partition: number, sinks: readonly SeenGroup[]): Lowest {
  const stand = sinks.flatMap(({ component, partitions }) => {
    const seen = partitions.find((each) => each.partition === partition)
    return seen === undefined ? [] : [{ component, end: seen.end, offset: reached(seen) }]
  })
  const end = stand.reduce((highest, each) => (each.end > highest ? each.end : highest), 0n)
  const offset = stand.reduce((least, each) => (each.offset < least ? each.offset : least), end)
  const last = stand.filter((each) => each.offset === offset && offset < end)
  return { partition, offset: Number(offset), end: Number(end), behind: last.map(({ component }) => component) }
}

function reached(seen: SeenPartition): bigint {
  return seen.end - behind(seen)
}
