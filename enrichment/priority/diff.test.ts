import { expect, test } from 'vitest'
import type { PriorityConfig } from './config.ts'
import { compareTables, type FormDifference, type TablesDifference } from './diff.ts'
import { LADDER_POINTS } from './point.ts'
import { tablesOf } from './settle.ts'
import { TABLES } from './tables.ts'

const FORMS = 13

function shippedAnd(config: PriorityConfig): TablesDifference {
  return compareTables(TABLES, tablesOf(config))
}

function movedIn({ forms }: TablesDifference): readonly FormDifference[] {
  return forms.filter(({ moved }) => moved > 0)
}

test('equal tables move nothing, of any form of a finding', () => {
  const { settings, forms } = shippedAnd({})
  expect(settings).toEqual([])
  expect(forms).toHaveLength(FORMS)
  expect(new Set(forms.map(({ form }) => form)).size).toBe(FORMS)
  expect(forms.every(({ moved, groups }) => moved === 0 && groups.length === 0)).toBe(true)
})

test('every combination is counted once, and every one that moves is in one group', () => {
  const { forms } = shippedAnd({ consequence: { asset: { prod: 3 } }, bands: { 2: { 3: 'P2' } } })
  for (const { combinations, moved, matrix, groups } of forms) {
    const cells = Object.entries(matrix).flatMap(([from, row]) =>
      Object.entries(row).map(([to, count]) => ({ from, to, count })),
    )
    const sum = (some: readonly { readonly count: number }[]): number =>
      some.reduce((total, { count }) => total + count, 0)
    expect(sum(cells)).toBe(combinations)
    expect(sum(cells.filter(({ from, to }) => from !== to))).toBe(moved)
    for (const { from, to, count } of cells.filter((each) => each.from !== each.to))
      expect(sum(groups.filter((group) => group.from === from && group.to === to))).toBe(count)
    expect(groups.every(({ count, of }) => count <= of)).toBe(true)
    expect(groups.map(({ count }) => count)).toEqual(groups.map(({ count }) => count).toSorted((a, b) => b - a))
  }
  expect(forms[0]).toMatchObject({ form: 'no flag, no CVE', combinations: LADDER_POINTS })
})

test('a group says what is common to all that is in it', () => {
  const [plain] = shippedAnd({
    overrides: {
      ours: { floor: 'P1', when: [{ asset: { atLeast: 'crown_jewel' }, severity: { atLeast: 'critical' } }] },
    },
  }).forms
  expect(
    plain!.groups.every(({ text }) => text.includes('asset=crown_jewel') && text.includes('severity=critical')),
  ).toBe(true)
  const whole = shippedAnd({ overrides: { ours: { floor: 'P3', when: [{ severity: { atMost: 'informational' } }] } } })
    .forms[0]!
  expect(whole.groups[0]).toMatchObject({ from: 'P4', to: 'P3' })
  expect(whole.groups[0]!.text).toMatch(/severity=informational.*: P4 -> P3, [\d,]+( of [\d,]+)? combinations$/)
})

test('the other profile moves what only a CVE has, and only where it is not publicly exposed', () => {
  const difference = shippedAnd({ profile: 'bod', dueDays: { P1: 2 }, weights: { path: 0 }, epssEasy: 0.2 })
  const moved = movedIn(difference)
  expect(moved.map(({ form }) => form)).toEqual(['CVE, kev=yes, automatable=yes, technicalImpact=total'])
  const { groups } = moved[0]!
  expect(groups.every(({ from, to }) => from === 'P2' && to === 'P1')).toBe(true)
  expect(groups[0]!.text).toBe(
    'exposure not internet|internet_sensitive, exploitability=hygiene: P2 -> P1, 27,000 combinations',
  )
  // What decides no band is told in words.
  expect(difference.settings).toEqual([
    'P1 is due after 2 days instead of 3.',
    'For the score path weighs 0 instead of 10.',
    'The profile of BOD 26-04 is bod instead of context.',
    'A CVE is easy to exploit from an EPSS score of 0.2 instead of 0.1.',
  ])
})

test('a floor that is turned off moves the findings with its flag', () => {
  const moved = movedIn(shippedAnd({ overrides: { 'floor-public-data': 'off' } }))
  expect(moved.map(({ form }) => form)).toEqual(['anonymousAccess=read', 'anonymousAccess=write'])
})
