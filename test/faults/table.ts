import type { Figure } from './scenario.ts'

/** Figures one below the other, what they are on the left. */
export function table(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(([what]) => what.length))
  return figures.map(([what, howMuch]) => `  ${what.padEnd(width)}  ${howMuch}`).join('\n')
}
