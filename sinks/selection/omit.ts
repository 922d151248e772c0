import { Type } from 'typebox'
import type { PostureFinding } from '../sink.ts'

/** The `omit` part of every sink's configuration; what may stand in it is told by omittable.ts. */
export const sinkOmit = Type.Array(
  Type.String({ minLength: 1, description: 'An attribute of OCSF by its path, such as resources.data' }),
  {
    default: [],
    description:
      'Attributes of the event that this sink is not given, by their path: resources.data leaves data out of every resource',
    examples: [['unmapped.source', 'resources.data']],
  },
)

/** What to leave out of an object: the whole of a member, or something inside it. */
type Cut = ReadonlyMap<string, Cut | undefined>

/** Makes findings without some attributes. An event that has none of them stays as it is, bytes and all. */
export function projection(paths: readonly string[]): (finding: PostureFinding) => PostureFinding {
  const cut = cutOf(paths.map((path) => path.split('.')))
  return (finding) => {
    const event = without(finding.event, cut) as PostureFinding['event']
    return event === finding.event ? finding : { ...finding, event, bytes: Buffer.from(JSON.stringify(event)) }
  }
}

function cutOf(paths: readonly (readonly string[])[]): Cut {
  const members = Map.groupBy(paths, ([first]) => first!)
  return new Map(
    [...members].map(([name, below]) => {
      const rests = below.map(([, ...rest]) => rest)
      return [name, rests.some((rest) => rest.length === 0) ? undefined : cutOf(rests)]
    }),
  )
}

/** A copy where something is left out, else the value itself; every entry of a list is looked into. */
function without(value: unknown, cut: Cut): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const entries = value.map((entry) => without(entry, cut))
    return entries.some((entry, at) => entry !== value[at]) ? entries : value
  }
  const object = value as Readonly<Record<string, unknown>>
  if (![...cut.keys()].some((name) => Object.hasOwn(object, name))) return value
  let changed = false
  const kept = Object.entries(object).flatMap(([name, member]) => {
    if (!cut.has(name)) return [[name, member] as const]
    const inside = cut.get(name)
    const left = inside === undefined ? undefined : without(member, inside)
    changed ||= left !== member
    return inside === undefined ? [] : [[name, left] as const]
  })
  return changed ? Object.fromEntries(kept) : value
}
