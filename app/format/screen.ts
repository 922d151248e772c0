/** Escape sequences of ECMA-48 and of xterm, which every terminal in use understands. */
const OTHER_SCREEN = '\u001b[?1049h'
const FIRST_SCREEN = '\u001b[?1049l'
const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const NO_WRAP = '\u001b[?7l'
const WRAP = '\u001b[?7h'
const HOME = '\u001b[H'
const CLEAR_LINE = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/** What begins a page that is drawn again and again, on a screen of its own. */
export const SCREEN_BEGIN = OTHER_SCREEN + HIDE_CURSOR + NO_WRAP
/** What gives the terminal back as it was. */
export const SCREEN_END = WRAP + SHOW_CURSOR + FIRST_SCREEN

/** A page drawn over the last one: nothing is cleared before it is written, so that nothing flickers. */
export function redrawn(page: string, rows: number): string {
  const lines = page.split('\n')
  const left = lines.length - rows
  const shown = left > 0 ? [...lines.slice(0, Math.max(0, rows - 1)), `… ${left + 1} more lines`] : lines
  return HOME + shown.map((line) => line + CLEAR_LINE).join('\n') + CLEAR_BELOW
}
