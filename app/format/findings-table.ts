import { joined, shortKey, subjectOf, viewOf, type FindingView } from './finding-view.ts'
import type { StoredFinding } from '../../sinks/local/findings-store.ts'
import type { PageOptions } from './page.ts'
import type { Paint } from './paint.ts'
import { fit, oneLine, pad, wrap } from './text.ts'

const GAP = '  '
const KEY_WIDTH = 8
const STATE_WIDTH = 8
const SEVERITY_LIMIT = 13
const INDENT = ' '.repeat(KEY_WIDTH + GAP.length)
const MIN_ROOM = 16
const WHY_LINES = 2

interface Row {
  readonly finding: StoredFinding
  readonly view: FindingView
}

/**
 * Findings in the order given: what and how urgent on one line, below it what was observed, where, and why it ranks there. Fits the columns; the state has
 * a column of its own only where not all are open.
 */
export function findingsTable(findings: readonly StoredFinding[], { columns, paint }: PageOptions): string {
  const rows = findings.map((finding) => ({ finding, view: viewOf(finding) }))
  const layout: Layout = {
    mixed: findings.some(({ state }) => state !== 'open'),
    severity: Math.max(8, ...rows.map(({ view }) => Math.min(SEVERITY_LIMIT, view.severity.length))),
    room: Math.max(MIN_ROOM, columns - INDENT.length),
    columns,
  }
  return [headLine(layout, paint), ...rows.flatMap((row) => rowLines(row, layout, paint))].join('\n')
}

interface Layout {
  /** Whether there is a column for the state. */
  readonly mixed: boolean
  readonly severity: number
  /** For the lines below the first. */
  readonly room: number
  readonly columns: number
}

function headLine({ mixed, severity }: Layout, paint: Paint): string {
  const state = mixed ? [pad('STATE', STATE_WIDTH)] : []
  return paint.dim(
    [pad('KEY', KEY_WIDTH), 'PRIORITY', 'SCORE', pad('SEVERITY', severity), ...state, 'FINDING'].join(GAP),
  )
}

function rowLines({ finding, view }: Row, layout: Layout, paint: Paint): string[] {
  const { mixed, severity, room, columns } = layout
  const facts = [
    pad(shortKey(finding.key), KEY_WIDTH),
    paint.urgency(pad(finding.priority, 'PRIORITY'.length)),
    pad(String(view.score ?? ''), 'SCORE'.length, 'right'),
    paint.urgency(pad(fit(oneLine(view.severity), severity), severity)),
    ...(mixed ? [pad(finding.state, STATE_WIDTH)] : []),
  ]
  const before = KEY_WIDTH + 'PRIORITY'.length + 'SCORE'.length + severity + (mixed ? STATE_WIDTH : 0)
  const titleRoom = Math.max(MIN_ROOM, columns - before - facts.length * GAP.length)
  const details = [observedLine(view, room), whereLine(view, room), ...whyLines(view, room)].filter(
    (line) => line !== '',
  )
  return [
    [...facts, paint.bold(fit(oneLine(view.title), titleRoom))].join(GAP),
    ...details.map((line) => INDENT + paint.dim(line)),
  ]
}

/** What the source saw: titles name what should be, also where it is not. */
function observedLine({ message, title }: FindingView, room: number): string {
  return message === title ? '' : fit(oneLine(message), room)
}

/** The account stays readable: a long resource loses its beginning, which many have in common. */
function whereLine(view: FindingView, room: number): string {
  const subject = subjectOf(view)
  const region = subject.includes(view.region) ? '' : oneLine(view.region)
  const place = joined([view.account === '' ? '' : `account ${oneLine(view.account)}`, region], ', ')
  const behind = place === '' ? '' : ` in ${place}`
  const left = Math.max(MIN_ROOM, room - behind.length)
  return fit((subject.length <= left ? subject : `…${subject.slice(1 - left)}`) + behind, room)
}

/** What it rests on, in short: the sentences are for `findings show`. */
function whyLines({ basis, reasons: [reason = ''] }: FindingView, room: number): string[] {
  const lines = wrap(basis || reason, room)
  return lines.length <= WHY_LINES
    ? lines
    : [...lines.slice(0, WHY_LINES - 1), fit(lines.slice(WHY_LINES - 1).join(' '), room)]
}
