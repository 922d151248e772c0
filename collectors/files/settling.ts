import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../../core/component.ts'

/** What can be seen of a file without reading it. */
interface Look {
  readonly size: number
  readonly mtimeMs: number
  /** By our clock, when it was first seen so. */
  readonly since: number
}

/**
 * How a file ends: `whole` behind an end that its writer wrote, `open` where more may follow, `middle` where more must
 * follow.
 */
export type Ending = 'whole' | 'open' | 'middle'

export interface SettlingOptions {
  readonly context: Pick<Context, 'log' | 'clock'>
  /** How long a file must not have changed, in milliseconds; 0: nothing is waited for. */
  readonly settleMs: number
  /** Rejects with Node's error when the file cannot be read. */
  readonly endingOf: (path: string, signal: AbortSignal) => Promise<Ending>
}

/** A file that has not been touched for so long is as its writer left it, in milliseconds. */
const ABANDONED_MS = 10 * 60_000
/** In one sweep a file that goes on changing is waited for so many times as long as it has to be still. */
const PATIENCE = 10
const LOOK_MS = 500

/**
 * Leaves files alone while they are written. A file that ends as only a whole one does is ready at once, any other when
 * its size and time have stood still for a while. One that ends in the middle even then is left to the next sweep until
 * nobody has touched it for ten minutes; in the last sweep of a run it is ready.
 */
export class Settling {
  readonly #options: SettlingOptions
  /** Of which it was said that they wait. */
  readonly #told = new Set<string>()

  constructor(options: SettlingOptions) {
    this.#options = options
  }

  /** The files, some at a time: as soon as they are ready. Those that are left are not among them. */
  async *ready(paths: readonly string[], isLast: boolean, signal: AbortSignal): AsyncGenerator<readonly string[]> {
    const { settleMs, context } = this.#options
    if (settleMs === 0) {
      yield paths
      return
    }
    const begun = context.clock()
    let waiting = new Map<string, Look | undefined>(paths.map((path) => [path, undefined]))
    for (;;) {
      const still = new Map<string, Look>()
      const ready: string[] = []
      for (const [path, before] of waiting) {
        const look = await this.#look(path, before, isLast, signal)
        if (look === 'ready') ready.push(path)
        else if (look !== 'left') still.set(path, look)
      }
      if (ready.length > 0) yield ready
      if (still.size === 0) return
      if (context.clock() - begun > settleMs * PATIENCE) {
        for (const path of still.keys())
          context.log.info({ path }, `${path} goes on changing: it is left to the next sweep.`)
        return
      }
      waiting = still
      await sleep(Math.min(settleMs, LOOK_MS), undefined, { signal })
    }
  }

  async #look(
    path: string,
    before: Look | undefined,
    isLast: boolean,
    signal: AbortSignal,
  ): Promise<Look | 'ready' | 'left'> {
    const { settleMs, endingOf, context } = this.#options
    const now = context.clock()
    try {
      const { size, mtimeMs } = await stat(path)
      const isSame = before?.size === size && before.mtimeMs === mtimeMs
      if (before !== undefined && !isSame) return { size, mtimeMs, since: now }
      // A time ahead of our clock, as another machine's may be, says nothing: then only what is seen counts.
      const since = before?.since ?? (mtimeMs > now ? now : mtimeMs)
      const still = now - since
      if (still >= ABANDONED_MS) return this.#ready(path)
      if (before !== undefined && still < settleMs) return before
      const ending = await endingOf(path, signal)
      if (ending === 'whole' || (still >= settleMs && (ending === 'open' || isLast))) return this.#ready(path)
      this.#tell(path, ending)
      return still < settleMs ? { size, mtimeMs, since } : 'left'
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Error && 'code' in error)) throw error
      return this.#ready(path) // Whoever reads it says what is wrong.
    }
  }

  #ready(path: string): 'ready' {
    this.#told.delete(path)
    return 'ready'
  }

  #tell(path: string, ending: Ending): void {
    if (this.#told.has(path)) return
    this.#told.add(path)
    const why = ending === 'middle' ? 'ends in the middle of a document' : 'was written just now and more may follow'
    const { settleMs, context } = this.#options
    context.log.info({ path }, `${path} ${why}: it is read once it has not changed for ${settleMs / 1000} s.`)
  }
}
