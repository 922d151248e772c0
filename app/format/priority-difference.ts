import type { RulesetName } from '../../enrichment/enricher.ts'
import type { FormDifference, TablesDifference } from '../../enrichment/priority/diff.ts'
import { BANDS, type PriorityBand } from '../../schemas/records.ts'
import type { PageOptions } from './page.ts'
import { fit, oneLine, pad, wrap } from './text.ts'
import { shortKey } from './finding-view.ts'

const GAP = '  '
/** Groups of combinations and forms of findings that are shown. */
const SHOWN = 12

/** What a change of the ruleset moves among all that can be known about a finding. */
export function differencePage(
  [before, after]: readonly [RulesetName, RulesetName],
  { settings, forms }: TablesDifference,
  options: PageOptions,
): string {
  const { columns, paint } = options
  const [plain, ...others] = forms
  const moved = others.filter((form) => form.moved > 0)
  if (before.hash === after.hash) return `Both are the ruleset ${ruleset(before)}: nothing moves.`
  return [
    `From ${ruleset(before)} to ${ruleset(after)}`,
    ...settings.flatMap((sentence) => wrap(sentence, columns)),
    ...(plain === undefined ? [] : ['', ...formLines(plain, options)]),
    ...(moved.length === 0 ? [] : ['', paint.bold('Other forms of findings'), ...moved.slice(0, SHOWN).map(shortForm)]),
    ...rest(moved.length - SHOWN, 'form'),
  ].join('\n')
}

/** A finding that another ruleset ranks elsewhere. */
export interface MovedFinding {
  readonly key: string
  readonly title: string
  readonly from: PriorityBand
  readonly to: PriorityBand
}

export interface FindingsDifference {
  /** Open and muted ones. */
  readonly total: number
  /** How many hold no evidence that can be decided again. */
  readonly withoutEvidence: number
  /** Those that become most urgent first. */
  readonly moved: readonly MovedFinding[]
}

/** Which of the current findings move; at most `limit` are named. */
export function movedFindingsPage(
  { total, withoutEvidence, moved }: FindingsDifference,
  limit: number,
  { columns, paint }: PageOptions,
): string {
  const missing = withoutEvidence === 0 ? '' : `; ${number(withoutEvidence)} hold no evidence and were left out`
  const lines = moved.slice(0, limit).map(({ key, title, from, to }) => {
    const before = `${shortKey(key)}${GAP}${from} -> ${to}${GAP}`
    return `${shortKey(key)}${GAP}${paint.urgency(from)} -> ${paint.urgency(to)}${GAP}${fit(oneLine(title), Math.max(16, columns - before.length))}`
  })
  return [
    paint.bold(`${number(moved.length)} of ${number(total)} current findings move${missing}`),
    ...tally(moved),
    ...lines,
    ...rest(moved.length - limit, 'finding'),
  ].join('\n')
}

function formLines(
  { combinations, moved, matrix, groups, form }: FormDifference,
  { columns, paint }: PageOptions,
): string[] {
  const share = `${number(moved)} of ${number(combinations)} combinations move`
  if (moved === 0) return [`${share} (${form}).`]
  const width = Math.max(number(combinations).length, 2)
  const row = (label: string, cells: readonly string[]): string =>
    [pad(label, 'before'.length), ...cells.map((cell) => pad(cell, width, 'right'))].join(GAP)
  return [
    paint.bold(`${share} (${form})`),
    '',
    paint.dim(
      row(
        'before',
        BANDS.map((band) => `${band} now`.slice(0, width)),
      ),
    ),
    ...BANDS.map((from) =>
      row(
        from,
        BANDS.map((to) => number(matrix[from][to])),
      ),
    ),
    '',
    ...groups.slice(0, SHOWN).flatMap(({ text }) => hanging(text, columns)),
    ...rest(groups.length - SHOWN, 'group'),
  ]
}

/** What does not fit is indented. */
function hanging(text: string, columns: number): string[] {
  return wrap(text, columns - GAP.length).map((line, index) => (index === 0 ? line : GAP + line))
}

function shortForm({ form, moved, combinations }: FormDifference): string {
  return `${form}: ${number(moved)} of ${number(combinations)}`
}

function tally(moved: readonly MovedFinding[]): string[] {
  const counts = new Map<string, number>()
  for (const { from, to } of moved) counts.set(`${from} -> ${to}`, (counts.get(`${from} -> ${to}`) ?? 0) + 1)
  return counts.size === 0 ? [] : [[...counts].map(([move, count]) => `${move}: ${number(count)}`).join(', ')]
}

function rest(count: number, what: string): string[] {
  return count > 0 ? [`and ${number(count)} more ${what}${count === 1 ? '' : 's'}; --json shows all`] : []
}

function ruleset({ name, version, hash }: RulesetName): string {
  return `${name}, version ${version}, ${hash.slice(0, 8)}`
}

function number(value: number): string {
  return value.toLocaleString('en')
}
