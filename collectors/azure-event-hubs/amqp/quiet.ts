interface QuietOptions {
  /** How long nothing has to come, in milliseconds. */
  readonly waitMs: number
  /** How often a partition says that nothing came, in milliseconds. */
  readonly lookMs: number
  /** Partitions of the hub that this reader is to read, or has to know of that somebody else reads them. */
  readonly partitions: readonly string[]
  readonly isHeld: (partition: string) => boolean
  readonly isOthers: (partition: string) => boolean
}

interface State {
  /** Since when nothing came, in milliseconds; undefined while what came is worked on. */
  readonly since: number | undefined
  readonly heardAt: number
}

/**
 * Whether nothing came for a while from any partition of ours. Signing in, claiming partitions and opening links are no
 * silence, nor is a link that is being opened again: each partition must have been read and have said that there is nothing,
 * or be read by somebody else.
 */
export class Quiet {
  readonly #options: QuietOptions
  readonly #states = new Map<string, State>()
  #from: number | undefined

  constructor(options: QuietOptions) {
    this.#options = options
  }

  /** Messages came; until `silent` they are worked on. */
  busy(partition: string, now: number): void {
    this.#states.set(partition, { since: undefined, heardAt: now })
  }

  /** Nothing came for the time of a look; or a link broke, which looks the same once. */
  silent(partition: string, now: number): void {
    this.#states.set(partition, { since: this.#states.get(partition)?.since ?? now, heardAt: now })
  }

  /** It is not read any more. */
  lost(partition: string): void {
    this.#states.delete(partition)
  }

  /** Said once for each time that it lasted long enough. */
  isLongEnough(now: number): boolean {
    const { partitions, isHeld, isOthers, waitMs } = this.#options
    for (const partition of new Set([...partitions, ...this.#states.keys()])) {
      const isElsewhere = !isHeld(partition) && isOthers(partition)
      if (!isElsewhere && !this.#isQuiet(this.#states.get(partition), now)) return false
    }
    // Where others read everything, silence begins when that is known.
    this.#from ??= this.#states.size > 0 ? now - waitMs : now
    if (now - this.#from < waitMs) return false
    this.#from = now
    return true
  }

  /** It said so over the whole time, the first time after a look, and still does. */
  #isQuiet(state: State | undefined, now: number): boolean {
    if (state?.since === undefined) return false
    const { waitMs, lookMs } = this.#options
    return state.heardAt - state.since >= waitMs - lookMs && now - state.heardAt <= lookMs * 2 + 1000
  }
}
