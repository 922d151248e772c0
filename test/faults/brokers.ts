import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from './bench.ts'

const POLL_MS = 100
const NEW_LEADER_MS = 60_000
const IN_SYNC_MS = 180_000
const TOPICS = ['events', 'findings', 'state'] as const
/** Where groups and transactions are coordinated. */
const INTERNAL = ['__consumer_offsets', '__transaction_state'] as const

/** One broker that was killed. */
export interface Strike {
  readonly broker: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** How many partitions of our topics it led. */
  readonly led: number
  /** Until another broker was known to lead each of them, or to coordinate, in milliseconds: the cluster's own share. */
  readonly failoverMs: number
}

/** The broker that leads most partitions of our topics. */
export async function busiestBroker(bench: Bench): Promise<number> {
  const leads = await leaders(bench)
  const counts = Map.groupBy([...leads.values()], (leader) => leader)
  return [...counts].toSorted(([, one], [, other]) => other.length - one.length)[0]![0]
}

/** The broker that coordinates enrichment's group. */
export async function coordinator(bench: Bench): Promise<number> {
  return await poll(bench, NEW_LEADER_MS, 'a coordinator', () => bench.cluster.coordinatorOf('group', bench.group))
}

/** Kills a broker as a crash does, and waits until others have taken its place. */
export async function strike(bench: Bench, broker: number): Promise<Strike> {
  const held = [...(await leaders(bench))].filter(([, leader]) => leader === broker).map(([partition]) => partition)
  const coordinates = (await coordinator(bench)) === broker
  const began = performance.now()
  const at = Date.now()
  await bench.cluster.kill(broker)
  await poll(bench, NEW_LEADER_MS, `other leaders than broker ${broker}`, async () => {
    const now = await leaders(bench)
    const moved = held.every((partition) => now.has(partition) && now.get(partition) !== broker)
    return (moved && (!coordinates || (await anotherCoordinator(bench, broker)))) || undefined
  })
  return { broker, at, led: held.length, failoverMs: performance.now() - began }
}

/** Starts a killed broker again; resolves once it is back in the in-sync replicas of everything. */
export async function recover(bench: Bench, broker: number): Promise<void> {
  const { cluster, signal } = bench
  await cluster.restart(broker, signal)
  await poll(bench, IN_SYNC_MS, `broker ${broker} in sync`, async () => {
    const names = [...TOPICS.map((topic) => bench.physical(topic)), ...INTERNAL]
    const partitions = (await Promise.all(names.map((name) => cluster.partitions(name)))).flat()
    return partitions.every(({ replicas, inSync }) => inSync.length === replicas.length) || undefined
  })
}

async function anotherCoordinator(bench: Bench, broker: number): Promise<boolean> {
  const now = await bench.cluster.coordinatorOf('group', bench.group)
  return now !== undefined && now !== broker
}

/** The broker that leads each partition of our topics; without those that have none. */
async function leaders(bench: Bench): Promise<ReadonlyMap<string, number>> {
  const all = await Promise.all(
    TOPICS.map(async (topic) => {
      const partitions = await bench.cluster.partitions(bench.physical(topic))
      return partitions.flatMap(({ id, leader }) => (leader === undefined ? [] : [[`${topic}/${id}`, leader] as const]))
    }),
  )
  return new Map(all.flat())
}

async function poll<T>(
  { signal }: Bench,
  limitMs: number,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const limit = performance.now() + limitMs
  for (;;) {
    const found = await look().catch(() => undefined)
    if (found !== undefined) return found
    if (performance.now() > limit) throw new Error(`the cluster did not have ${what} within ${limitMs / 1000} s`)
    await sleep(POLL_MS, undefined, { signal })
  }
}
