import type { Severity } from '../../schemas/generated/posture-event.ts'
import type { PriorityBand } from '../../schemas/records.ts'
import type { Item, Rung } from '../evidence.ts'

/** 1 is the least. */
export type Level = 1 | 2 | 3 | 4

/** Holds while every named item is on a rung of its ladder at least (or at most) as bad as this. */
export type Condition = {
  readonly [I in Item]?: { readonly atLeast: Rung<I> } | { readonly atMost: Rung<I> }
}

/** A ceiling keeps the band from being more urgent than it says, a floor from being less; it applies while any condition holds. */
export type Override = { readonly when: readonly Condition[] } & (
  | { readonly ceiling: PriorityBand }
  | { readonly floor: PriorityBand }
)

/** Everything that decides a priority. All of it is judgement, and all of it is configuration. */
export interface Tables {
  /** Likelihood by exposure and exploitability. */
  readonly likelihood: Readonly<Record<Rung<'exposure'>, Readonly<Record<Rung<'exploitability'>, Level>>>>
  /** What each ladder amounts to as consequence; the highest of the three counts, never an average. */
  readonly consequence: {
    readonly identity: Readonly<Record<Rung<'identity'>, Level>>
    readonly data: Readonly<Record<Rung<'data'>, Level>>
    readonly asset: Readonly<Record<Rung<'asset'>, Level>>
  }
  /** The band by likelihood and consequence. */
  readonly bands: Readonly<Record<Level, Readonly<Record<Level, PriorityBand>>>>
  /** The rung that counts while a ladder is unknown. An unknown severity steps nothing; unknown flags count as no. */
  readonly unknown: { readonly [I in CountedItem]: Rung<I> }
  /** By how many bands the source's severity moves the result: 1 is more urgent, -1 less. */
  readonly severityStep: Readonly<Record<Rung<'severity'>, -1 | 0 | 1>>
  /** The band while nothing but the severity is known; the result is never less urgent while exposure or exploitability is unknown. */
  readonly severityDefault: Readonly<Record<Severity, PriorityBand>>
  /** By name: all ceilings apply before all floors. */
  readonly overrides: Readonly<Record<string, Override>>
  /** The floor that each of BOD 26-04's timelines gives a CVE, by its days. */
  readonly bod: Readonly<Record<'3' | '14' | '60', PriorityBand>>
  /** `context` keeps the BOD floor of what is not publicly exposed at P2; `bod` applies the table as it is. */
  readonly profile: 'context' | 'bod'
  /** The EPSS score from which a CVE counts as easy to exploit. */
  readonly epssEasy: number
  /** How much each ladder counts for the score inside its band. */
  readonly weights: Readonly<Record<WeightedItem, number>>
  /** Days to mend it, by band. */
  readonly dueDays: Readonly<Record<PriorityBand, number>>
}

/** The ladders that count as something while they are unknown. */
export type CountedItem = 'exposure' | 'exploitability' | 'identity' | 'data' | 'path' | 'asset'
export type WeightedItem = CountedItem | 'severity'

/** Raised with every change of what stands here. */
export const TABLES_VERSION = 1

/** The tables that count unless the configuration replaces them. */
export const TABLES: Tables = {
  likelihood: {
    none: { hygiene: 1, conditional: 1, easy: 1, active: 2 },
    internal: { hygiene: 1, conditional: 1, easy: 2, active: 3 },
    cross_boundary: { hygiene: 1, conditional: 2, easy: 2, active: 3 },
    internet_restricted: { hygiene: 1, conditional: 2, easy: 3, active: 3 },
    internet: { hygiene: 2, conditional: 3, easy: 3, active: 4 },
    internet_sensitive: { hygiene: 2, conditional: 3, easy: 4, active: 4 },
  },
  consequence: {
    identity: { none: 1, scoped: 2, broad: 3, admin: 4 },
    data: { none: 1, internal: 2, confidential: 3, restricted: 4 },
    asset: { sandbox: 1, dev: 1, normal: 2, prod: 2, crown_jewel: 4 },
  },
  bands: {
    1: { 1: 'P4', 2: 'P4', 3: 'P3', 4: 'P3' },
    2: { 1: 'P4', 2: 'P3', 3: 'P3', 4: 'P2' },
    3: { 1: 'P3', 2: 'P2', 3: 'P2', 4: 'P1' },
    4: { 1: 'P2', 2: 'P1', 3: 'P1', 4: 'P1' },
  },
  unknown: {
    exposure: 'cross_boundary',
    exploitability: 'conditional',
    identity: 'scoped',
    data: 'internal',
    path: 'partial',
    asset: 'normal',
  },
  severityStep: { informational: 0, low: -1, medium: 0, high: 0, critical: 1 },
  severityDefault: { critical: 'P2', high: 'P3', medium: 'P3', low: 'P4', informational: 'P4', unknown: 'P3' },
  overrides: {
    'ceiling-informational': { ceiling: 'P4', when: [{ severity: { atMost: 'informational' } }] },
    'ceiling-closed': {
      ceiling: 'P3',
      when: [{ exposure: { atMost: 'none' }, path: { atMost: 'none' }, exploitability: { atMost: 'easy' } }],
    },
    'floor-toxic-combination': {
      floor: 'P1',
      when: [
        { exposure: { atLeast: 'internet' }, exploitability: { atLeast: 'easy' }, identity: { atLeast: 'broad' } },
        { exposure: { atLeast: 'internet' }, exploitability: { atLeast: 'easy' }, data: { atLeast: 'confidential' } },
      ],
    },
    'floor-public-data': {
      floor: 'P1',
      when: [{ anonymousAccess: { atLeast: 'read' }, data: { atLeast: 'confidential' } }],
    },
    'floor-live-secret': { floor: 'P2', when: [{ liveSecret: { atLeast: 'readable' } }] },
    'floor-live-secret-admin': {
      floor: 'P1',
      when: [{ liveSecret: { atLeast: 'readable' }, identity: { atLeast: 'admin' } }],
    },
    'floor-attack-path': { floor: 'P2', when: [{ path: { atLeast: 'completes' } }] },
    'floor-attack-path-easy': {
      floor: 'P1',
      when: [{ path: { atLeast: 'completes' }, exploitability: { atLeast: 'easy' } }],
    },
    'floor-active-exploitation': {
      floor: 'P2',
      when: [{ exploitability: { atLeast: 'active' }, exposure: { atLeast: 'internal' } }],
    },
  },
  bod: { 3: 'P1', 14: 'P2', 60: 'P3' },
  profile: 'context',
  epssEasy: 0.1,
  weights: { exposure: 20, exploitability: 15, severity: 25, identity: 12, data: 12, path: 10, asset: 6 },
  dueDays: { P1: 3, P2: 7, P3: 30, P4: 90 },
}
