import type { Paint } from './paint.ts'

/** What a page is laid out for. */
export interface PageOptions {
  readonly columns: number
  readonly paint: Paint
}

/** Lines in a column to the right of their label, which stands before the first of them. */
export function labelled(label: string, lines: readonly string[], width: number, paint: Paint): string[] {
  return lines.map((line, index) => paint.dim((index === 0 ? label : '').padEnd(width)) + line)
}
