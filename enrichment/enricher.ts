import type { PostureEvent, Standard } from '../schemas/generated/posture-event.ts'
import type { FindingState, StateRecord } from '../schemas/generated/state.ts'
import type { PriorityBand } from '../schemas/records.ts'
import type { ContextGraph } from './context-graph.ts'
import type { Exposure } from './exposure.ts'
import type { Evidence, EvidenceVector, Item } from './evidence.ts'

/** Reads this partition's state, the running batch's changes included. */
export interface StateReader {
  /** The assets that this partition knows. */
  readonly graph: ContextGraph
  get(key: string): StateRecord | undefined
  /** Keys that start with `prefix`, in order, after `after` where given; at most `limit`. */
  keys(prefix: string, options?: { readonly after?: string; readonly limit?: number }): Iterable<string>
  /** State keys of the findings whose subject is this resource. */
  findingsOf(tenant: string, resourceUid: string): Iterable<string>
}

/** Changes this partition's state; what is written becomes visible with the batch, or not at all. */
export interface StateStore extends StateReader {
  put(key: string, record: StateRecord): void
  delete(key: string): void
}

/** What the enrichers found out about one finding. Each adds its own part and cannot undo another's. */
export interface FindingContext {
  /** Requirements that its control tests, beside those that its source names with the finding; see standards/. */
  readonly standards?: readonly Standard[]
  /** What findings of different sources about one resource and equivalent controls have in common; see correlation/. */
  readonly correlation?: string
  readonly exposure?: Evidence<'exposure'>
  /** What that rests on: the ways in with every hop, or what closes them; see exposure/. */
  readonly exposureProof?: Exposure
  readonly anonymousAccess?: Evidence<'anonymousAccess'>
  readonly identity?: Evidence<'identity'>
  readonly data?: Evidence<'data'>
  readonly path?: Evidence<'path'>
  readonly asset?: Evidence<'asset'>
  readonly owner?: Owner
  readonly priority?: Priority
}

/** Who answers for the resource, by a rule of the configuration. */
export interface Owner {
  /** A team, as its organisation calls it. */
  readonly name: string
  /** Who says so, for a reader: `tag team=payments`. */
  readonly source: string
}

/** In which order people should work, and why; see priority/. */
export interface Priority {
  readonly band: PriorityBand
  /** 0-100; sorts inside the band only. */
  readonly score: number
  readonly state: 'evaluated' | 'partly_evaluated' | 'not_evaluated'
  /** The best and the worst band that it can have once everything unknown is learnt. */
  readonly range: readonly [best: PriorityBand, worst: PriorityBand]
  /** The deciding one first. */
  readonly reasons: readonly Reason[]
  /** The smallest single changes that would lower the band. */
  readonly counterfactuals: readonly Counterfactual[]
  /** What each unknown could make of it. */
  readonly wouldChangeIf: readonly WouldChange[]
  /** How long there is to mend it, in days from when it first was this urgent. */
  readonly dueDays: number
  /** Of a finding about a CVE: what CISA's two tables say, unblended. */
  readonly cve?: CvePriority
  readonly evidence: EvidenceVector
  readonly ruleset: RulesetName
  /** Of everything that decided: equal hashes under one ruleset, equal priority. */
  readonly inputHash: string
}

/** One step that decided: a cell of a table, the severity's step, or an override by its name. */
export interface Reason {
  readonly id: string
  /** A sentence for a person; may hold numbers that change daily. */
  readonly text: string
  /** The items whose evidence it used. */
  readonly items: readonly Item[]
}

export interface Counterfactual {
  readonly item: Item
  readonly from: string
  readonly to: string
  readonly band: PriorityBand
  /** A sentence for a person. */
  readonly text: string
}

export interface WouldChange {
  readonly item: Item | 'kev' | 'automatable' | 'technicalImpact'
  readonly best: PriorityBand
  readonly worst: PriorityBand
  readonly text: string
}

export interface CvePriority {
  readonly uid: string
  /** SSVC's outcomes that are possible, the mildest first; one where all is known. */
  readonly ssvc: readonly string[]
  /** BOD 26-04's timelines that are possible, the longest first; one where all is known. */
  readonly bod: readonly string[]
  /** Days of the BOD timeline that counts: the strictest where several are possible; absent on the next upgrade. */
  readonly bodDays?: number
  /** What was not known, by name. */
  readonly unknown: readonly string[]
}

export interface RulesetName {
  readonly name: string
  readonly version: number
  readonly hash: string
}

/** Adds facts to findings. Pure: it publishes nothing, reads no clock, and writes only its own key space. */
export interface Enricher {
  readonly name: string
  /** Raised with every change of its rules: findings enriched under another version are enriched again. */
  readonly version: number
  readonly consumes: readonly PostureEvent['type'][]
  /** Takes what an event says into the state; answers the keys of the findings that this may have changed. */
  apply(event: PostureEvent, store: StateStore): Iterable<string>
  /** `before` is what the enrichers before this one found out. */
  enrich(finding: FindingState, store: StateReader, before: FindingContext): FindingContext
}
