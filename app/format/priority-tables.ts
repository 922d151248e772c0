import type { RulesetName } from '../../enrichment/enricher.ts'
import { LADDERS } from '../../enrichment/evidence.ts'
import { COORDINATES, RUNGS } from '../../enrichment/priority/point.ts'
import type { Override, Tables } from '../../enrichment/priority/tables.ts'
import { conditionText } from '../../enrichment/priority/words.ts'
import { labelled, type PageOptions } from './page.ts'
import type { Paint } from './paint.ts'
import { pad, wrap } from './text.ts'

const GAP = '  '
const LEAST_ROOM = 24
const LEVELS = [1, 2, 3, 4] as const

/** Every table that decides a priority, as a page, in the order in which they apply. */
export function tablesPage(id: RulesetName, tables: Tables, options: PageOptions): string {
  const { paint } = options
  const section = (title: string, lines: readonly string[]): string[] => ['', paint.bold(title), ...lines]
  return [
    `Ruleset ${id.name}, version ${id.version}, ${id.hash}`,
    ...section('Ladders, the safest first', ladders(options)),
    ...section('Likelihood by exposure (down) and exploitability (across)', likelihood(tables, paint)),
    ...section('Consequence: the highest of the three counts', consequence(tables)),
    ...section('Band by likelihood (down) and consequence (across)', bands(tables, paint)),
    ...section('While unknown, a ladder counts as', unknown(tables)),
    ...section('Severity of the source', severity(tables, paint)),
    ...section('Ceilings, then floors: floors win', overrides(tables, options)),
    ...section('BOD 26-04, a floor for CVEs', bod(tables, options)),
    ...section('Exploitability is easy from an EPSS score of', [String(tables.epssEasy)]),
    ...section('Weights of the score, which only sorts inside a band', [pairs(tables.weights)]),
    ...section('Days to mend it', [pairs(tables.dueDays)]),
  ].join('\n')
}

function ladders({ columns, paint }: PageOptions): string[] {
  return paragraphs(
    COORDINATES.map((name) => [name, RUNGS[name].join(', ')]),
    columns,
    paint,
  )
}

function likelihood({ likelihood: table }: Tables, paint: Paint): string[] {
  const rows = LADDERS.exposure.map((exposure) => [
    exposure,
    ...LADDERS.exploitability.map((exploitability) => String(table[exposure][exploitability])),
  ])
  return grid(['', ...LADDERS.exploitability], rows, paint)
}

function consequence({ consequence: table }: Tables): string[] {
  const rows = (['identity', 'data', 'asset'] as const).map((item) => [item, pairs(table[item])])
  return columnsOf(rows).map((line) => line.trimEnd())
}

function bands({ bands: table }: Tables, paint: Paint): string[] {
  const rows = LEVELS.map((likely) => [String(likely), ...LEVELS.map((level) => table[likely][level])])
  return grid(['', ...LEVELS.map(String)], rows, paint)
}

function unknown({ unknown: table }: Tables): string[] {
  return columnsOf(Object.entries(table)).map((line) => line.trimEnd())
}

function severity({ severityStep, severityDefault }: Tables, paint: Paint): string[] {
  const words = [...LADDERS.severity, 'unknown'] as const
  const steps = words.map((word) => (word === 'unknown' ? '0' : signed(severityStep[word])))
  const rows = [
    ['moves the band by', ...steps],
    ['its own band', ...words.map((word) => severityDefault[word])],
  ]
  return [
    ...grid(['', ...words], rows, paint),
    'Its own band stands while nothing else is known, and is the least while exposure or exploitability is unknown.',
  ]
}

function overrides({ overrides: table }: Tables, { columns, paint }: PageOptions): string[] {
  const all = Object.entries(table)
  const ordered = [...all.filter(([, each]) => 'ceiling' in each), ...all.filter(([, each]) => 'floor' in each)]
  return paragraphs(
    ordered.map(([id, each]) => [id, `${effectOf(each)}: ${each.when.map(conditionText).join('; or ')}`]),
    columns,
    paint,
  )
}

function bod({ bod: table, profile }: Tables, { columns }: PageOptions): string[] {
  const floors = Object.entries(table).map(([days, band]) => `${days} days: at least ${band}`)
  const limit =
    profile === 'context'
      ? 'Profile context: what is not publicly exposed is raised to P2 at most.'
      : 'Profile bod: whether it is publicly exposed or not.'
  return [floors.join(', '), ...wrap(limit, columns)]
}

/** `at most P3` */
function effectOf(override: Override): string {
  return 'ceiling' in override ? `at most ${override.ceiling}` : `at least ${override.floor}`
}

function pairs(table: Readonly<Record<string, unknown>>): string {
  return Object.entries(table)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ')
}

function signed(step: number): string {
  return step > 0 ? `+${step}` : String(step)
}

/** A table with its names on the left and values on the right of their columns. */
function grid(head: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string[] {
  const [first = '', ...others] = columnsOf([head, ...rows], 'right')
  return [paint.dim(first), ...others]
}

function columnsOf(rows: readonly (readonly string[])[], align: 'left' | 'right' = 'left'): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, at) => pad(cell, widths[at] ?? 0, at === 0 ? 'left' : align))
      .join(GAP)
      .trimEnd(),
  )
}

function paragraphs(rows: readonly (readonly [string, string])[], columns: number, paint: Paint): string[] {
  const width = Math.max(...rows.map(([label]) => label.length)) + GAP.length
  const room = Math.max(LEAST_ROOM, columns - width)
  return rows.flatMap(([label, text]) => labelled(label, wrap(text, room), width, paint))
}
