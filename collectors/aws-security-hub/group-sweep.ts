import { durationMs } from '../../core/duration.ts'
import { digest } from '../../core/digest.ts'
import type { Context } from '../../core/component.ts'
import type { CollectedBatch } from '../collector.ts'
import { nameOf, type Group, type SecurityHubConfig, type Target } from './config.ts'
import { batchesOf } from './finding-batches.ts'
import type { GroupPosition, TargetPosition } from './position.ts'
import { SweepScans, type Ending } from './sweep-scans.ts'
import type { SweptPage } from './target-sweep.ts'

const NOTHING_YET: GroupPosition = { known: [], targets: {} }
/** A full sweep that failed is tried again after so long, or with the next one. */
const TRY_AGAIN_MS = 60 * 60_000
const MOST_EARLY_MS = 10 * 60_000
/** Accounts that a message names. */
const NAMED = 5

/**
 * One sweep of an account's targets, of everything or of what was updated since the last one, and where it stands. A full
 * one states scans: complete only where every page of every region came and could be read.
 */
export class GroupSweep {
  readonly group: Group
  readonly #config: SecurityHubConfig
  readonly #context: Context
  readonly #failures = new Map<Target, Error>()
  #position: GroupPosition
  #scans: SweepScans | undefined
  #account: string | undefined
  #own = 0
  #isToBeRepeated = false
  readonly #full: boolean
  readonly #startedAt: number

  /** `scans` are those that an earlier sweep in this process left unfinished. */
  constructor(
    group: Group,
    config: SecurityHubConfig,
    context: Context,
    { position = NOTHING_YET, scans }: { position?: GroupPosition | undefined; scans?: SweepScans | undefined },
  ) {
    this.group = group
    this.#config = config
    this.#context = context
    this.#position = position
    this.#startedAt = context.clock()
    this.#full = position.scan !== undefined || (position.fullDueAt ?? 0) <= this.#startedAt
    if (position.scan !== undefined)
      this.#scans = scans?.reference.uid === position.scan.uid ? scans : this.#scansOf(position.scan, false)
  }

  get position(): GroupPosition {
    return this.#position
  }

  get scans(): SweepScans | undefined {
    return this.#scans
  }

  get failures(): ReadonlyMap<Target, Error> {
    return this.#failures
  }

  /** A restart had cut this full sweep in two, so that it could close nothing: it is read again whole. */
  get isToBeRepeated(): boolean {
    return this.#isToBeRepeated
  }

  /** The targets that this sweep has not read whole yet. */
  get due(): Target[] {
    const { scan, targets } = this.#position
    return this.group.targets.filter(({ region }) => scan === undefined || targets[region]?.doneIn !== scan.uid)
  }

