import type { Priority } from '../../enrichment/enricher.ts'
import type { Step } from '../../enrichment/priority/derivation.ts'
import { labelled, type PageOptions } from './page.ts'
import type { Paint } from './paint.ts'
import { wrap } from './text.ts'

const GAP = 2
/** Left for the text, however long the titles are. */
const LEAST_ROOM = 24
/** Steps that say more than a comparison needs. */
const LEFT_OUT: ReadonlySet<string> = new Set(['Score', 'Inputs', 'Would change if'])
/** Steps that end with the band that they leave. */
const PASSING: ReadonlySet<string> = new Set(['Severity step', 'Ceiling', 'While unknown', 'Floor'])

/** What is to be explained: a title and the key of a finding, its priority and how that comes about. */
export interface Explained {
  readonly title: string
  readonly key: string
  readonly priority: Priority
  readonly steps: readonly Step[]
  /** What a reader must know before: sentences. */
  readonly notes: readonly string[]
}

/** A derivation as a page: the finding, its priority, and step by step how it comes about. */
export function explainPage({ title, key, priority, steps, notes }: Explained, options: PageOptions): string {
  return [
    ...heading(title, key, options),
    headline(priority, options.paint),
    ...notes.flatMap((note) => wrap(note, options.columns)),
    '',
    ...stepLines(steps, options),
  ].join('\n')
}

export interface WhatIf extends Explained {
  /** `exposure is none and data is restricted` */
  readonly assumption: string
  readonly other: Priority
  readonly otherSteps: readonly Step[]
}

/** What would be otherwise: the priority before and after, and the steps that differ. */
export function whatIfPage(whatIf: WhatIf, options: PageOptions): string {
  const { title, key, priority, other, assumption, notes, steps, otherSteps } = whatIf
  const { columns, paint } = options
  return [
    ...heading(title, key, options),
    ...wrap(`If ${assumption}:`, columns),
    `${headline(priority, paint)} becomes ${headline(other, paint)}`,
    ...notes.flatMap((note) => wrap(note, columns)),
    '',
    ...differences(steps, otherSteps, options),
  ].join('\n')
}

function heading(title: string, key: string, { columns, paint }: PageOptions): string[] {
  return [...wrap(title, columns).map((line) => paint.bold(line)), paint.dim(key), '']
}

function headline({ band, score }: Priority, paint: Paint): string {
  return `${paint.urgency(band)} (score ${score})`
}

/** A title stands once for all that follow under it. */
function stepLines(steps: readonly Step[], { columns, paint }: PageOptions): string[] {
  const width = widthOf(steps)
  const room = Math.max(LEAST_ROOM, columns - width)
  return steps.flatMap(({ title, text }, index) => {
    const label = steps[index - 1]?.title === title ? '' : title
    return labelled(label, wrap(text, room), width, paint)
  })
}

function differences(before: readonly Step[], after: readonly Step[], { columns, paint }: PageOptions): string[] {
  const titles = [...new Set([...before, ...after].map(({ title }) => title))].filter((title) => !LEFT_OUT.has(title))
  const changed = titles
    .map((title) => ({ title, was: textsOf(title, before), is: textsOf(title, after) }))
    .filter(({ title, was, is }) => gist(title, was) !== gist(title, is))
  const width = widthOf(changed)
  const room = Math.max(LEAST_ROOM, columns - width - 'before  '.length)
  return changed.flatMap(({ title, was, is }) => {
    const sides = [
      ...was.flatMap((text) => side('before', text, room)),
      ...is.flatMap((text) => side('after', text, room)),
    ]
    return labelled(title, sides, width, paint)
  })
}

function side(word: string, text: string, room: number): string[] {
  return wrap(text, room).map((line, index) => `${(index === 0 ? word : '').padEnd('before  '.length)}${line}`)
}

/** What a step says, but for the band that it only passes on. */
function gist(title: string, texts: readonly string[]): string {
  const text = texts.join('\n')
  return PASSING.has(title) ? text.replaceAll(/\bP[1-4]$/gm, '') : text
}

function textsOf(title: string, steps: readonly Step[]): readonly string[] {
  return steps.filter((step) => step.title === title).map(({ text }) => text)
}

function widthOf(steps: readonly { readonly title: string }[]): number {
  return Math.max(0, ...steps.map(({ title }) => title.length)) + GAP
}
