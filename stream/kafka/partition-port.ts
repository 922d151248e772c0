import type { OutgoingRecord, RecordsHandler } from '../stream.ts'
import type { Output } from './transaction-writer.ts'

/** One partition as the group's member sees it: what the worker asks of the consumer it lives in. */
export interface PartitionPort {
  readonly topic: string
  readonly partition: number
  /** The broker's name of the topic. */
  readonly physicalTopic: string
  pause(): void
  resume(): void
  seek(offset: bigint): void
  /** Where a group that has committed nothing yet starts; undefined for the beginning, and where it has. */
  start(): Promise<bigint | undefined>
  /** The offset of the oldest record still kept. */
  beginning(): Promise<bigint>
  /** Commits as the member that owns the partition now; rejects when the group has moved on. */
  commit(next: bigint): Promise<void>
  /** Resolves when the coordinator has answered a heartbeat that was sent from now on: this member still belongs. */
  membership(signal: AbortSignal): Promise<void>
  place(topic: string, records: readonly OutgoingRecord[]): readonly Output[]
  /** The offset behind the batch's outputs, by the broker's name of the topic, as the port names it. */
  named(ends: ReadonlyMap<string, bigint>): Map<string, bigint>
  restore(topic: string, from: bigint, handle: RecordsHandler, signal: AbortSignal): Promise<bigint>
}
