import { setTimeout as sleep } from 'node:timers/promises'
import { asError } from '../errors.ts'

/** What of kafkajs's member of a group is touched here. */
interface ConsumerGroup {
  readonly groupId: string
  readonly cluster: {
    findGroupCoordinator(options: { readonly groupId: string }): Promise<Coordinator>
    refreshMetadata(): Promise<void>
  }
  coordinator: Coordinator
  offsetManager: { coordinator: Coordinator } | null
  heartbeat(options: { readonly interval: number }): Promise<void>
  recoverFromFetch(error: unknown): Promise<void>
  [searching]?: Promise<void> | undefined
  [failure]?: Error | undefined
}
interface Coordinator {
  heartbeat(payload: object): Promise<unknown>
}

/** What of kafkajs's brokers of one client is touched here. */
interface BrokerPool {
  readonly brokers: Readonly<Record<string, { isConnected(): boolean }>>
  findBroker(broker: { readonly nodeId: string }): Promise<object>
  withBroker<T>(
    callback: (found: { readonly nodeId: string; readonly broker: object }) => Promise<T>,
  ): Promise<T | null>
}

const searching = Symbol('posture-stream: looking for the coordinator')
const failure = Symbol('posture-stream: the coordinator was not found')

/** How long to wait before a cluster is asked again who leads. */
const LOOK_MS = 500
const UNREACHABLE = ['KafkaJSConnectionError', 'KafkaJSRequestTimeoutError']
const COORDINATOR_GONE = [...UNREACHABLE, 'KafkaJSConnectionClosedError']
const COORDINATOR_MOVED = ['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE']

/**
 * Makes the client find its way around a broker that is gone, as Kafka's own client does.
 * kafkajs 2.2.4 tries the broker that it knows as the coordinator, or as a leader, for as long as its retries last, while
 * every partition waits, and then begins again from nothing (measured: 30 s, with a new coordinator after 8 s). And it
 * asks any broker for a coordinator, the one that is gone as well, with longer and longer pauses (measured: 8 s).
 */
export function repairFailover(require: NodeJS.Require): void {
  const { prototype: group } = require('kafkajs/src/consumer/consumerGroup') as { prototype: ConsumerGroup }
  repairHeartbeat(group)
  repairFetch(group)
  repairLookup((require('kafkajs/src/cluster/brokerPool') as { prototype: BrokerPool }).prototype)
}

/** The member stays one: a new coordinator knows it. Until it is found, reading goes on and nothing is confirmed. */
function repairHeartbeat(prototype: ConsumerGroup): void {
  const { heartbeat } = prototype
  prototype.heartbeat = async function (this: ConsumerGroup, options) {
    if (this[searching] !== undefined) return
    const failed = this[failure]
    this[failure] = undefined
    if (failed !== undefined) throw failed
    const asked = this.coordinator
    try {
      await heartbeat.call(this, options)
    } catch (error) {
      if (!isOf(error, COORDINATOR_GONE, COORDINATOR_MOVED)) throw error
      this[searching] ??= search(this, asked)
    }
  }
}

/** Never rejects: what went wrong is for the next heartbeat. */
async function search(group: ConsumerGroup, lost: Coordinator): Promise<void> {
  try {
    const found = await group.cluster.findGroupCoordinator({ groupId: group.groupId })
    // Who has joined anew meanwhile has found it himself.
    if (group.coordinator !== lost) return
    group.coordinator = found
    if (group.offsetManager !== null) group.offsetManager.coordinator = found
  } catch (error) {
    group[failure] = asError(error)
  } finally {
    group[searching] = undefined
  }
}

/** The cluster says who leads now; meanwhile the partitions that others lead are read. */
function repairFetch(prototype: ConsumerGroup): void {
  const { recoverFromFetch } = prototype
  prototype.recoverFromFetch = async function (this: ConsumerGroup, error) {
    if (!isOf(error, UNREACHABLE)) return recoverFromFetch.call(this, error)
    await sleep(LOOK_MS)
    await this.cluster.refreshMetadata()
  }
}

/** Whoever answers will do: those that are connected are asked first, and those that cannot be reached are passed over. */
function repairLookup(prototype: BrokerPool): void {
  const { withBroker } = prototype
  prototype.withBroker = async function (this: BrokerPool, callback) {
    const known = Object.keys(this.brokers)
    if (known.length === 0) return withBroker.call(this, callback) as Promise<null>
    let unreachable: Error | undefined
    for (const nodeId of inAnyOrder(known, (id) => this.brokers[id]!.isConnected())) {
      const broker = await this.findBroker({ nodeId }).catch((error: unknown) => void (unreachable = asError(error)))
      const answer = broker && (await callback({ nodeId, broker }).catch(() => undefined))
      if (answer !== undefined) return answer
    }
    if (unreachable !== undefined) throw unreachable
    return null
  }
}

/** Shuffled, but for those that are preferred, which come first. */
function inAnyOrder(ids: readonly string[], preferred: (id: string) => boolean): string[] {
  const place = new Map(ids.map((id) => [id, Math.random() + (preferred(id) ? 0 : 1)]))
  return ids.toSorted((one, other) => place.get(one)! - place.get(other)!)
}

function isOf(error: unknown, names: readonly string[], types: readonly string[] = []): boolean {
  const { name, type } = error as { name?: unknown; type?: unknown }
  return names.some((each) => each === name) || types.some((each) => each === type)
}
