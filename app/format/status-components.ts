import type { CollectorStatus, GroupStatus, Status, StatusCause } from '../status/status-shape.ts'
import type { PageOptions } from './page.ts'
import { statusTable, type TableColumn } from './status-table.ts'
import { amount, clock, perSecond, span } from './status-words.ts'
import { fit, oneLine } from './text.ts'

const MIN_ROOM = 20
const INDENT_WIDTH = 4
/** What went wrong longer ago is not shown, in milliseconds; `--json` has it. */
const ERROR_SHOWN_MS = 3600 * 1000

/** The collectors and their sources, one line each, with what is to be said about them below. */
export function collectorLines({ at, collectors }: Status, options: PageOptions): string[] {
  if (collectors.length === 0) return []
  const now = Date.parse(at)
  const columns: TableColumn[] = [
    { head: 'COLLECTOR', cells: collectors.map(({ name }) => oneLine(name)) },
    { head: 'TYPE', cells: collectors.map(({ type }) => type), leaveOut: 3 },
    stateColumn(collectors, options),
    { head: 'LAST SUCCESS', cells: collectors.map((each) => lastSuccess(each, now)) },
    { head: 'EXPECTED', cells: collectors.map(({ expectEvery }) => expectEvery ?? ''), align: 'right', leaveOut: 4 },
    ...countColumns(collectors),
  ]
  return statusTable(
    columns,
    collectors.map((each) => collectorDetails(each, now, options)),
    options,
  )
}

/** Enrichment and the sinks, one line each, with what is to be said about them below. */
export function groupLines({ at, enrichment, sinks }: Status, options: PageOptions): string[] {
  const groups = [...(enrichment === undefined ? [] : [enrichment]), ...sinks]
  if (groups.length === 0) return []
  const now = Date.parse(at)
  const columns: TableColumn[] = [
    { head: 'STAGE', cells: groups.map((each) => (each === enrichment ? 'enrichment' : `sink ${oneLine(each.name)}`)) },
    { head: 'TYPE', cells: groups.map(({ type }) => type ?? ''), leaveOut: 3 },
    stateColumn(groups, options),
    { head: 'LAG', cells: groups.map(({ lagRecords }) => lagRecords.toLocaleString('en')), align: 'right' },
    { head: 'OLDEST', cells: groups.map(oldestIn), align: 'right' },
    { head: 'PARTITIONS', cells: groups.map(partitionsIn), align: 'right', leaveOut: 2 },
    ...countColumns(groups),
  ]
  return statusTable(
    columns,
    groups.map((each) => causes(each, now, options)),
    options,
  )
}

const STATE_WORDS = { running: 'running', waiting: 'waiting', 'not-run': 'not run' } as const
const STATE_FORMATS = { running: 'green', waiting: 'red', 'not-run': 'dim' } as const

function stateColumn(rows: readonly Pick<GroupStatus, 'state'>[], { paint }: PageOptions): TableColumn {
  return {
    head: 'STATE',
    cells: rows.map(({ state }) => STATE_WORDS[state]),
    paint: (cell, row) => paint.as(STATE_FORMATS[rows[row]!.state], cell),
  }
}

function countColumns(rows: readonly Pick<GroupStatus, 'recordsPerSecond' | 'deadLetters'>[]): TableColumn[] {
  return [
    { head: 'RATE', cells: rows.map((each) => perSecond(each.recordsPerSecond)), align: 'right', leaveOut: 1 },
    { head: 'DEAD', cells: rows.map(({ deadLetters }) => deadLetters.toLocaleString('en')), align: 'right' },
  ]
}

function lastSuccess({ lastSuccessAt, checkpoint, silent }: CollectorStatus, now: number): string {
  if (checkpoint === 'unreadable') return 'unreadable'
  const ago = lastSuccessAt === undefined ? 'never' : `${span(now - Date.parse(lastSuccessAt))} ago`
  return silent ? `${ago}, silent` : ago
}

function oldestIn({ oldest }: GroupStatus): string {
  return oldest === undefined ? '' : span(oldest.seconds * 1000)
}

function partitionsIn({ state, partitions, unread, assigned }: GroupStatus): string {
  if (state === 'not-run' && assigned.length === 0) return ''
  const read = partitions - unread.length
  const processes = assigned.filter((each) => each.partitions.length > 0).length
  return processes > 1 ? `${read}/${partitions} in ${processes}` : `${read}/${partitions}`
}

function collectorDetails(collector: CollectorStatus, now: number, options: PageOptions): string[] {
  const { unreadable } = collector
  const lines = unreadable === undefined ? [] : [oneLine(`its checkpoint cannot be read: ${unreadable}`)]
  return [
    ...lines.map((text) => options.paint.as('red', fit(text, roomIn(options)))),
    ...causes(collector, now, options),
  ]
}

/** What it waits for; and what went wrong last, where that is another thing and not long ago. */
function causes(
  { waiting, lastError }: Pick<GroupStatus, 'waiting' | 'lastError'>,
  now: number,
  options: PageOptions,
): string[] {
  const room = roomIn(options)
  const said = (cause: StatusCause, word: string): string =>
    fit(oneLine(`${word} ${clock(Date.parse(cause.since), now)}: ${cause.code} ${cause.message}`), room)
  const isNews =
    lastError !== undefined && lastError.code !== waiting?.code && now - Date.parse(lastError.since) < ERROR_SHOWN_MS
  return [
    ...(waiting === undefined ? [] : [options.paint.as('red', said(waiting, 'waits since'))]),
    ...(isNews ? [options.paint.dim(said(lastError, 'last error'))] : []),
  ]
}

function roomIn({ columns }: PageOptions): number {
  return Math.max(MIN_ROOM, columns - INDENT_WIDTH)
}

/** What waits among the dead letters, the most first. */
export function deadLetterLines({ at, deadLetters }: Status, options: PageOptions): string[] {
  const { waiting, byReason } = deadLetters
  if (waiting === 0) return []
  const now = Date.parse(at)
  const shown = byReason.slice(0, MOST_REASONS)
  const columns: TableColumn[] = [
    { head: 'DEAD LETTERS OF', cells: shown.map(({ stage, component }) => oneLine(`${stage}.${component}`)) },
    { head: 'CODE', cells: shown.map(({ code }) => oneLine(code)) },
    { head: 'WAITING', cells: shown.map((each) => each.waiting.toLocaleString('en')), align: 'right' },
    { head: 'NEWEST', cells: shown.map(({ newestAt }) => `${span(now - Date.parse(newestAt))} ago`) },
  ]
  const left = byReason.length - shown.length
  const table = statusTable(
    columns,
    shown.map(() => []),
    options,
  )
  return left > 0 ? [...table, `    and ${amount(left, 'reason')} more; --json names all`] : table
}

const MOST_REASONS = 10
