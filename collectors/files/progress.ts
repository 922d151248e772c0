import type { Context } from '../../core/component.ts'

/** Shows how far reading is: a bar on a terminal, a line in the log now and then anywhere else. */
export interface Progress {
  /** Reading of a file begins. */
  begin(file: string): void
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
const LINE_EVERY_MS = 10_000
const ERASE_LINE = '\r\u001B[2K'

/** Where this can be shown. */
export function progressOn(terminal: Terminal, { clock, log }: Pick<Context, 'clock' | 'log'>): Progress {
  return terminal.isTTY === true ? bar(terminal, clock) : lines(clock, log)
}

/** At most one every ten seconds. */
function lines(clock: Context['clock'], log: Context['log']): Progress {
  let toldAt = -Infinity
  return {
    begin(path) {
      toldAt = clock()
      log.info({ path }, `Reading ${path}.`)
    },
    show(path, done, total, records) {
      if (clock() - toldAt < LINE_EVERY_MS) return
      toldAt = clock()
      const percent = percentOf(done, total)
      log.info({ path, records, percent }, `Reading ${path}: ${percent} %, ${records} records.`)
    },
    clear: () => {},
  }
}

/** Drawn at most ten times a second. */
function bar(terminal: Terminal, clock: Context['clock']): Progress {
  let drawnAt = -Infinity
  return {
    begin: () => {},
    show(file, done, total, records) {
      if (clock() - drawnAt < EVERY_MS) return
      drawnAt = clock()
      const percent = percentOf(done, total)
      const filled = Math.round((percent / 100) * BAR_WIDTH)
      const drawn = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
      const line = `${drawn} ${String(percent).padStart(3)} %  ${records} records  ${file}`
      terminal.write(ERASE_LINE + line.slice(0, (terminal.columns ?? 80) - 1))
    },
    clear() {
      if (drawnAt !== -Infinity) terminal.write(ERASE_LINE)
      drawnAt = -Infinity
    },
  }
}

function percentOf(done: number, total: number): number {
  return total === 0 ? 100 : Math.floor(Math.min(1, done / total) * 100)
}
