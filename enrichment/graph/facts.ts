import { isDeepStrictEqual } from 'node:util'
import type { KnownAsset } from '../context-graph.ts'

/** What people write beside an asset: no rule reads it. */
const REMARKS: ReadonlySet<string> = new Set(['tags', 'description'])

/** Whether everything that a rule may read is the same in both. */
export function sameFacts(one: KnownAsset | undefined, other: KnownAsset | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return one.account === other.account && one.region === other.region && isDeepStrictEqual(factsOf(one), factsOf(other))
}

function factsOf({ document }: KnownAsset): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(document).filter(([name]) => !REMARKS.has(name)))
}
