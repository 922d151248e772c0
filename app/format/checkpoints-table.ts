import type { ShownCheckpoint } from '../checkpoints.ts'
import type { PageOptions } from './page.ts'
import { fit, instant, oneLine, pad } from './text.ts'

const GAP = '  '
const TIME_WIDTH = 23
const NEVER = '-'

/** One line each: the collector, its type, when it was saved, when its source last gave something, whether it is silent. */
export function checkpointsTable(checkpoints: readonly ShownCheckpoint[], { columns, paint }: PageOptions): string {
  const width = (heading: string, texts: readonly string[]): number =>
    Math.max(heading.length, ...texts.map((text) => text.length))
  const names = width(
    'COLLECTOR',
    checkpoints.map(({ collector }) => oneLine(collector)),
  )
  const kinds = width(
    'TYPE',
    checkpoints.map(({ kind }) => oneLine(kind ?? NEVER)),
  )
  const head = [pad('COLLECTOR', names), pad('TYPE', kinds), pad('SAVED', TIME_WIDTH), 'LAST SUCCESS'].join(GAP)
  const rows = checkpoints.map((each) => {
    const { collector, kind = NEVER, savedAt, succeededAt, silentSince, unreadable } = each
    const start = [pad(oneLine(collector), names), pad(oneLine(kind), kinds)]
    if (unreadable !== undefined)
      return [...start, paint.as('red', fit(`unreadable: ${oneLine(unreadable)}`, Math.max(20, columns - names)))].join(
        GAP,
      )
    const last = pad(instant(succeededAt) || NEVER, TIME_WIDTH)
    const silence = silentSince === undefined ? '' : paint.as('yellow', `silent since ${instant(silentSince)}`)
    return [...start, pad(instant(savedAt), TIME_WIDTH), last, silence].join(GAP).trimEnd()
  })
  return [paint.dim(head), ...rows].join('\n')
}
