import { expect, test } from 'vitest'
import type { Evidence, EvidenceVector, Item, Rung } from '../evidence.ts'
import { prioritise } from './prioritise.ts'
import { Ruleset } from './ruleset.ts'
import { TABLES } from './tables.ts'

const ruleset = new Ruleset(TABLES)
const certain = <I extends Item>(value: Rung<I>, ...evidence: string[]): Evidence<I> => ({
  value,
  certainty: 'certain',
  source: 'inventory',
  evidence,
})
const exposed = (...evidence: string[]): EvidenceVector => ({
  exposure: certain('internet_sensitive', ...evidence),
  exploitability: certain('conditional'),
  severity: certain('medium'),
})
const changesOf = (vector: EvidenceVector) => prioritise(vector, ruleset).counterfactuals

test('a change is the smallest of its item, and says in words and rungs what would have to be so', () => {
  expect(changesOf(exposed())[0]).toEqual({
    item: 'exposure',
    from: 'internet_sensitive',
    to: 'internet_restricted',
    band: 'P3',
    text: 'If only known addresses or signed-in users can reach it from the internet (exposure internet_restricted): P3.',
  })
})

test.each(['0.0.0.0/0 on port 22', '::/0 on port 22'])(
  'evidence that is a range of addresses (%s) is what to remove',
  (range) => {
    expect(changesOf(exposed(range))[0]?.text).toBe(
      `Remove ${range}, so that only known addresses or signed-in users can reach it from the internet (exposure internet_restricted): P3.`,
    )
  },
)

test('other evidence is named as what makes it so now', () => {
  expect(changesOf(exposed('category internet-exposed'))[0]?.text).toContain(
    '; now internet_sensitive by category internet-exposed): P3.',
  )
})

test('what nobody can mend is no change: the severity, what the asset is, how a CVE is exploited', () => {
  const vector: EvidenceVector = {
    exposure: certain('internal'),
    exploitability: certain('active'),
    asset: certain('crown_jewel'),
    severity: certain('critical'),
    cve: { uid: 'CVE-2026-0001', kev: true },
  }
  const items = changesOf(vector).map(({ item }) => item)
  expect(items).not.toContain('severity')
  expect(items).not.toContain('asset')
  expect(items).not.toContain('exploitability')
})

test('where no single change lowers the band there is none', () => {
  const both = { anonymousAccess: certain<'anonymousAccess'>('read'), data: certain<'data'>('restricted') }
  const vector = {
    ...both,
    exposure: certain<'exposure'>('internet'),
    exploitability: certain<'exploitability'>('active'),
  }
  expect(prioritise({ ...vector, identity: certain('admin') }, ruleset)).toMatchObject({
    band: 'P1',
    counterfactuals: [],
  })
  expect(changesOf({ severity: certain('informational') })).toEqual([])
})
