import type { Summary } from '../pipeline-contract.ts'
import type { Paint } from './paint.ts'

/** The numbers of a run for a person, on two lines. */
export function summaryBlock({ in: read, changed, deadLetters, ...now }: Summary, paint: Paint): string {
  const dead = deadLetters === 0 ? '0 dead letters' : paint.as('yellow', count(deadLetters, 'dead letter'))
  const states = `${paint.bold(`${now.open} open`)}, ${now.muted} muted, ${now.resolved} resolved, ${now.gone} gone`
  return [
    `${paint.dim('This run')}  ${count(read, 'finding')} read, ${changed} changed, ${dead}`,
    `${paint.dim('Now     ')}  ${states}`,
  ].join('\n')
}

/** The last line of standard output with `--summary json`. */
export function summaryLine(summary: Summary): string {
  const { in: read, changed, open, resolved, muted, gone, deadLetters } = summary
  return JSON.stringify({ in: read, changed, open, resolved, muted, gone, deadLetters })
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
