import type { Status, StatusTrouble } from '../status/status-shape.ts'
import type { PageOptions } from './page.ts'
import { collectorLines, deadLetterLines, groupLines } from './status-components.ts'
import { everywhereLines, processLines } from './status-places.ts'
import { fit, instant, oneLine, wrap } from './text.ts'

const MIN_ROOM = 20
const MOST_TROUBLES = 20
const DETAIL_LINES = 2

/** A status for a person: the verdict, what needs someone and what helps, then every component and process. */
export function statusPage(status: Status, options: PageOptions): string {
  const { columns, paint } = options
  const { at, tenant, stream, verdict, troubles, notes } = status
  const verdictLines = wrap(verdict.sentence, columns).map((line) => paint.as(formatOf(status), line))
  const place = `${tenant}, ${stream.type} at ${stream.where}, ${instant(Date.parse(at))}`
  const more = troubles.length - MOST_TROUBLES
  const sections = [
    [
      ...verdictLines,
      ...troubles.slice(0, MOST_TROUBLES).flatMap((trouble) => troubleLines(trouble, troubles.length > 1, options)),
      ...(more > 0 ? [`  and ${more} more, see --json`] : []),
    ],
    notes.flatMap(({ text }) => noteLines(text, options)),
    [paint.dim(fit(oneLine(place), columns))],
    collectorLines(status, options),
    groupLines(status, options),
    everywhereLines(status, options),
    deadLetterLines(status, options),
    processLines(status, options),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function formatOf({ verdict, troubles }: Status): Parameters<PageOptions['paint']['as']>[0] {
  if (verdict.state === 'well') return ['bold', 'green']
  return troubles.some(({ level }) => level === 'urgent') ? ['bold', 'red'] : ['bold', 'yellow']
}

/** One alone is in the verdict already. */
function troubleLines(
  { level, summary, detail, next, runbook }: StatusTrouble,
  named: boolean,
  { columns, paint }: PageOptions,
): string[] {
  const room = Math.max(MIN_ROOM, columns - 4)
  const details = detail === undefined ? [] : wrap(detail, room)
  const shown = details.length <= DETAIL_LINES ? details : [details[0]!, fit(details.slice(1).join(' '), room)]
  const mark = level === 'urgent' ? paint.as('red', '!') : paint.as('yellow', '-')
  return [
    ...(named ? [`  ${mark} ${fit(oneLine(summary), room)}`] : []),
    ...shown.map((line) => `    ${paint.dim(line)}`),
    ...[next, ...(runbook === undefined ? [] : [runbook])].map((step) => `    → ${oneLine(step)}`),
  ]
}

function noteLines(text: string, { columns, paint }: PageOptions): string[] {
  return wrap(text, Math.max(MIN_ROOM, columns - 4)).map((line, index) =>
    paint.dim(`${index === 0 ? '  · ' : '    '}${line}`),
  )
}
