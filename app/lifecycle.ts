import type { Logger } from '../core/telemetry.ts'
import type { StopReport } from './pipeline-contract.ts'

/** How long each step may still take, after the deadline, to let go of its files, in milliseconds. */
const LETTING_GO_MS = 250

/** Ends one part; the signal is aborted at the deadline, after which the part should drop what it is doing. */
type Stop = (signal: AbortSignal) => Promise<void> | void

interface Part {
  readonly name: string
  readonly stop: Stop
}

/** Starts parts in order and stops them in the opposite order, within one deadline for all. */
export class Lifecycle {
  readonly #log: Logger
  readonly #steps: Part[][] = []
  #stopping: Promise<StopReport> | undefined

  constructor(log: Logger) {
    this.#log = log
  }

  /** Starts the parts of one step side by side. Rejects with the first failure; what started must still be stopped. */
  async start(parts: readonly { name: string; start: () => Promise<Stop> | Stop }[]): Promise<void> {
    const step: Part[] = []
    this.#steps.push(step)
    const starting = parts.map(async ({ name, start }) => void step.push({ name, stop: await start() }))
    const failure = (await Promise.allSettled(starting)).find((result) => result.status === 'rejected')
    if (failure !== undefined) throw failure.reason
  }

  /** Stops step after step, the last started first. Never rejects; a second call gives the first one's report. */
  stop(deadlineMs: number): Promise<StopReport> {
    this.#stopping ??= this.#stop(deadlineMs)
    return this.#stopping
  }

  async #stop(deadlineMs: number): Promise<StopReport> {
    using deadline = new Timeout(deadlineMs)
    const cutOff: string[] = []
    for (const step of this.#steps.toReversed()) {
      const finished = await Promise.all(step.map((part) => this.#stopPart(part, deadline)))
      cutOff.push(...step.filter((_, index) => !finished[index]).map(({ name }) => name))
    }
    return { cutOff }
  }

  /** False when the part failed, or had not finished at the deadline; one that is only reached later has a little time. */
  async #stopPart({ name, stop }: Part, deadline: Timeout): Promise<boolean> {
    const late = deadline.signal.aborted
    const stopped = (async () => stop(deadline.signal))().then(
      () => true,
      (error: unknown) => {
        this.#log.error({ part: name, error }, 'A part failed while it stopped.')
        return false
      },
    )
    if (!late && (await Promise.race([stopped.then(() => true), deadline.passed]))) return await stopped
    // What is cut off still lets go of its work before the parts that it stands on are stopped.
    using end = new Timeout(LETTING_GO_MS)
    const finished = await Promise.race([stopped, end.passed])
    return late && finished
  }
}

/** A moment in the future: a signal for those who look, a promise (of false) for those who wait. */
class Timeout implements Disposable {
  readonly signal: AbortSignal
  readonly passed: Promise<false>
  readonly #timer: NodeJS.Timeout

  constructor(ms: number) {
    const controller = new AbortController()
    const { promise, resolve } = Promise.withResolvers<false>()
    this.signal = controller.signal
    this.passed = promise
    this.#timer = setTimeout(() => {
      controller.abort(new Error('the deadline of the stop has passed'))
      resolve(false)
    }, ms)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}
