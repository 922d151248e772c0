import { createHash } from 'node:crypto'
import { durationMs } from '../../core/duration.ts'
import type { Context } from '../../core/component.ts'
import { TransientError, errorCode } from '../../core/errors.ts'
import { patientlyPaced } from '../aws/patience.ts'
import { nameOf, type SecurityHubConfig, type Target } from './config.ts'
import type { HubClient, HubPage } from './hub-client.ts'
import type { Pass, TargetPosition } from './position.ts'
import { updatedAt } from './query.ts'

/** A page, and where the target stands once its findings are published. */
export interface SweptPage {
  readonly records: readonly unknown[]
  /** When the source was asked, by its own clock. */
  readonly askedAt: number
  readonly position: TargetPosition
}

/** Who gives the pages, once each. */
export type Pages = Pick<HubClient, 'page' | 'pacer'>

const MINUTE_MS = 60_000
/** The first year in which a finding can have been updated. */
const BEGINNING = Date.UTC(2000, 0, 1)
/**
 * The window ends in the future: a source whose clock is ahead must not hide, and what changes while the sweep runs moves to
 * the end of the order, where it is still read.
 */
const AHEAD_MS = 366 * 24 * 60 * MINUTE_MS
/** The finding at which a window begins anew is read again, also where the beginning is not part of a window. */
const GRAIN_MS = 1000
/** How often the window is begun anew without getting further. */
const MOST_RESTARTS = 5

/**
 * Reads one target's findings page by page, in the order of their update. A token that repeats or is refused begins the
 * window anew at the last finding read; throttling and outages are waited out, for so long as `patience` says.
 */
export class TargetSweep {
  readonly #config: SecurityHubConfig
  readonly #target: Target
  readonly #hub: Pages
  readonly #context: Context
  /** Digests of the tokens of this window. */
  readonly #tokens = new Set<string>()
  #restarts = 0
  #saidAt: number

  constructor(config: SecurityHubConfig, target: Target, hub: Pages, context: Context) {
    this.#config = config
    this.#target = target
    this.#hub = hub
    this.#context = context
    this.#saidAt = context.clock()
  }

  /** Goes on where the position stands. Throws what made it give up. */
  async *pages(position: TargetPosition, now: number, signal: AbortSignal): AsyncGenerator<SweptPage> {
    const { pass: _, ...before } = position
    let pass = position.pass ?? this.#begun(position.readUntil, now)
    for (;;) {
      const page = await this.#read(pass, signal)
      const next = page === undefined ? undefined : advanced(pass, page)
      if (page !== undefined && next !== undefined) {
        if (page.token === undefined) {
          this.#ended(next)
          yield { records: page.records, askedAt: page.at, position: { readUntil: pass.startedAt } }
          return
        }
        this.#progress(next)
        yield { records: page.records, askedAt: page.at, position: { ...before, pass: next } }
      }
      pass = next === undefined || this.#repeats(next.token, pass.token) ? this.#restarted(next ?? pass) : next
    }
  }

  #begun(readUntil: number | undefined, startedAt: number): Pass {
    const from = readUntil === undefined ? BEGINNING : readUntil - durationMs(this.#config.overlap)
    return { from, until: startedAt + AHEAD_MS, startedAt, reached: from, pages: 0, findings: 0 }
  }

  /** The next page; undefined where the token is refused. */
  async #read(pass: Pass, signal: AbortSignal): Promise<HubPage | undefined> {
    const whom = `Security Hub in ${nameOf(this.#target)}`
    const patience = { patience: this.#config.patience, pacer: this.#hub.pacer, context: this.#context, whom }
    return patientlyPaced(patience, signal, async () => {
      try {
        return await this.#hub.page(pass, signal)
      } catch (error) {
        if (errorCode(error) === 'SECURITY_HUB_TOKEN') return undefined
        throw error
      }
    })
  }

  #repeats(token: string | undefined, asked: string | undefined): boolean {
    const mark = createHash('sha256')
      .update(token ?? '')
      .digest('base64')
      .slice(0, 16)
    if (token === asked || this.#tokens.has(mark)) return true
    this.#tokens.add(mark)
    return false
  }

  #restarted(pass: Pass): Pass {
    const from = Math.max(pass.from, (pass.reached ?? pass.from) - GRAIN_MS)
    this.#restarts = from > pass.from ? 0 : this.#restarts + 1
    this.#tokens.clear()
    const { region } = this.#target
    const fields = { region, role: this.#target.roleArn, pages: pass.pages, from: new Date(from).toISOString() }
    if (this.#restarts > MOST_RESTARTS) {
      const message = `Security Hub in ${nameOf(this.#target)} gives tokens that repeat or that it refuses, ${MOST_RESTARTS} times at one place`
      throw new TransientError('SECURITY_HUB_TOKENS', message, { fault: 'outage' })
    }
    this.#context.log.warn(
      fields,
      `A page's token of Security Hub in ${nameOf(this.#target)} repeats or is refused: the sweep goes on from the last finding read.`,
    )
    const { token: _, reached: __, ...rest } = pass
    return { ...rest, from, ...(pass.reached === undefined ? {} : { reached: from }) }
  }

  #progress(pass: Pass): void {
    const { log, clock } = this.#context
    if (clock() - this.#saidAt < MINUTE_MS) return
    this.#saidAt = clock()
    log.info(this.#fields(pass), `Sweeping Security Hub in ${nameOf(this.#target)}: ${counted(pass)} so far.`)
  }

  #ended(pass: Pass): void {
    this.#context.log.info(this.#fields(pass), `Swept Security Hub in ${nameOf(this.#target)}: ${counted(pass)}.`)
  }

  #fields({ pages, findings, from, reached }: Pass): object {
    const { region, roleArn } = this.#target
    const at = reached === undefined ? undefined : new Date(reached).toISOString()
    return { region, role: roleArn, pages, findings, from: new Date(from).toISOString(), reached: at }
  }
}

/** Where the pass stands after a page. Once the source breaks the order, it is not relied on any more. */
function advanced(pass: Pass, { records, token }: HubPage): Pass {
  const { token: _, reached, ...rest } = pass
  const last = reached === undefined ? undefined : lastOf(records, reached, pass.startedAt)
  return {
    ...rest,
    pages: pass.pages + 1,
    findings: pass.findings + records.length,
    ...(token === undefined ? {} : { token }),
    ...(last === undefined ? {} : { reached: last }),
  }
}

/** What was updated after the sweep began stands where it was before, or at the end: the order is that of the rest. */
function lastOf(records: readonly unknown[], reached: number, startedAt: number): number | undefined {
  let last = reached
  for (const record of records) {
    const at = updatedAt(record)
    if (at === undefined || at < last) return undefined
    if (at <= startedAt) last = at
  }
  return last
}

function counted({ pages, findings }: Pass): string {
  return `${findings} findings on ${pages} pages`
}
