/** Shows people at a terminal how far reading is; nothing anywhere else. */
export interface Progress {
  /** `done` of `total` bytes of a file have been read, with so many records. */
  show(file: string, done: number, total: number, records: number): void
  /** Takes the bar off the screen. */
  clear(): void
}

/** Where a bar can be drawn. */
export interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const BAR_WIDTH = 24
const EVERY_MS = 100
const ERASE_LINE = '\r\u001B[2K'

/** A bar on a terminal, drawn at most ten times a second. */
export function progressOn(terminal: Terminal, clock: () => number): Progress {
  if (terminal.isTTY !== true) return { show: () => {}, clear: () => {} }
  let drawnAt = -Infinity
  return {
    show(file, done, total, records) {
      if (clock() - drawnAt < EVERY_MS) return
      drawnAt = clock()
      const part = total === 0 ? 1 : Math.min(1, done / total)
      const filled = Math.round(part * BAR_WIDTH)
      const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
      const line = `${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${records} records  ${file}`
      terminal.write(ERASE_LINE + line.slice(0, (terminal.columns ?? 80) - 1))
    },
    clear() {
      if (drawnAt !== -Infinity) terminal.write(ERASE_LINE)
      drawnAt = -Infinity
    },
  }
}
