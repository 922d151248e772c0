import type { Checkpoint, CheckpointStore, PartitionOwnership } from '@azure/event-hubs'

/** Somebody else's claim on a partition, and whether it was renewed while we looked: so that there is a reader behind it. */
interface OthersClaim {
  readonly version: string
  readonly isAlive: boolean
}

interface SharedPartitionsOptions {
  readonly store: CheckpointStore
  /** What we are called in it. */
  readonly reader: string
  /** Somebody has looked at the claims. */
  readonly onLook: () => void
  /** What a call to the store threw, as an error of ours. */
  readonly errorOf: (thrown: unknown) => Error
}

/**
 * The store by which readers share the partitions of a hub, as this reader sees it. A claim of ours without a reader behind
 * it (from before a crash, or after a link was lost) is shown as given up, so that it is taken up again at once instead of
 * when it has expired.
 */
export class SharedPartitions implements CheckpointStore {
  readonly #options: SharedPartitionsOptions
  readonly #held = new Set<string>()
  readonly #checkpoints = new Map<string, number>()
  #others = new Map<string, OthersClaim>()
  #hasLooked = false
  #isClosing = false

  constructor(options: SharedPartitionsOptions) {
    this.#options = options
  }

  get held(): ReadonlySet<string> {
    return this.#held
  }

  hold(partition: string): void {
    this.#held.add(partition)
  }

  letGo(partition: string): void {
    this.#held.delete(partition)
  }

  /** From now on our claims are shown as they are, so that they can be given up. */
  close(): void {
    this.#isClosing = true
  }

  /** The sequence number behind which reading began, where there was a checkpoint. */
  checkpointOf(partition: string): number | undefined {
    return this.#checkpoints.get(partition)
  }

  /** Whether another reader is known to be at work there. */
  isOthers(partition: string): boolean {
    return this.#others.get(partition)?.isAlive === true
  }

  async listOwnership(
    ...[host, hub, group, options]: Parameters<CheckpointStore['listOwnership']>
  ): Promise<PartitionOwnership[]> {
    const { store, reader, onLook } = this.#options
    const claims = await this.#call(() => store.listOwnership(host, hub, group, options))
    this.#look(claims)
    onLook()
    if (this.#isClosing) return claims
    return claims.map((claim) =>
      claim.ownerId === reader && !this.#held.has(claim.partitionId) ? { ...claim, ownerId: '' } : claim,
    )
  }

  async claimOwnership(...args: Parameters<CheckpointStore['claimOwnership']>): Promise<PartitionOwnership[]> {
    return this.#call(() => this.#options.store.claimOwnership(...args))
  }

  async listCheckpoints(...args: Parameters<CheckpointStore['listCheckpoints']>): Promise<Checkpoint[]> {
    const checkpoints = await this.#call(() => this.#options.store.listCheckpoints(...args))
    for (const { partitionId, sequenceNumber } of checkpoints)
      if (!this.#held.has(partitionId)) this.#checkpoints.set(partitionId, sequenceNumber)
    return checkpoints
  }

  async updateCheckpoint(...args: Parameters<CheckpointStore['updateCheckpoint']>): Promise<void> {
    await this.#call(() => this.#options.store.updateCheckpoint(...args))
  }

  #look(claims: readonly PartitionOwnership[]): void {
    const others = new Map<string, OthersClaim>()
    for (const { partitionId, ownerId: owner, etag, lastModifiedTimeInMs } of claims) {
      if (owner === '' || owner === this.#options.reader) continue
      const version = `${etag} ${lastModifiedTimeInMs}`
      const before = this.#others.get(partitionId)
      // A claim that stays as it was may be that of a reader that is gone.
      const isAlive = this.#hasLooked && (before === undefined || before.version !== version || before.isAlive)
      others.set(partitionId, { version, isAlive })
    }
    this.#others = others
    this.#hasLooked = true
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') throw error
      throw this.#options.errorOf(error)
    }
  }
}
