import type { PriorityConfig } from './config.ts'
import { isSection, tablesOf } from './settle.ts'
import { unsoundness, type Unsound } from './soundness.ts'
import { TABLES } from './tables.ts'

/** What in a configuration is to be changed for an offence to go away. */
export interface Culprit {
  /** The keys that lead to it, from `enrichment.priority` on; empty where no single part of it is to blame. */
  readonly path: readonly string[]
  /** What is shipped there; undefined where that is more than one value, or nothing. */
  readonly shipped: string | number | undefined
}

type Section = Readonly<Record<string, unknown>>

/** So many parts are tried, each in a tenth of a second. */
const TRIALS = 8

/**
 * The smallest part of the configuration without which this would be no offence: one key before a section, and before others one
 * without which there would be none at all.
 */
export function culpritOf(config: PriorityConfig, unsound: Unsound): Culprit {
  const parts = partsOf(config, []).toSorted((a, b) => b.length - a.length)
  const guilty = parts.filter((each) => !unsound.holdsUnder(tablesOf(without(config, each))))
  const alone = guilty.slice(0, TRIALS).find((each) => unsoundness(tablesOf(without(config, each))) === undefined)
  const path = alone ?? guilty[0] ?? []
  const shipped = path.reduce<unknown>((value, key) => (isSection(value) ? value[key] : undefined), TABLES)
  return { path, shipped: typeof shipped === 'string' || typeof shipped === 'number' ? shipped : undefined }
}

/** The paths of all that it names, in its order; an override is one thing, whatever it says. */
function partsOf(section: Section, above: readonly string[]): readonly (readonly string[])[] {
  return Object.entries(section).flatMap(([key, value]) => {
    const path = [...above, key]
    return isSection(value) && above[0] !== 'overrides' ? [path, ...partsOf(value, path)] : [path]
  })
}

function without<T extends Section>(section: T, [key, ...rest]: readonly string[]): T {
  const kept = Object.entries(section).filter(([each]) => each !== key || rest.length > 0)
  const changed = kept.map(([each, value]) => [each, each === key && isSection(value) ? without(value, rest) : value])
  return Object.fromEntries(changed) as T
}
