import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ITEMS, LADDERS } from '../evidence.ts'
import { bodTimeline } from './cve/bod.ts'
import { TABLES, type Condition, type Level, type Override } from './tables.ts'
import { TITLES } from './words.ts'

const guide = readFileSync(new URL('../../docs/guides/priority.md', import.meta.url), 'utf8')
const LEVELS: readonly Level[] = [1, 2, 3, 4]

const EITHER = [false, true] as const

type Cells = readonly (string | number)[]

function table(head: Cells, rows: readonly Cells[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

function condition(when: Condition): string {
  return Object.entries(when)
    .map(([item, bound]) => `${item} ${'atLeast' in bound ? `>= ${bound.atLeast}` : `<= ${bound.atMost}`}`)
    .join(', ')
}

function effect(override: Override): string {
  return 'ceiling' in override ? `at most ${override.ceiling}` : `at least ${override.floor}`
}

const { likelihood, consequence, bands, unknown, severityStep, severityDefault, overrides, bod, weights, dueDays } =
  TABLES
const STEPS = { '-1': 'one band less urgent', '0': '-', '1': 'one band more urgent' } as const

const tables = {
  'the ladders': table(
    ['item', 'rungs, the safest first', 'unknown counts as'],
    ITEMS.map((item) => [
      item,
      LADDERS[item].join(', '),
      item === 'severity' ? '-' : ((unknown as Readonly<Record<string, string>>)[item] ?? LADDERS[item][0]),
    ]),
  ),
  likelihood: table(
    ['exposure', ...LADDERS.exploitability],
    LADDERS.exposure.map((exposure) => [
      exposure,
      ...LADDERS.exploitability.map((exploitability) => likelihood[exposure][exploitability]),
    ]),
  ),
  consequence: table(
    ['consequence', 'identity', 'data', 'asset'],
    LEVELS.map((level) => [
      level,
      ...(['identity', 'data', 'asset'] as const).map((item) => {
        const levels: Readonly<Record<string, Level>> = consequence[item]
        return LADDERS[item].filter((rung) => levels[rung] === level).join(', ') || '-'
      }),
    ]),
  ),
  'the bands': table(
    ['likelihood', ...LEVELS.map((level) => `consequence ${level}`)],
    LEVELS.map((level) => [level, ...LEVELS.map((other) => bands[level][other])]),
  ),
  severity: table(
    ['severity', 'step', 'default'],
    [...LADDERS.severity, 'unknown' as const].map((severity) => [
      severity,
      STEPS[severity === 'unknown' ? 0 : severityStep[severity]],
      severityDefault[severity],
    ]),
  ),
  overrides: table(
    ['override', 'holds while', 'effect'],
    Object.entries(overrides).map(([id, each]) => [id, each.when.map(condition).join('<br>or '), effect(each)]),
  ),
  'the floors of BOD 26-04': table(
    ['timeline', 'floor'],
    (['3', '14', '60'] as const).map((days) => [`${days} days`, bod[days]]),
  ),
  'BOD 26-04': table(
    ['in KEV', 'exposed', 'automatable', 'partial impact', 'total impact'],
    EITHER.flatMap((kev) =>
      EITHER.flatMap((exposed) =>
        EITHER.map((automatable) => [
          ...[kev, exposed, automatable].map((each) => (each ? 'yes' : 'no')),
          bodTimeline({ kev, exposed, automatable, technicalImpact: 'partial' }).text,
          bodTimeline({ kev, exposed, automatable, technicalImpact: 'total' }).text,
        ]),
      ),
    ),
  ),
  'the weights': table(Object.keys(weights), [Object.values(weights)]),
  'the days': table(Object.keys(dueDays), [Object.values(dueDays).map((days) => `${days} days`)]),
}

test.each(Object.entries(tables))('the guide prints the table of %s as it counts', (_name, printed) => {
  expect(guide).toContain(`\n${printed}\n`)
})

test('the guide gives the EPSS score that counts, and the profile', () => {
  expect(guide.replaceAll(/\s+/g, ' ')).toContain(`an EPSS score of at least ${TABLES.epssEasy},`)
  expect(guide).toContain(`the profile \`${TABLES.profile}\` (the default)`)
})

test('the guide names every item as the explanation does', () => {
  for (const item of ITEMS) expect(guide).toContain(TITLES[item])
})
