import type { Exposure, Route } from '../exposure.ts'

/** The most that one item of evidence holds. */
const MOST = 6

/**
 * What an exposure rests on, in short phrases, the deciding one first: where one way in is all there is and one range of
 * addresses on it, that range, since taking it away closes it; else the hops of the deciding way, or those that close.
 */
export function phrasesOf({ value, routes, closedBy }: Exposure): readonly string[] {
  const [deciding] = value === 'none' || value === 'internal' ? [] : routes
  if (deciding === undefined) return closedBy.slice(0, MOST).map(({ text }) => text)
  // What is next to the resource is what people can mend.
  const hops = deciding.hops.map(({ text }) => text).toReversed()
  const removable = routes.length === 1 ? rangeOf(deciding) : undefined
  return [...(removable === undefined ? [] : [removable]), ...hops].slice(0, MOST)
}

/** How a hop ends that lets one range of addresses in, and no other. */
const RANGE = /^(?:(?! from ).)* from ([0-9a-f.:]+\/\d{1,3})$/
/** So many ports can still be taken away at once. */
const FEW_PORTS = 4

/** `0.0.0.0/0 on port 22`, where that is the whole of the way in. */
function rangeOf({ hops, ports }: Route): string | undefined {
  const ranges = new Set(hops.flatMap(({ text }) => RANGE.exec(text)?.[1] ?? []))
  const [range] = ranges
  if (range === undefined || ranges.size > 1 || ports.length === 0 || ports.length > FEW_PORTS) return undefined
  if (ports.includes('all')) return `${range} on all ports`
  return `${range} on port${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`
}
