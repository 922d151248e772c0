import type { AssetType, KnownAsset } from '../context-graph.ts'
import type { AssetGraph } from './asset-graph.ts'
import { kindNumber, KINDS, TYPES } from './kinds.ts'
import { isSeen, ROLES, SUBJECTS, type Role } from './reads.ts'

const ROLE_NAMES = Object.keys(ROLES) as readonly Role[]
/** More than there are roles: a node and a role make one number. */
const WIDTH = 64
const SUBJECT_ROLES: ReadonlySet<number> = new Set(SUBJECTS.map((role) => ROLE_NAMES.indexOf(role)))
const EVERY_ROLE = ROLE_NAMES.map((_, role) => role)
const ROLES_OF: ReadonlyMap<AssetType | undefined, readonly number[]> = new Map([
  [undefined, EVERY_ROLE],
  ...TYPES.map((type): [AssetType, number[]] => [
    type,
    EVERY_ROLE.filter((role) => ROLES[ROLE_NAMES[role]!].types.includes(type)),
  ]),
])

/** Who reads an asset in a certain role: those that name it by an edge of a kind, and those that it names by one. */
interface Readers {
  readonly incoming: readonly { readonly kind: number; readonly role: number }[]
  readonly outgoing: ReadonlyMap<number, readonly number[]>
}

/** The table of what is read, turned around; by role. */
const READERS: readonly Readers[] = ROLE_NAMES.map(readersOf)

function readersOf(role: Role): Readers {
  const incoming: { kind: number; role: number }[] = []
  const outgoing = new Map<number, number[]>()
  for (const [reader, name] of ROLE_NAMES.entries()) {
    for (const { direction, relation, to } of ROLES[name].steps) {
      if (to !== role) continue
      if (direction === 'names') {
        for (const type of ROLES[name].types) {
          const kind = kindNumber(type, relation)
          if (kind !== undefined) incoming.push({ kind, role: reader })
        }
      } else {
        for (const [kind, each] of KINDS.entries())
          if (each.relation === relation && ROLES[role].types.includes(each.type))
            outgoing.set(kind, [...(outgoing.get(kind) ?? []), reader])
      }
    }
  }
  return { incoming, outgoing }
}

export type Change = readonly [before: KnownAsset | undefined, after: KnownAsset | undefined]

export interface Affected {
  readonly nodes: Iterable<number>
  /** False where there were more to look at than the limit: others may be affected then. */
  readonly complete: boolean
}

/**
 * The assets whose exposure may be another one when this one's facts are: itself, and those that read it, found by going
 * what they read backwards. At most `limit` are looked at, each once for each role. Where it is told, only those count
 * that read what is another one before and after.
 */
export function affectedBy(graph: AssetGraph, changed: number, limit: number, change?: Change): Affected {
  const seen = new Set<number>()
  const nodes = new Set([changed])
  const reach = (node: number, role: number): void => {
    if (seen.size > limit || seen.has(node * WIDTH + role)) return
    const type = graph.typeOf(node)
    if (type !== undefined && !ROLES[ROLE_NAMES[role]!].types.includes(type)) return
    seen.add(node * WIDTH + role)
    if (type !== undefined && SUBJECT_ROLES.has(role)) nodes.add(node)
  }
  for (const role of ROLES_OF.get(graph.typeOf(changed))!)
    if (change === undefined || isSeen(ROLE_NAMES[role]!, ...change)) reach(changed, role)
  for (const state of seen) {
    if (seen.size > limit) break
    const [node, readers] = [Math.floor(state / WIDTH), READERS[state % WIDTH]!]
    for (const { kind, role } of readers.incoming)
      graph.edges.eachIn(node, kind, (from) => {
        reach(from, role)
        return seen.size <= limit
      })
    if (readers.outgoing.size > 0)
      graph.edges.eachOut(node, (to, kind) => {
        for (const role of readers.outgoing.get(kind) ?? []) reach(to, role)
      })
  }
  return { nodes, complete: seen.size <= limit }
}
