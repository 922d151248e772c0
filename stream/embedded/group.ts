import type { Logger } from '../../core/telemetry.ts'
import type { BatchHandler, ConsumeOptions, GroupConsumption } from '../stream.ts'
import { FailureReport } from '../failure-report.ts'
import type { Log } from './logs.ts'
import { PartitionLoop, type Storage } from './partition-loop.ts'

interface Member {
  readonly options: ConsumeOptions
  readonly handle: BatchHandler
  /** Its loops, until they have ended. */
  readonly loops: Set<PartitionLoop>
}

/** A consumer group on one topic: its members in this process share the partitions, each in one member's hands. */
export class Group {
  readonly #slots: readonly Slot[]
  readonly #members = new Set<Member>()
  #leaving = 0

  constructor(storage: Storage, logs: readonly Log[], log: Logger | undefined) {
    this.#slots = logs.map((partition) => new Slot(storage, partition, log, this.#members))
  }

  /** Adds a member; partitions move to it as their present owners let go. */
  join(options: ConsumeOptions, handle: BatchHandler): GroupConsumption {
    const member: Member = { options, handle, loops: new Set() }
    this.#members.add(member)
    this.#share()
    return {
      stop: () => this.#leave(member),
      partitions: () => this.#slots.filter(({ target }) => target === member).map(({ partition }) => partition),
    }
  }

  /** Whether it has members, or has one that is still finishing what it had in hand. */
  get isInUse(): boolean {
    return this.#members.size > 0 || this.#leaving > 0
  }

  async #leave(member: Member): Promise<void> {
    if (this.#members.delete(member)) this.#share()
    this.#leaving += 1
    try {
      await Promise.all([...member.loops].map((loop) => loop.stop()))
    } finally {
      this.#leaving -= 1
    }
  }

  /** Gives every member its equal share, and moves as few partitions as that takes. */
  #share(): void {
    const members = [...this.#members]
    const least = Math.floor(this.#slots.length / members.length)
    const extra = this.#slots.length % members.length
    const room = new Map(members.map((member, index) => [member, least + (index < extra ? 1 : 0)]))
    const take = (member: Member | undefined): boolean => {
      const left = member === undefined ? 0 : (room.get(member) ?? 0)
      if (member !== undefined && left > 0) room.set(member, left - 1)
      return left > 0
    }
    const moving = this.#slots.filter((slot) => !take(slot.target))
    for (const slot of moving) slot.turnTo(members.find(take))
  }
}

/** One partition's place in a group: at most one loop runs on it, whatever comes and goes. */
class Slot {
  readonly #storage: Storage
  readonly #partition: Log
  readonly #log: Logger | undefined
  readonly #members: ReadonlySet<Member>
  #target: Member | undefined
  #current: { readonly member: Member; readonly loop: PartitionLoop } | undefined
  #settling = false

  constructor(storage: Storage, partition: Log, log: Logger | undefined, members: ReadonlySet<Member>) {
    this.#storage = storage
    this.#partition = partition
    this.#log = log
    this.#members = members
  }

  get partition(): number {
    return this.#partition.partition
  }

  get target(): Member | undefined {
    return this.#target
  }

  turnTo(member: Member | undefined): void {
    this.#target = member
    if (!this.#settling) void this.#settle()
  }

  async #settle(): Promise<void> {
    this.#settling = true
    while (this.#current?.member !== this.#target) {
      if (this.#current !== undefined) await this.#end(this.#current)
      this.#current = this.#target === undefined ? undefined : this.#start(this.#target)
    }
    this.#settling = false
  }

  #start(member: Member): { member: Member; loop: PartitionLoop } {
    const { topic, group } = member.options
    const report = new FailureReport(this.#log, { topic, group, partition: this.#partition.partition })
    const loop = new PartitionLoop(this.#storage, this.#partition, member.options, member.handle, report)
    member.loops.add(loop)
    return { member, loop }
  }

  /** A member that left by itself may still commit what it has in hand; one that stays must not. */
  async #end({ member, loop }: { member: Member; loop: PartitionLoop }): Promise<void> {
    await (this.#members.has(member) ? loop.revoke() : loop.stop())
    member.loops.delete(loop)
  }
}
