import type { DeadLetter } from '../dead-letters/letters.ts'
import { verdictText } from './dead-letter-page.ts'
import type { PageOptions } from './page.ts'
import { byteSize, fit, instant, oneLine, pad } from './text.ts'

const GAP = '  '
const TIME_WIDTH = 23

/** Dead letters in the order given, two lines each: when, who and why; what it says and where it came from. */
export function deadLettersTable(letters: readonly DeadLetter[], { columns, paint }: PageOptions): string {
  const widths = [Math.max(2, ...letters.map(({ id }) => id.length)), TIME_WIDTH]
  const indent = widths.reduce((sum, width) => sum + width + GAP.length, 0)
  const head = [pad('ID', widths[0]!), pad('TIME', TIME_WIDTH), 'COMPONENT, CODE AND SIZE'].join(GAP)
  const rows = letters.flatMap((letter) => {
    const { id, time, stage, component, code, message, origin } = letter
    const size = `${byteSize(letter.size)}${letter.incomplete ? ', incomplete' : ''}`
    const facts = `${stage}.${oneLine(component)}${GAP}${paint.as('yellow', oneLine(code))}${GAP}${paint.dim(size)}`
    const done = letter.verdict === undefined ? [] : [verdictText(letter.verdict)]
    const details = [message, `from ${origin}`, ...done].map((text) =>
      fit(oneLine(text), Math.max(20, columns - indent)),
    )
    return [
      [pad(id, widths[0]!), pad(instant(time), TIME_WIDTH), facts].join(GAP),
      ...details.map((text) => ' '.repeat(indent) + paint.dim(text)),
    ]
  })
  return [paint.dim(head), ...rows].join('\n')
}
