import type { DeadLetter } from '../dead-letters/letters.ts'
import { hexDump } from './hex-dump.ts'
import type { PageOptions } from './page.ts'
import { byteSize, instant, oneLine } from './text.ts'

const LABEL_WIDTH = 12

/** One dead letter whole: why it was set aside, the headers it came with, and its bytes. */
export function deadLetterPage(letter: DeadLetter, { paint }: PageOptions): string {
  const own = Object.entries(letter.headers).filter(([name]) => !name.startsWith('dl_'))
  const rows: [string, string][] = [
    ['Id', letter.id],
    ['Time', instant(letter.time)],
    ['Component', `${letter.stage}.${letter.component}`],
    ['Code', letter.code],
    ['Message', letter.message],
    ['Attempts', String(letter.attempts)],
    ['Origin', letter.origin],
    ['Key', letter.key],
    ['Size', `${byteSize(letter.size)}${letter.incomplete ? ', incomplete: parts of it are missing' : ''}`],
    ...(letter.verdict === undefined ? [] : [['Done', verdictText(letter.verdict)] satisfies [string, string]]),
    ...own.map(([name, value], index): [string, string] => [index === 0 ? 'Headers' : '', `${name}: ${value}`]),
  ]
  const lines = rows.map(([label, text]) => paint.dim(label.padEnd(LABEL_WIDTH)) + oneLine(text))
  return [...lines, '', readable(letter.bytes ?? new Uint8Array())].join('\n')
}

/** What became of a dead letter, when, and how. */
export function verdictText({ verdict, time, remark }: NonNullable<DeadLetter['verdict']>): string {
  return `${verdict} ${instant(time)}${remark === '' ? '' : `: ${remark}`}`
}

/** JSON indented, other text as it is, and in hexadecimal what is no text or what a terminal would obey. */
function readable(bytes: Uint8Array): string {
  if (bytes.length === 0) return '(no bytes)'
  const text = textOf(bytes)
  return text === undefined || OBEYED.test(text) ? hexDump(bytes) : text
}

/** Control characters but tabs and line breaks, and those that change the direction of writing. */
const OBEYED = /[^\P{Cc}\t\n\r]|[\u{202a}-\u{202e}\u{2066}-\u{2069}]/u

function textOf(bytes: Uint8Array): string | undefined {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}
