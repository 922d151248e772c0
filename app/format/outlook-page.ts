import type { Outlook } from '../outlook/outlook-shape.ts'
import type { Paint } from './paint.ts'
import { pad, wrap } from './text.ts'

const INDENT = '  '

/** What a configuration would do, for a terminal. */
export function outlookPage(outlook: readonly Outlook[], paint: Paint, columns: number): string[] {
  return outlook.flatMap(({ title, entries }) => ['', paint.bold(title), ...lines(entries, columns)])
}

/** Entries stand beside their names; where there are several without one, each behind a dash. */
function lines(entries: Outlook['entries'], columns: number): string[] {
  const dash = entries.length > 1 ? '-' : ''
  const names = entries.map(({ name = dash }) => name)
  const width = Math.max(...names.map((name) => name.length))
  const margin = width === 0 ? 0 : width + (width === 1 ? 1 : INDENT.length)
  return entries.flatMap(({ sentences }, index) =>
    wrap(sentences.join(' '), columns - margin - INDENT.length).map(
      (line, at) => INDENT + pad(at === 0 ? names[index]! : '', margin) + line,
    ),
  )
}
