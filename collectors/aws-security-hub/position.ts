import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { digest } from '../../core/digest.ts'
import type { SecurityHubConfig } from './config.ts'

const time = Type.Integer({ minimum: 0 })

/** A sweep of one target that is under way. */
const pass = Type.Object({
  /** The frozen window of update times, by the source's clock. */
  from: time,
  until: time,
  /** When the sweep began, by the source's clock. */
  startedAt: time,
  /** Where to go on in the window; absent at its beginning. */
  token: Type.Optional(Type.String()),
  /** Everything of the window that was updated before has been read; absent where the source does not keep the order. */
  reached: Type.Optional(time),
  pages: Type.Integer({ minimum: 0 }),
  findings: Type.Integer({ minimum: 0 }),
})
export type Pass = Static<typeof pass>

const target = Type.Object({
  /** Everything updated before has been read. */
  readUntil: Type.Optional(time),
  pass: Type.Optional(pass),
  /** The scan in which this target has been read whole. */
  doneIn: Type.Optional(Type.String()),
})
export type TargetPosition = Static<typeof target>

const group = Type.Object({
  /** When everything is to be read again, by the collector's clock; absent before the first time. */
  fullDueAt: Type.Optional(time),
  /** The time of the last full sweep, by the source's clock. */
  scannedAt: Type.Optional(time),
  /** The full sweep that is under way. */
  scan: Type.Optional(Type.Object({ uid: Type.String(), at: time })),
  /** What the last full sweep found something of: accounts with the same products stand together, as most are alike. */
  known: Type.Array(Type.Object({ accounts: Type.Array(Type.String()), products: Type.Array(Type.String()) })),
  targets: Type.Record(Type.String(), target),
})
export type GroupPosition = Static<typeof group>

const position = Type.Object({
  /** What was asked for; another question starts from the beginning. */
  query: Type.String(),
  groups: Type.Record(Type.String(), group),
})
export type Position = Static<typeof position>

/** Names the question that a position belongs to. */
export function queryOf({ api, filters, aggregation }: SecurityHubConfig): string {
  return digest({ api, filters: filters ?? {}, aggregation: aggregation ?? {} })
}

/** The saved position; undefined where it is none of this collector, or of another question. */
export function readPosition(saved: unknown, query: string): Position | undefined {
  return Value.Check(position, saved) && saved.query === query ? saved : undefined
}
