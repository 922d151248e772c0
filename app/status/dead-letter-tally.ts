import { isoTime } from './component-reading.ts'
import type { SeenLetter } from './observation.ts'
import type { Status } from './status-shape.ts'

type Tally = Status['deadLetters']

/** How many dead letters wait, by who set them aside and why; the most first. */
export function deadLetterTally(letters: readonly SeenLetter[]): Tally {
  const byReason = [...Map.groupBy(letters, ({ stage, component, code }) => JSON.stringify([stage, component, code]))]
  const rows = byReason.map(([, [first, ...others]]) => {
    const { stage, component, code } = first!
    return { stage, component, code, waiting: others.length + 1, newestAt: isoTime(newest([first!, ...others])) }
  })
  return {
    waiting: letters.length,
    ...(letters.length === 0 ? {} : { newestAt: isoTime(newest(letters)) }),
    byReason: rows.toSorted((one, other) => other.waiting - one.waiting || (one.component < other.component ? -1 : 1)),
  }
}

function newest(letters: readonly SeenLetter[]): number {
  return letters.reduce((latest, { time }) => Math.max(latest, time), -Infinity)
}
