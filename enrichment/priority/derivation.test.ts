import { expect, test } from 'vitest'
import type { Evidence, EvidenceVector, Item, Rung } from '../evidence.ts'
import { derivation } from './derivation.ts'
import { prioritise } from './prioritise.ts'
import { Ruleset } from './ruleset.ts'
import { TABLES } from './tables.ts'

const ruleset = new Ruleset(TABLES)
const certain = <I extends Item>(value: Rung<I>, source = 'inventory'): Evidence<I> => ({
  value,
  certainty: 'certain',
  source,
})
const possible = <I extends Item>(value: Rung<I>): Evidence<I> => ({ value, certainty: 'possible', source: 'Prowler' })

const vector: EvidenceVector = {
  exposure: possible('internet'),
  exploitability: certain('active', 'CISA KEV'),
  data: possible('none'),
  asset: certain('dev', 'tag Environment=dev'),
  severity: certain('low', 'Prowler'),
  cve: { uid: 'CVE-2026-0001', kev: true, technicalImpact: 'total' },
}
const linesOf = (evidence: EvidenceVector) =>
  derivation(evidence, ruleset).map(({ title, text }) => `${title}: ${text}`)

test('it begins with every item, what is known of it and as what it counts', () => {
  expect(linesOf(vector).slice(0, 13)).toEqual([
    'Exposure: internet (Prowler, possible)',
    'Exploitability: active (certain, CISA KEV)',
    'Identity: unknown, counts as scoped',
    'Data: none (Prowler, possible): not proved, so unknown, counts as internal',
    'Attack path: unknown, counts as partial',
    'Asset: dev (certain, tag Environment=dev)',
    'Severity: low (certain, Prowler)',
    'Anonymous access: unknown, counts as no',
    'Live secret: unknown, counts as no',
    'CVE: CVE-2026-0001',
    'In CISA KEV: yes',
    'Automatable: unknown, counts as no',
    'Technical impact: total',
  ])
})

test('it goes through the tables in their order and says after each step which band is left', () => {
  expect(linesOf(vector).slice(13, 22)).toEqual([
    'Likelihood: exposure internet, exploitability active: 4 of 4',
    'Consequence: the highest of identity unknown (as scoped) 2, data unknown (as internal) 2, asset dev 1: 2 of 4',
    'Band: likelihood 4, consequence 2: P1',
    'Severity step: severity low: one band less urgent, P2',
    'Ceiling: none holds: P2',
    'While unknown: exposure and exploitability are known: P2',
    'Floor: floor-active-exploitation (exploitability >= active, exposure >= internal): at least P2, so P1',
    'Floor: floor-bod-26-04 (3 days): at least P1, so P1',
    expect.stringMatching(/^Hold: no less urgent than P1, .*; no more urgent than P1, .*: P1 stands$/),
  ])
})

test('the score is the sum of the terms that it shows', () => {
  const text = derivation(vector, ruleset).find(({ title }) => title === 'Score')!.text
  const terms = [...text.matchAll(/(\d+)\/(\d+) x (\d+)/g)].map(
    ([, rung, of, weight]) => (Number(rung) / Number(of)) * Number(weight),
  )
  expect(terms).toHaveLength(7)
  const mean = terms.reduce((sum, term) => sum + term, 0) / 100
  expect(text).toMatch(new RegExp(`^${75 + Math.round(25 * mean)}: `))
  expect(prioritise(vector, ruleset).score).toBe(75 + Math.round(25 * mean))
})

test('it ends with what could change, when it is due, CISA by itself, and what it was derived from', () => {
  const { inputHash, ruleset: named } = prioritise(vector, ruleset)
  const lines = linesOf(vector)
  expect(lines).toContain('Due: 3 days after it first was this urgent (P1)')
  expect(lines.some((line) => line.startsWith('CISA SSVC: CVE-2026-0001: '))).toBe(true)
  expect(lines.some((line) => line.startsWith('CISA BOD 26-04: CVE-2026-0001: '))).toBe(true)
  expect(lines.slice(-2)).toEqual([`Ruleset: default, version ${named.version}, ${named.hash}`, `Inputs: ${inputHash}`])
})

test('what the range, the changes and the unknowns say is said in it', () => {
  const { counterfactuals, wouldChangeIf, range } = prioritise(vector, ruleset)
  const lines = linesOf(vector)
  expect(lines).toContain(`Range: ${range[0]} at best, ${range[1]} at worst, once everything is known`)
  for (const { text } of counterfactuals) expect(lines).toContain(`What would lower it: ${text}`)
  for (const { text } of wouldChangeIf) expect(lines).toContain(`Would change if: ${text}`)
})

test('while nothing but the severity is known, its default is the one step', () => {
  const lines = linesOf({ severity: certain('critical', 'Prowler') })
  expect(lines[9]).toBe('Severity alone: nothing else is known, and the default of severity critical is P2')
  expect(lines.some((line) => line.startsWith('Likelihood'))).toBe(false)
})

test('a timeline that the profile keeps at P2 says why', () => {
  const inside = { ...vector, exposure: certain<'exposure'>('internal'), cve: { ...vector.cve!, automatable: true } }
  expect(linesOf(inside)).toContain('Floor: floor-bod-26-04 (3 days, but not publicly exposed): at least P2, so P2')
})
