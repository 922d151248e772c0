import type { GroupStatus, ProcessStatus, Status } from '../status/status-shape.ts'
import type { PageOptions } from './page.ts'
import { statusTable, type TableColumn } from './status-table.ts'
import { amount, ranges, span } from './status-words.ts'
import { fit, oneLine, wrap } from './text.ts'

/** So many partitions, and processes, are named. */
const MOST_PARTITIONS = 24
const MOST_PROCESSES = 20
const NAMED_SINKS = 2
const MIN_ROOM = 20
const INDENT = '  '

/** Below which offsets every sink has everything; where something is missing, only the partitions where it is. */
export function everywhereLines({ everywhere }: Status, { columns, paint }: PageOptions): string[] {
  if (everywhere === undefined) return []
  const { topic, missing, partitions } = everywhere
  const behind = partitions.filter(({ offset, end }) => offset < end)
  const told = behind.length > 0 ? behind : partitions.filter(({ end }) => end > 0)
  const left = told.length - MOST_PARTITIONS
  const places = [...told.slice(0, MOST_PARTITIONS).map(placeOf), ...(left > 0 ? [`and ${left} more, see --json`] : [])]
  const rest =
    behind.length === 0
      ? ', which is all of it'
      : `; ${amount(missing, 'record')} ${missing === 1 ? 'is' : 'are'} still to come`
  const sentence = `Every sink has everything below these offsets of ${topic}${rest}:`
  const room = Math.max(MIN_ROOM, columns - INDENT.length)
  return [
    paint.dim(`${INDENT}EVERYWHERE`),
    ...(told.length === 0
      ? ['There is nothing yet.']
      : [...wrap(sentence, room), ...wrap(places.join(' · '), room)]
    ).map((line) => `${INDENT}${line}`),
  ]
}

function placeOf({ partition, offset, end, behind }: Place): string {
  const sinks = behind.length > NAMED_SINKS ? amount(behind.length, 'sink') : behind.map(oneLine).join(', ')
  const all = offset === end ? '' : ` of ${end.toLocaleString('en')} (${sinks})`
  return `${partition}: ${offset.toLocaleString('en')}${all}`
}

type Place = NonNullable<Status['everywhere']>['partitions'][number]

/** Who runs what: the processes that live, with what each has, and those that ended without a word. */
export function processLines(status: Status, options: PageOptions): string[] {
  const { at, tenant, processes } = status
  if (processes.length === 0) return []
  const now = Date.parse(at)
  const shown = processes.slice(0, MOST_PROCESSES)
  const tenants = shown.some((each) => each.tenant !== tenant)
  const columns: TableColumn[] = [
    { head: 'PROCESS', cells: shown.map(({ host, pid }) => `${pid} on ${oneLine(host)}`) },
    { head: 'RUNS', cells: shown.map(({ stages }) => stages.join(', ')) },
    { head: 'VERSION', cells: shown.map(({ version }) => oneLine(version)), leaveOut: 1 },
    ...(tenants ? [{ head: 'TENANT', cells: shown.map((each) => oneLine(each.tenant)), leaveOut: 3 }] : []),
    {
      head: 'FOR',
      cells: shown.map(({ startedAt }) => span(now - Date.parse(startedAt))),
      align: 'right',
      leaveOut: 4,
    },
    { head: 'LAST WORD', cells: shown.map((each) => lastWord(each, now)) },
    { head: 'ADMIN', cells: shown.map(({ admin }) => oneLine(admin ?? '')), leaveOut: 5 },
  ]
  const coloured = columns.map((column) => {
    return {
      ...column,
      paint: (cell: string, row: number) => (shown[row]!.stale ? options.paint.as('yellow', cell) : cell),
    }
  })
  const below = shown.map((each) => sharesOf(each, status, options))
  const left = processes.length - shown.length
  const table = statusTable(coloured, below, options)
  return left > 0 ? [...table, `${INDENT}${INDENT}and ${amount(left, 'process', 'processes')} more, see --json`] : table
}

function lastWord({ reportedAt, stale }: ProcessStatus, now: number): string {
  return `${span(now - Date.parse(reportedAt))} ago${stale ? ', gone' : ''}`
}

/** Which partitions a process has, where several share them; what has the same ones stands together. */
function sharesOf(
  { process }: ProcessStatus,
  { enrichment, sinks }: Status,
  { columns, paint }: PageOptions,
): string[] {
  const groups = [...(enrichment === undefined ? [] : [enrichment]), ...sinks]
  const shares = groups.flatMap((group) => {
    const share = group.assigned.find((each) => each.process === process)
    return share === undefined || isAlone(group)
      ? []
      : [{ name: group.name, partitions: ranges(share.partitions) || 'none' }]
  })
  const together = [...Map.groupBy(shares, ({ partitions }) => partitions)]
  const texts = together.map(([partitions, of]) => `${of.map(({ name }) => oneLine(name)).join(', ')}: ${partitions}`)
  return texts.map((text) => paint.dim(fit(text, Math.max(MIN_ROOM, columns - 2 * INDENT.length))))
}

function isAlone({ assigned, unread }: GroupStatus): boolean {
  return assigned.length < 2 && unread.length === 0
}