  /** Where a target's sweep begins or goes on: of everything where it is part of a full sweep. */
  startOf({ region }: Target): TargetPosition {
    const { readUntil, pass } = this.#position.targets[region] ?? {}
    return {
      ...(pass === undefined ? {} : { pass }),
      ...(readUntil === undefined || this.#full ? {} : { readUntil }),
    }
  }

  /** The hub of a target has answered: the first one's time is that of the whole sweep. */
  began(account: string | undefined, at: number): void {
    this.#account ??= account
    if (!this.#full || this.#scans !== undefined) return
    // The source's clock names whole seconds; of two scans at one time neither would be the later.
    const time = Math.max(at, (this.#position.scannedAt ?? 0) + 1)
    const scan = { uid: digest([this.#context.name, this.group.key, time, this.#startedAt]), at: time }
    // A window that was left unfinished is part of it.
    this.#position = { ...this.#position, scan, targets: readUntilOf(this.#position) }
    this.#scans = this.#scansOf(scan, true)
  }

  /** A page's findings; the last batch says that the target has moved on. */
  *take({ region }: Target, { records, askedAt, position }: SweptPage): Generator<CollectedBatch & { moved: boolean }> {
    const { api } = this.#config
    const scans = this.#scans
    const batches = [...batchesOf(records, { context: this.#context, api, region, askedAt, scans })]
    for (const [at, { own, ...batch }] of batches.entries()) {
      this.#own += own
      scans?.skipped(batch.unreadable?.length ?? 0)
      const moved = at === batches.length - 1
      if (moved) this.#move(region, position)
      yield { ...batch, moved }
    }
  }

  /** A target's sweep has ended before it was done; the others go on. Returns what follows from that, as a sentence. */
  failed(target: Target, error: Error): string {
    this.#failures.set(target, error)
    return this.#full ? 'This full sweep counts as failed and closes nothing.' : 'The next sweep goes on there.'
  }

  /** Every target has ended: states what the scans have come to; nothing after the sweep of a window. */
  end(account: string | undefined): CollectedBatch | undefined {
    this.#account ??= account
    if (!this.#full) return undefined
    if (this.#scans === undefined) this.began(account, this.#startedAt)
    const scans = this.#scans!
    const ending = this.#ending()
    const { events, known, left } = scans.end(ending)
    this.#position = {
      fullDueAt: this.#dueAfter(scans, ending),
      scannedAt: scans.reference.time,
      known,
      targets: readUntilOf(this.#position),
    }
    this.#scans = undefined
    this.#isToBeRepeated = !scans.whole
    this.#report(ending, [...scans.reasons, ...saidOf(left)])
    return { events, read: 0 }
  }

  #dueAfter({ whole }: SweepScans, { outcome }: Ending): number {
    const fullMs = durationMs(this.#config.full)
    if (outcome === 'failed') return this.#context.clock() + Math.min(TRY_AGAIN_MS, fullMs)
    if (!whole) return this.#startedAt
    // A schedule of the same period may tick a little early.
    return this.#startedAt + fullMs - Math.min(fullMs / 10, MOST_EARLY_MS)
  }

  #ending(): Ending {
    const reasons = [...this.#failures].map(([target, { message }]) => `${nameOf(target)}: ${message}`)
    const outcome = reasons.length > 0 ? ('failed' as const) : ('complete' as const)
    if (this.#config.filters?.severities !== undefined)
      reasons.push('of findings of some severities only, none that is absent need be mended')
    return { outcome, reasons, known: this.#position.known, account: this.#account }
  }

  #report({ outcome, reasons }: Ending, ofScans: readonly string[]): void {
    const all = [...reasons, ...ofScans]
    const fields = { account: this.group.key, outcome, reasons: all, own: this.#own }
    const whose = this.group.key === 'own' ? 'the own account' : this.group.key
    if (all.length === 0) this.#context.log.info(fields, `The full sweep of Security Hub in ${whose} is complete.`)
    else
      this.#context.log.warn(
        fields,
        `The full sweep of Security Hub in ${whose} does not close all that is absent: ${all.join('; ')}.`,
      )
  }

  #move(region: string, position: TargetPosition): void {
    const held = this.#position.targets[region]?.readUntil
    const next: TargetPosition = {
      ...(held === undefined ? {} : { readUntil: held }),
      ...position,
      ...(position.pass === undefined && this.#scans !== undefined ? { doneIn: this.#scans.reference.uid } : {}),
    }
    this.#position = { ...this.#position, targets: { ...this.#position.targets, [region]: next } }
  }

  #scansOf({ uid, at }: { uid: string; at: number }, whole: boolean): SweepScans {
    const { targets } = this.group
    const regions = targets.map(({ region }) => region)
    return new SweepScans(
      this.#context,
      { uid, time: at },
      { regions, aggregated: targets.some((each) => each.aggregated), whole },
    )
  }
}

function saidOf(left: readonly string[]): string[] {
  if (left.length === 0) return []
  return [
    `nothing came any more of ${left.length} accounts, whose findings stay as they are (${left.slice(0, NAMED).join(', ')})`,
  ]
}

function readUntilOf({ targets }: GroupPosition): GroupPosition['targets'] {
  return Object.fromEntries(
    Object.entries(targets).map(([region, { readUntil }]) => [region, readUntil === undefined ? {} : { readUntil }]),
  )
}
