import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

/** Colours text, or leaves it alone where the output is no terminal. */
export class Paint {
  readonly #on: boolean

  constructor(on: boolean) {
    this.#on = on
  }

  as(format: Format, text: string): string {
    return this.#on ? styleText(format, text, { validateStream: false }) : text
  }

  bold(text: string): string {
    return this.as('bold', text)
  }

  dim(text: string): string {
    return this.as('dim', text)
  }

  /** P1 to P4, or a severity: the worse, the louder. */
  urgency(text: string): string {
    const format = URGENCY[text.trim().toLowerCase()]
    return format === undefined ? text : this.as(format, text)
  }
}

const URGENCY: Readonly<Record<string, Format>> = {
  p1: ['bold', 'red'],
  p2: 'red',
  p3: 'yellow',
  p4: 'dim',
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'dim',
  informational: 'dim',
}
