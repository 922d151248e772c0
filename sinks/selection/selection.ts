import type { Delivered } from './delivered.ts'
import type { Filter } from './filter.ts'
import type { ReadFinding } from '../read-batch.ts'

/**
 * Of the findings of a batch those that a sink with a filter gets: those that fit, and those that it was given before and
 * whose closing it has not been given, as if they were delivered one after another.
 */
export function selected(findings: readonly ReadFinding[], filter: Filter, delivered: Delivered): ReadFinding[] {
  const told = new Map<string, boolean>()
  return findings.filter(({ finding }) => {
    const isTold = told.get(finding.key) ?? delivered.has(finding.key)
    const isClosing = !filter.keepsTelling(finding.state)
    // The sink may refuse the closing that is told before it: then this one is the one that counts.
    const isTwice = isClosing && told.has(finding.key)
    if (!isTold && !isTwice && !filter.fits(finding)) return false
    told.set(finding.key, !isClosing)
    return true
  })
}

/** By finding key, the revision that it is to be remembered by, or null where it is to be forgotten. */
export type Changes = ReadonlyMap<string, number | null>

/** What the delivery of findings (in their order) changes in what is remembered. */
export function changesBy(
  findings: readonly ReadFinding[],
  forgotten: readonly string[],
  filter: Filter,
  delivered: Delivered,
): Changes {
  const after = new Map<string, number | null>(forgotten.map((key) => [key, null]))
  for (const { finding } of findings)
    after.set(finding.key, filter.keepsTelling(finding.state) ? finding.revision : null)
  return new Map([...after].filter(([key, revision]) => delivered.has(key) !== (revision !== null)))
}
