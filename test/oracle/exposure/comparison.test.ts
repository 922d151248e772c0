import { expect, test } from 'vitest'
import { compare, SUITES, type Suite } from './comparison.ts'

/** One in so many of the larger enumerations, odd so that no inner loop is always hit at one place; all of them in the slow tests. */
const EVERY: Partial<Record<Suite, number>> = {
  acl: 13,
  groups: 7,
  routes: 7,
  balancers: 5,
  'bucket flags': 41,
  'bucket ACLs': 23,
  statements: 7,
  conditions: 13,
  'pairs of conditions': 5,
}

test.each(Object.keys(SUITES) as Suite[])('the evaluator agrees with the brute force about %s', (suite) => {
  const began = performance.now()
  const { cases, differences, answers } = compare(suite, EVERY[suite])
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`${cases} cases of ${suite} compared in ${seconds} s: ${JSON.stringify(answers)}`)
  expect(cases).toBeGreaterThan(10)
  expect(differences).toEqual([])
})
