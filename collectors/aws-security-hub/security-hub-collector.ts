import type { Context } from '../../core/component.ts'
import { PermanentError, PipelineError, asError, errorCode } from '../../core/errors.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { accountOfRole } from '../aws/arns.ts'
import { merged, type Step } from '../aws/merged.ts'
import { patientlyPaced } from '../aws/patience.ts'
import type { CollectedBatch, Collector, SetAsideBytes } from '../collector.ts'
import { groupsOf, nameOf, type Group, type SecurityHubConfig, type Target } from './config.ts'
import { reread } from './finding-batches.ts'
import { GroupSweep } from './group-sweep.ts'
import { HubClient } from './hub-client.ts'
import { queryOf, readPosition, type Position } from './position.ts'
import type { SweepScans } from './sweep-scans.ts'
import { TargetSweep, type SweptPage } from './target-sweep.ts'

/** One account and region of one sweep. */
interface Job {
  readonly sweep: GroupSweep
  readonly target: Target
}

/**
 * Every sweep reads what was updated since the last one, and now and then everything; each account and region by itself, so
 * that one which refuses or is out of reach holds up no other: it is named at the end, by a PermanentError
 * (`SECURITY_HUB_INCOMPLETE`), or where all of them are, by the error of the first.
 */
export class SecurityHubCollector implements Collector {
  readonly #config: SecurityHubConfig
  readonly #context: Context
  readonly #groups: readonly Group[]
  readonly #hubs: ReadonlyMap<Target, HubClient>
  /** Scans of full sweeps that are under way, by account: they know which findings came. */
  readonly #scans = new Map<string, SweepScans>()
  /** Why a target could not be swept, as it was told last. */
  readonly #told = new Map<Target, string>()

  constructor(config: SecurityHubConfig, context: Context) {
    this.#config = config
    this.#context = context
    this.#groups = groupsOf(config)
    const targets = this.#groups.flatMap((group) => group.targets)
    this.#hubs = new Map(targets.map((target) => [target, new HubClient(config, target, context.clock)]))
  }

  async check(signal: AbortSignal): Promise<void> {
    const errors: Error[] = []
    for (const hub of this.#hubs.values()) {
      try {
        await hub.check(signal)
      } catch (error) {
        signal.throwIfAborted()
        errors.push(asError(error))
      }
    }
    throwIfAny(errors, this.#hubs.size)
  }

  async outlook(): Promise<readonly string[]> {
    const { full, filters } = this.#config
    return [
      `A sweep asks for what was updated since the last one, and every ${full} one asks for everything.`,
      filters?.severities === undefined
        ? 'What everything does not hold any more is closed.'
        : 'Absence closes nothing, as findings of some severities only are read.',
    ]
  }

  async *collect(saved: unknown, signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    for (let position = saved, again = true; again;) {
      const sweeps = this.#sweepsFrom(position)
      yield* this.#sweep(sweeps, signal)
      again = sweeps.some(({ isToBeRepeated }) => isToBeRepeated)
      position = this.#position(sweeps)
    }
  }

  /** As the source would give it now without its scan; what it says there meanwhile, the next sweep reads. */
  async reread(letter: SetAsideBytes): Promise<readonly PostureEvent[]> {
    return reread(letter, { context: this.#context, api: this.#config.api })
  }

  async close(): Promise<void> {
    for (const hub of this.#hubs.values()) hub.close()
  }

  #sweepsFrom(saved: unknown): GroupSweep[] {
    const query = queryOf(this.#config)
    const position = readPosition(saved, query)
    if (saved !== undefined && position === undefined)
      this.#context.log.warn({}, 'The saved position belongs to other settings than these, so everything is read anew.')
    return this.#groups.map((group) => {
      const held = { position: position?.groups[group.key], scans: this.#scans.get(group.key) }
      return new GroupSweep(group, this.#config, this.#context, held)
    })
  }

  async *#sweep(sweeps: readonly GroupSweep[], signal: AbortSignal): AsyncGenerator<CollectedBatch> {
    const jobs = sweeps.flatMap((sweep) => sweep.due.map((target) => ({ sweep, target })))
    const left = new Map(sweeps.map((sweep) => [sweep, sweep.due.length]))
    for (const sweep of sweeps) if (sweep.due.length === 0) yield* this.#ended(sweep, sweeps)
    const open = (job: Job, either: AbortSignal): AsyncGenerator<SweptPage> => this.#pages(job, either)
    for await (const step of merged(jobs, open, { limit: this.#config.concurrency, signal })) {
      signal.throwIfAborted()
      yield* this.#taken(step, sweeps)
      const { sweep } = step.job
      if (!('ended' in step)) continue
      left.set(sweep, left.get(sweep)! - 1)
      if (left.get(sweep) === 0) yield* this.#ended(sweep, sweeps)
    }
    throwIfAny(
      sweeps.flatMap(({ failures }) => [...failures.values()]),
      jobs.length,
    )
  }

  async *#pages({ sweep, target }: Job, signal: AbortSignal): AsyncGenerator<SweptPage> {
    const hub = this.#hubs.get(target)!
    const whom = `Security Hub in ${nameOf(target)}`
    const patience = { patience: this.#config.patience, pacer: hub.pacer, context: this.#context, whom }
    const { account, now } = await patientlyPaced(patience, signal, async () => hub.describe(signal))
    sweep.began(account, now)
    if (sweep.scans !== undefined) this.#scans.set(sweep.group.key, sweep.scans)
    yield* new TargetSweep(this.#config, target, hub, this.#context).pages(sweep.startOf(target), now, signal)
  }

  *#taken(
    { job: { sweep, target }, ...step }: Step<Job, SweptPage>,
    sweeps: readonly GroupSweep[],
  ): Generator<CollectedBatch> {
    if ('value' in step) {
      for (const { moved, ...batch } of sweep.take(target, step.value))
        yield moved ? { ...batch, position: this.#position(sweeps) } : batch
    } else if (step.error === undefined) this.#told.delete(target)
    else this.#failed(sweep, target, asError(step.error))
  }

  /** Tells each reason once until it has passed, since whatever fails is tried again and again. */
  #failed(sweep: GroupSweep, target: Target, error: Error): void {
    const consequence = sweep.failed(target, error)
    const code = errorCode(error)
    if (this.#told.get(target) === code) return
    this.#told.set(target, code)
    const { region, roleArn: role } = target
    this.#context.log.error(
      { error, code, region, role },
      `Security Hub in ${nameOf(target)} could not be swept: ${error.message}. ${consequence}`,
    )
  }

  *#ended(sweep: GroupSweep, sweeps: readonly GroupSweep[]): Generator<CollectedBatch> {
    const last = sweep.end(accountOfRole(sweep.group.targets[0]?.roleArn))
    if (last === undefined) return
    this.#scans.delete(sweep.group.key)
    yield { ...last, position: this.#position(sweeps) }
  }

  #position(sweeps: readonly GroupSweep[]): Position {
    return {
      query: queryOf(this.#config),
      groups: Object.fromEntries(sweeps.map(({ group, position }) => [group.key, position])),
    }
  }
}

/** Throws one error for all of them: one that is waited out only where nothing at all could be read. */
function throwIfAny(errors: readonly Error[], of: number): void {
  const [first] = errors
  if (first === undefined) return
  const passing = errors.find((error) => error instanceof PipelineError && error.retryable)
  if (errors.length === of) throw passing ?? first
  const message = `${errors.length} of ${of} could not be read: ${errors.map((each) => each.message).join('; ')}`
  throw new PermanentError('SECURITY_HUB_INCOMPLETE', message, { cause: new AggregateError(errors) })
}
