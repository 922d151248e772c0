import { expect, test } from 'vitest'
import { mutations } from '../../enrichment/priority/sample-configurations.ts'
import { everythingKnown, offenceAt, plainMistake, plainly } from '../../enrichment/priority/sample-tables.ts'
import { tablesOf } from '../../enrichment/priority/settle.ts'
import { unsoundness } from '../../enrichment/priority/soundness.ts'

test('100 accepted configurations are monotone and unknown-safe at everything that can be known of a finding without flags and CVE', () => {
  const configs = mutations(7, 17).map(({ config }) => config)
  const accepted = configs.filter((config) => unsoundness(tablesOf(config)) === undefined).slice(0, 100)
  expect(accepted).toHaveLength(100)
  const start = performance.now()
  for (const config of accepted) {
    const tables = tablesOf(config)
    const bandOf = plainly(tables)
    let offence = plainMistake(tables)
    for (const facts of everythingKnown({ flags: false })) offence ??= offenceAt(facts, bandOf)
    expect({ config, offence }).toEqual({ config, offence: undefined })
  }
  console.log(`100 configurations, 48,000 points each: ${((performance.now() - start) / 1000).toFixed(0)} s`)
})
