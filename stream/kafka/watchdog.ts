import { asError } from '../../core/errors.ts'
import type { Logger } from '../../core/telemetry.ts'

interface WatchdogOptions {
  readonly log: Logger | undefined
  readonly about: object
  /** The partitions that should be delivering, and the offset that each waits for. */
  awaited(): readonly { readonly partition: number; readonly awaited: bigint }[]
  ends(): Promise<ReadonlyMap<number, bigint>>
  restart(): void
}

const LOOK_MS = 5000
/** Longer than any failover that the client gets over by itself. */
const SILENCE_MS = 30_000

/** Notices a partition that has records and brings none, which the client can do without an error, and has it restarted. */
export class Watchdog {
  readonly #options: WatchdogOptions
  readonly #since = new Map<number, { readonly awaited: bigint; readonly at: number }>()
  #timer: NodeJS.Timeout | undefined
  #looking = false

  constructor(options: WatchdogOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), LOOK_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      const silent = this.#silent(performance.now())
      if (silent.length === 0) return
      const ends = await this.#options.ends()
      const stuck = silent.filter(({ partition, awaited }) => (ends.get(partition) ?? 0n) > awaited)
      if (stuck.length > 0) this.#bark(stuck.map(({ partition }) => partition))
    } catch (error) {
      this.#options.log?.debug(
        { ...this.#options.about, message: asError(error).message },
        'The ends of a topic cannot be read.',
      )
    } finally {
      this.#looking = false
    }
  }

  /** Those that have waited for one offset for too long. */
  #silent(now: number): { partition: number; awaited: bigint }[] {
    const awaited = this.#options.awaited()
    const gone = new Set(this.#since.keys()).difference(new Set(awaited.map(({ partition }) => partition)))
    for (const partition of gone) this.#since.delete(partition)
    return awaited.filter((each) => {
      const since = this.#since.get(each.partition)
      if (since?.awaited !== each.awaited) this.#since.set(each.partition, { awaited: each.awaited, at: now })
      return since?.awaited === each.awaited && now - since.at >= SILENCE_MS
    })
  }

  #bark(partitions: readonly number[]): void {
    this.#options.log?.warn(
      { ...this.#options.about, partitions, silentMs: SILENCE_MS },
      'Partitions have records and brought none for too long; the consumer is restarted.',
    )
    this.#since.clear()
    this.#options.restart()
  }
}
