import type { PriorityBand } from '../../schemas/records.ts'
import { COUNTED_ITEMS, countedRung, RUNGS, UNKNOWN, type Point } from './point.ts'
import type { Tables, WeightedItem } from './tables.ts'

/** Each band has its quarter of 0-100, so that a score never contradicts it. */
const QUARTERS: Readonly<Record<PriorityBand, { readonly least: number; readonly width: number }>> = {
  P1: { least: 75, width: 25 },
  P2: { least: 50, width: 24 },
  P3: { least: 25, width: 24 },
  P4: { least: 0, width: 24 },
}
const WEIGHTED: readonly WeightedItem[] = [...COUNTED_ITEMS, 'severity']
const UNKNOWN_SEVERITY = RUNGS.severity.indexOf('medium')

/** An integer of 0-100: the band's quarter, and inside it the weighted mean of how high the ladders stand. Sorts inside a band only. */
export function scoreOf(point: Point, band: PriorityBand, tables: Tables): number {
  const { least, width } = QUARTERS[band]
  let sum = 0
  let weights = 0
  for (const item of WEIGHTED) {
    const weight = tables.weights[item]
    sum += (weight * countedRank(point, item, tables)) / (RUNGS[item].length - 1)
    weights += weight
  }
  return least + (weights === 0 ? 0 : Math.round((width * sum) / weights))
}

/** How high the ladder stands for the score, 0 the safest; an unknown one as what it counts as, an unknown severity as medium. */
export function countedRank(point: Point, item: WeightedItem, tables: Tables): number {
  const rung = point.at(item)
  if (rung !== UNKNOWN) return rung
  return item === 'severity' ? UNKNOWN_SEVERITY : countedRung(item, tables)
}
