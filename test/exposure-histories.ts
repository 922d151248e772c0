import * as fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import type { AssetObserved, PostureEvent } from '../schemas/generated/posture-event.ts'
import type { PostureFinding } from '../sinks/sink.ts'
import { AccountHistory, HISTORY_END } from './account-history.ts'
import { anyDocument, SLOTS } from './oracle/exposure/any-account.ts'
import { ScratchEnrichment } from './scratch-enrichment.ts'

/** Documents that each slot may have; a history draws from them. */
const VARIANTS = 48

/** What opens something, in the documents of types on which much depends. */
const FAVOURED: Readonly<Record<string, RegExp>> = {
  'AWS::Account::RegionSettings': /"mode":"off"/,
  'AWS::EKS::Cluster': /"endpointPublic":true/,
  'AWS::EC2::SecurityGroup': /"ports":\[(80,80|443,443|8000,8100)\],"cidrs":\["0\.0\.0\.0\/0"/,
}

/** What a history brought, and what a rebuild of its last state brings, by finding. */
export interface HistoryResult {
  /** Findings that are open at the end, with all that is known of their exposure. */
  readonly incremental: ReadonlyMap<string, unknown>
  readonly rebuilt: ReadonlyMap<string, unknown>
  /** The exposures of those findings. */
  readonly values: readonly string[]
  /** How many findings were emitted on the way. */
  readonly emitted: number
}

/** Of seeded randomness; equal seeds, equal histories. */
export class Histories {
  readonly #documents: readonly (readonly AssetObserved['document'][])[]
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = mulberry(seed)
    this.#documents = SLOTS.map((slot, index) =>
      fc.sample(anyDocument(slot), { seed: seed + index, numRuns: VARIANTS }).map((each) => ({ ...each })),
    )
  }

  /** One account through `versions` versions of its assets in an order of its own, and the same account told at once. */
  async next(versions: number): Promise<HistoryResult> {
    const history = this.#history(versions)
    const incremental = new ScratchEnrichment(HISTORY_END)
    const latest = new Map<string, PostureFinding>()
    let emitted = 0
    const take = async (events: readonly PostureEvent[]): Promise<void> => {
      incremental.now += 1
      for (const finding of [...(await incremental.take(...events)), ...settle(incremental)]) {
        latest.set(finding.key, finding)
        emitted += 1
      }
    }
    for (const batch of history.batches) await take(batch)
    const rebuild = new ScratchEnrichment(incremental.now)
    const rebuilt = new Map<string, PostureFinding>()
    // Assets first, so that each finding is enriched once and with all of them.
    for (const events of [history.outcome(), history.findings()])
      for (const finding of [...(await rebuild.take(...events)), ...settle(rebuild)]) rebuilt.set(finding.key, finding)
    for (const each of [incremental, rebuild]) each.close()
    const open = [...latest].filter(([, { state }]) => state === 'open').map(([key]) => key)
    return {
      incremental: new Map(open.map((key) => [key, enrichmentOf(latest.get(key))])),
      rebuilt: new Map(open.map((key) => [key, enrichmentOf(rebuilt.get(key))])),
      values: open.map((key) => valueOf(latest.get(key))),
      emitted,
    }
  }

  #history(versions: number): AccountHistory {
    const history = new AccountHistory()
    const segments = 1 + this.#below(3)
    for (let segment = 0; segment < segments; segment += 1) {
      const events: PostureEvent[] = []
      for (let step = 0; step < versions / segments; step += 1) events.push(...this.#step(history))
      // Whatever a segment says comes in any order, some of it twice; what a scan says of all holds from then on.
      history.deliver(this.#shuffled([...events, ...events.filter(() => this.#chance(5))]), () => 1 + this.#below(80))
      if (segment === 0 || this.#chance(50))
        history.scan(
          SLOTS.filter(() => this.#chance(92)),
          this.#random,
        )
    }
    return history
  }

  #step(history: AccountHistory): PostureEvent[] {
    const index = this.#below(SLOTS.length)
    const slot = SLOTS[index]!
    if (this.#chance(2)) return [history.remove(slot)]
    const observed = history.observe(slot, this.#document(index))
    // A finding is told again now and then: its resource may have been gone in between.
    return this.#chance(25) ? [observed, history.state(slot)] : [observed]
  }

  /** One of those that the asset may have; now and then one with which more comes of it than that it is closed. */
  #document(index: number): AssetObserved['document'] {
    const documents = this.#documents[index]!
    const favoured = FAVOURED[SLOTS[index]!.type]
    const some =
      favoured !== undefined && this.#chance(80) ? documents.filter((each) => favoured.test(JSON.stringify(each))) : []
    const from = some.length > 0 ? some : documents
    return from[this.#below(from.length)]!
  }

  #shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, at: this.#random() }))
      .toSorted((one, other) => one.at - other.at)
      .map(({ item }) => item)
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #chance(percent: number): boolean {
    return this.#random() * 100 < percent
  }
}

function settle(enrichment: ScratchEnrichment): PostureFinding[] {
  const findings: PostureFinding[] = []
  for (;;) {
    const { findings: more, settled } = enrichment.tick()
    findings.push(...more)
    if (settled) return findings
  }
}

interface ExposureData {
  readonly value: string
  readonly inputs?: unknown
}

/** All that the event says of exposure and priority, but when what it rests on was described. */
function enrichmentOf(finding: PostureFinding | undefined): unknown {
  if (finding === undefined) return undefined
  const { event } = finding
  const all = (event['enrichments'] ?? []) as readonly { readonly type: string; readonly data: object }[]
  const told = all.map(({ type, data }) => [type, withoutTimes(data)])
  const { traits } = event['finding_info'] as { readonly traits?: unknown }
  return { told, traits, priority: event['priority'], risk: withoutDates(String(event['risk_details'])) }
}

function withoutTimes(data: unknown): unknown {
  return JSON.parse(
    JSON.stringify(data, (key, value: unknown) =>
      ['inputs', 'observedAt', 'computed_at', 'due', 'bod_due'].includes(key) ? undefined : value,
    ),
  )
}

function withoutDates(text: string): string {
  return text.replaceAll(/\d{4}-\d{2}-\d{2}/g, 'DATE')
}

function valueOf(finding: PostureFinding | undefined): string {
  const all = (finding?.event['enrichments'] ?? []) as readonly { readonly type: string; readonly data: object }[]
  const proof = all.find(({ type }) => type === 'exposure')?.data as ExposureData | undefined
  return proof?.value ?? 'no rule'
}

/** The keys of the findings of which a history and a rebuild say different things. */
export function differences({ incremental, rebuilt }: HistoryResult): readonly string[] {
  return [...incremental.keys()].filter((key) => !isDeepStrictEqual(incremental.get(key), rebuilt.get(key)))
}

/** Pseudo-random numbers in 0..1: mulberry32. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
