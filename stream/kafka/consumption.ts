import { unlessAborted } from '../../core/abort.ts'
import { FailureReport } from '../failure-report.ts'
import type { BatchHandler, ConsumeOptions, GroupConsumption, OutgoingRecord, RecordsHandler } from '../stream.ts'
import { kafkaError, physicalGroup, physicalTopic, type KafkaClient, type KafkaOptions } from './client.ts'
import { GroupMember } from './group-member.ts'
import type { PartitionPort } from './partition-port.ts'
import { PartitionWorker } from './partition-worker.ts'
import { TransactionWriter, type Output } from './transaction-writer.ts'
import { Watchdog } from './watchdog.ts'

/** What a consumption needs of the stream it belongs to. */
export interface ConsumptionServices {
  readonly kafka: KafkaClient
  readonly options: KafkaOptions
  place(topic: string, records: readonly OutgoingRecord[]): readonly Output[]
  named(ends: ReadonlyMap<string, bigint>): Map<string, bigint>
  restore(topic: string, partition: number, from: bigint, handle: RecordsHandler, signal: AbortSignal): Promise<bigint>
  /** By partition, the offset of the oldest record still kept. */
  beginnings(topic: string): Promise<ReadonlyMap<number, bigint>>
  /** By partition, the offset that the next visible record will take. */
  ends(topic: string): Promise<ReadonlyMap<number, bigint>>
  /** By partition, what the group has committed; without those where it has not. */
  positions(topic: string, group: string): Promise<ReadonlyMap<number, bigint>>
  /** By transactional id, when the partition's former owner in this process has let go. */
  readonly released: Map<string, Promise<void>>
}

/**
 * One member of a consumer group: every partition that the group gives it has a worker of its own, which is revoked as
 * soon as the group moves, whether or not the partition comes back.
 */
export class KafkaConsumption implements GroupConsumption {
  readonly #services: ConsumptionServices
  readonly #options: ConsumeOptions
  readonly #handle: BatchHandler
  readonly #topic: string
  readonly #group: string
  readonly #workers = new Map<number, PartitionWorker>()
  /** Of workers that have not ended yet, revoked ones among them. */
  readonly #lettingGo = new Set<Promise<void>>()
  readonly #watchdog: Watchdog
  readonly #member: GroupMember
  #starts: ReadonlyMap<number, bigint> = new Map()
  #stopping: Promise<void> | undefined
  #isMoving = true

  private constructor(services: ConsumptionServices, options: ConsumeOptions, handle: BatchHandler) {
    const { prefix, log, sessionTimeoutMs } = services.options
    const { topic, group } = options
    this.#services = services
    this.#options = options
    this.#handle = handle
    this.#topic = physicalTopic(prefix, topic)
    this.#group = physicalGroup(prefix, group)
    this.#member = new GroupMember({
      kafka: services.kafka,
      sessionTimeoutMs,
      topic,
      physicalTopic: this.#topic,
      groupId: this.#group,
      report: new FailureReport(log, { topic, group }),
      assigned: (partitions) => this.#assign(partitions),
      revoked: () => this.#revokeAll(),
      delivered: (partition, delivery) => this.#workers.get(partition)?.receive(delivery) ?? false,
      passed: (partition, first, next) => this.#workers.get(partition)?.pass(first, next),
    })
    this.#watchdog = new Watchdog({
      log,
      about: { topic, group },
      awaited: () =>
        [...this.#workers].flatMap(([partition, { awaited }]) =>
          awaited === undefined ? [] : [{ partition, awaited }],
        ),
      ends: () => services.ends(topic),
      restart: () => this.#member.restart(),
    })
  }

  /**
   * Resolves once the group has taken this member in, and the starts of the partitions that it was given are written
   * down: `latest` means before this moment, for ever.
   */
  static async start(
    services: ConsumptionServices,
    options: ConsumeOptions,
    handle: BatchHandler,
  ): Promise<KafkaConsumption> {
    const consumption = new KafkaConsumption(services, options, handle)
    try {
      consumption.#starts = await startsOf(options, services)
      await consumption.#join(options.signal)
    } catch (error) {
      await consumption.stop()
      options.signal?.throwIfAborted()
      throw kafkaError(error, `consume ${options.topic} as group ${options.group}`)
    }
    consumption.#watchdog.start()
    return consumption
  }

  async #join(signal: AbortSignal | undefined): Promise<void> {
    const joined = this.#member.join().then(() => this.#startsFixed())
    await (signal === undefined ? joined : unlessAborted(joined, signal))
  }

  /** A partition that is taken away meanwhile is its new owner's to wait for. */
  async #startsFixed(): Promise<void> {
    if (this.#starts.size === 0) return
    await Promise.all([...this.#workers.values()].map((worker) => worker.startFixed))
  }

  partitions(): readonly number[] | undefined {
    return this.#isMoving ? undefined : [...this.#workers.keys()]
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    this.#watchdog.stop()
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()))
    await Promise.all(this.#lettingGo)
    await this.#member.leave()
  }

  #assign(partitions: readonly number[]): void {
    if (this.#stopping !== undefined) return
    for (const partition of partitions) this.#workers.set(partition, this.#newWorker(partition))
    this.#isMoving = false
  }

  #newWorker(partition: number): PartitionWorker {
    const { kafka, options, released } = this.#services
    const { topic, group } = this.#options
    const transactionalId = `${this.#group}.${partition}`
    const report = new FailureReport(options.log, { topic, group, partition })
    const writer = new TransactionWriter(kafka, {
      compression: options.compression,
      log: options.log,
      transactionalId,
      groupId: this.#group,
    })
    const before = released.get(transactionalId) ?? Promise.resolve()
    const worker = new PartitionWorker(this.#port(partition), this.#options, this.#handle, writer, report, before)
    released.set(transactionalId, worker.ended)
    this.#lettingGo.add(worker.ended)
    void worker.ended.finally(() => this.#lettingGo.delete(worker.ended))
    return worker
  }

  #revokeAll(): void {
    this.#isMoving = true
    for (const worker of this.#workers.values()) worker.revoke()
    this.#workers.clear()
  }

  #port(partition: number): PartitionPort {
    const services = this.#services
    const { topic } = this.#options
    return {
      ...this.#member.partition(partition),
      topic,
      partition,
      physicalTopic: this.#topic,
      start: () => this.#startOf(partition),
      beginning: async () => (await services.beginnings(topic)).get(partition) ?? 0n,
      commit: (next) => this.#member.commit(partition, next),
      membership: (signal) => this.#member.confirmed(signal),
      place: (name, records) => services.place(name, records),
      named: (ends) => services.named(ends),
      restore: (name, from, handle, signal) => services.restore(name, partition, from, handle, signal),
    }
  }

  async #startOf(partition: number): Promise<bigint | undefined> {
    const start = this.#starts.get(partition)
    if (start === undefined) return undefined
    const { topic, group } = this.#options
    return (await this.#services.positions(topic, group)).has(partition) ? undefined : start
  }
}

async function startsOf(
  { topic, from }: ConsumeOptions,
  services: ConsumptionServices,
): Promise<ReadonlyMap<number, bigint>> {
  if (from === undefined || from === 'earliest') return new Map()
  return from === 'latest' ? services.ends(topic) : from
}
