import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../core/component.ts'
import { errorCode, asError } from '../../core/errors.ts'
import type { Logger } from '../../core/telemetry.ts'
import { Compaction } from './compaction.ts'
import type { Database } from './database.ts'
import type { Log, Logs } from './logs.ts'
import { Retention } from './retention.ts'

const EVERY_MS = 5 * 60 * 1000
const SHRINK_PAGES = 256

export interface MaintenanceOptions {
  readonly clock: Clock
  readonly log: Logger | undefined
  /** The most bytes that each topic with cleanup `delete` keeps; no limit when undefined. */
  readonly retentionBytes: number | undefined
}

/** Compaction and retention: now, every five minutes, and on demand, in steps short enough not to hold up publishing. */
export class Maintenance {
  readonly #database: Database
  readonly #logs: Logs
  readonly #options: MaintenanceOptions
  readonly #compaction: Compaction
  readonly #retention: Retention
  readonly #timer: NodeJS.Timeout
  readonly #ending = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(database: Database, logs: Logs, options: MaintenanceOptions) {
    this.#database = database
    this.#logs = logs
    this.#options = options
    this.#compaction = new Compaction(database)
    this.#retention = new Retention(database)
    this.#timer = setInterval(() => this.#runInBackground(), EVERY_MS)
    // Maintenance alone is no reason to go on living.
    this.#timer.unref()
    this.#runInBackground()
  }

  /** Runs once, after a run that is under way; resolves when all that is due is done. */
  async run(): Promise<void> {
    const run = this.#running.catch(() => undefined).then(() => this.#maintain())
    this.#running = run
    await run
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#ending.abort()
    await this.#running.catch(() => undefined)
  }

  #runInBackground(): void {
    this.run().catch((error: unknown) => {
      const fields = { code: errorCode(error), err: asError(error) }
      this.#options.log?.warn(fields, 'Old records could not be removed; it is tried again in five minutes.')
    })
  }

  async #maintain(): Promise<void> {
    const now = this.#options.clock()
    const { retentionBytes } = this.#options
    for (const log of this.#logs.all()) {
      if (log.topic.cleanup === 'compact') await this.#repeat(() => this.#compaction.step(log, now))
      else await this.#repeat(() => this.#retention.byAge(log, now))
    }
    if (retentionBytes !== undefined) {
      for (const logs of this.#deleting()) await this.#repeat(() => this.#retention.bySize(logs, retentionBytes))
    }
    await this.#repeat(() => this.#database.shrink(SHRINK_PAGES))
  }

  #deleting(): Iterable<readonly Log[]> {
    const logs = this.#logs.all().filter(({ topic }) => topic.cleanup === 'delete')
    return Map.groupBy(logs, ({ topic }) => topic).values()
  }

  async #repeat(step: () => boolean): Promise<void> {
    do {
      // Everything else gets its turn between two steps.
      await nextTurn()
      if (this.#ending.signal.aborted) return
    } while (step())
  }
}
