import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import type { ListName } from './feed-content.ts'

const mark = Type.Object({
  /** The list's own date. */
  at: Type.Number(),
  count: Type.Number(),
  digest: Type.String(),
  /** By uid, the beginning of the digest of what the page holds. */
  pages: Type.Record(Type.String(), Type.String()),
  etag: Type.Optional(Type.String()),
  /** Whose the etag is: a digest of the address. */
  etagOf: Type.Optional(Type.String()),
})
const schema = Type.Object({
  version: Type.Literal(1),
  lists: Type.Object({ epss: Type.Optional(mark), kev: Type.Optional(mark) }),
})

/** What was last published of a list. */
export type ListMark = Readonly<Static<typeof mark>>
export type Marks = Readonly<Partial<Record<ListName, ListMark>>>

/** The marks in a saved position; undefined when it is none of ours. */
export function readPosition(position: unknown): Marks | undefined {
  return Check(schema, position) ? position.lists : undefined
}

export function writePosition(lists: Marks): unknown {
  return { version: 1, lists }
}
