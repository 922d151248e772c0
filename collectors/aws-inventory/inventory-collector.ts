import type { Context } from '../../core/component.ts'
import { digest } from '../../core/digest.ts'
import { PermanentError, PipelineError, asError, errorCode } from '../../core/errors.ts'
import { Pacer } from '../../core/pacer.ts'
import { merged } from '../aws/merged.ts'
import { patientlyPaced } from '../aws/patience.ts'
import type { CollectedBatch, Collector } from '../collector.ts'
import type { Account } from './account.ts'
import { nameOf, type InventoryConfig, type Lane } from './config.ts'
import { Coverage } from './coverage.ts'
import type { Described, Describer } from './describer.ts'
import { described, type DescriptionBatch, type DescriptionEnd } from './description.ts'
import { LaneCalls } from './lane-calls.ts'
import { SweepProgress } from './position.ts'

/** One lane of one sweep. */
interface Job {
  readonly lane: Lane
  readonly number: number
}

/** Reasons that a message names. */
const NAMED = 5

/**
 * Every sweep reads all that there is, account by account and region by region, a scan for every type of asset. What is
 * refused or out of reach makes its own scans partial or failed, and holds up nothing else. A refusal is told and is no
 * error; an outage is named at the end, by a PermanentError (`INVENTORY_INCOMPLETE`).
 */
export class InventoryCollector implements Collector {
  readonly #config: InventoryConfig
  readonly #context: Context
  readonly #coverage: Coverage
  /** What was not to be had at the last sweep, as it was told. */
  readonly #told = new Map<string, string>()

  constructor(config: InventoryConfig, context: Context, describers: readonly Describer[]) {
    this.#config = config
    this.#context = context
    this.#coverage = new Coverage(config, describers, context.clock)
  }

  /** Whether every account takes its credentials. What they may read shows in the first sweep: each refusal is told. */
  async check(signal: AbortSignal): Promise<void> {
    await this.#coverage.identify(signal)
  }

  async *collect(saved: unknown, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    const { lanes } = this.#coverage
    const sizes = lanes.map((lane) => this.#describersOf(lane).length)
    const progress = new SweepProgress(this.#plan(), sizes, saved)
    const jobs = lanes
      .map((lane, number) => ({ lane, number }))
      .filter(({ number }) => progress.doneOf(number) < sizes[number]!)
    const failures: Error[] = []
    const open = ({ lane, number }: Job, either: AbortSignal): AsyncGenerator<DescriptionBatch> =>
      this.#sweep(lane, progress.doneOf(number), failures, either)
    for await (const step of merged(jobs, open, { limit: this.#config.concurrency, signal })) {
      signal.throwIfAborted()
      if ('ended' in step) {
        if (step.error !== undefined) throw asError(step.error)
        continue
      }
      const { batch, isLast } = step.value
      if (isLast) progress.advance(step.job.number)
      yield isLast ? { ...batch, position: progress.position } : batch
    }
    // Also where an account could not be entered: the next sweep begins anew.
    yield { events: [], read: 0, position: progress.ended }
    throwIfAny(failures)
  }

  async *#sweep(lane: Lane, done: number, failures: Error[], signal: AbortSignal): AsyncGenerator<DescriptionBatch> {
    const describers = this.#describersOf(lane).slice(done)
    const owner = this.#coverage.ownerOf(lane)
    const closed = await this.#enter(lane, owner, signal)
    const { uid } = owner
    if (closed !== undefined) {
      failures.push(closed)
      this.#tell(nameOf(lane), closed, `Nothing of ${nameOf(lane)} can be read`)
    } else this.#told.delete(nameOf(lane))
    // Without its number nothing can be said of the account; the lane is begun again with the next sweep.
    if (uid === undefined) return
    const calls = new LaneCalls(lane, uid, owner, this.#config, this.#context, signal)
    try {
      for (const describer of describers) {
        const source = closed === undefined ? describer.describe(calls) : failing(closed)
        const place = { account: uid, region: lane.region, answeredAt: () => calls.answeredAt }
        const end = yield* described({ describer, described: source, ...place }, this.#context, signal)
        if (closed === undefined) this.#ended(lane, describer, end, failures)
      }
    } finally {
      calls.close()
    }
  }

  /** Why the account cannot be entered at all; undefined where it can. */
  async #enter(lane: Lane, owner: Account, signal: AbortSignal): Promise<Error | undefined> {
    const { patience, rate } = this.#config
    const whom = `STS for ${nameOf(lane)}`
    try {
      const pacer = new Pacer(rate)
      await patientlyPaced({ patience, pacer, context: this.#context, whom }, signal, async () =>
        owner.identify(lane.asked, signal),
      )
      return undefined
    } catch (error) {
      signal.throwIfAborted()
      return asError(error)
    }
  }

  #ended(lane: Lane, { name }: Describer, { error, reasons }: DescriptionEnd, failures: Error[]): void {
    const key = `${nameOf(lane)} ${name}`
    if (reasons.length === 0) {
      this.#told.delete(key)
      return
    }
    const failure = error ?? new PermanentError('INVENTORY_REFUSED', reasons.slice(0, NAMED).join('; '))
    const isRefusal = error === undefined || errorCode(error) === 'AWS_ACCESS_DENIED'
    if (!isRefusal) failures.push(failure)
    this.#tell(key, failure, `${name} of ${nameOf(lane)} is not read whole, so nothing there counts as gone`)
  }

  /** Once for each reason, until it has passed: a refusal comes again with every sweep. */
  #tell(key: string, error: Error, what: string): void {
    const code = errorCode(error)
    if (this.#told.get(key) === code) return
    this.#told.set(key, code)
    this.#context.log.warn({ error, code }, `${what}: ${error.message}.`)
  }

  #describersOf({ region }: Lane): readonly Describer[] {
    const scope = region === '' ? 'global' : 'regional'
    return this.#coverage.describers.filter((each) => each.scope === scope)
  }

  #plan(): string {
    const { lanes, describers } = this.#coverage
    return digest([lanes, describers.map(({ name }) => name)])
  }
}

function failing(error: Error): AsyncIterable<Described> {
  const next = async (): Promise<never> => {
    throw error
  }
  return { [Symbol.asyncIterator]: () => ({ next }) }
}

function throwIfAny(failures: readonly Error[]): void {
  const [first] = failures
  if (first === undefined) return
  const messages = [...new Set(failures.map(({ message }) => message))]
  const more = messages.length > NAMED ? ` and ${messages.length - NAMED} more` : ''
  throw new PermanentError(
    'INVENTORY_INCOMPLETE',
    `not everything could be read: ${messages.slice(0, NAMED).join('; ')}${more}`,
    { cause: first instanceof PipelineError ? first : new AggregateError(failures) },
  )
}
