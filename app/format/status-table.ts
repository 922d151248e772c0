import stringWidth from 'string-width'
import type { PageOptions } from './page.ts'
import { fit, pad } from './text.ts'

const GAP = '  '
const INDENT = '  '
/** No column is made narrower. */
const NARROWEST = 8

export interface TableColumn {
  readonly head: string
  readonly cells: readonly string[]
  readonly align?: 'left' | 'right'
  /** What can be left out where the page is narrow: the highest first. Columns without it stay. */
  readonly leaveOut?: number
  /** Colours a cell that has its width already. */
  readonly paint?: (cell: string, row: number) => string
}

/** Rows under their heads, each with lines of its own below it. Fits the page: columns are left out, then the first is cut. */
export function statusTable(
  columns: readonly TableColumn[],
  below: readonly (readonly string[])[],
  { columns: width, paint }: PageOptions,
): string[] {
  const shown = fitting(columns, width - INDENT.length)
  const widths = shown.map(widthOf)
  const over = totalOf(widths) - (width - INDENT.length)
  if (over > 0) widths[0] = Math.max(NARROWEST, widths[0]! - over)
  const line = (texts: readonly string[], painted: (cell: string, column: number) => string): string => {
    const cells = texts.map((text, at) => painted(pad(fit(text, widths[at]!), widths[at]!, shown[at]!.align), at))
    return `${INDENT}${cells.join(GAP)}`.trimEnd()
  }
  const head = paint.dim(
    line(
      shown.map((column) => column.head),
      (cell) => cell,
    ),
  )
  const rows = below.flatMap((lines, row) => [
    line(
      shown.map(({ cells }) => cells[row] ?? ''),
      (cell, at) => shown[at]!.paint?.(cell, row) ?? cell,
    ),
    ...lines.map((text) => `${INDENT}${INDENT}${text}`),
  ])
  return [head, ...rows]
}

/** What is empty in every row says nothing. */
function fitting(columns: readonly TableColumn[], width: number): readonly TableColumn[] {
  let shown = columns.filter(({ cells, leaveOut }) => leaveOut === undefined || cells.some((cell) => cell !== ''))
  while (totalOf(shown.map(widthOf)) > width) {
    const next = shown.reduce((most, { leaveOut = 0 }) => Math.max(most, leaveOut), 0)
    if (next === 0) break
    shown = shown.filter(({ leaveOut }) => leaveOut !== next)
  }
  return shown
}

function widthOf({ head, cells }: TableColumn): number {
  return cells.reduce((most, cell) => Math.max(most, stringWidth(cell)), head.length)
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1)
}
