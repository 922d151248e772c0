import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compare, SUITES, type Suite } from '../oracle/exposure/comparison.ts'
import { MutatedTree } from '../oracle/exposure/mutated-tree.ts'
import { MUTATIONS } from '../oracle/exposure/mutations.ts'

test.each(Object.keys(SUITES) as Suite[])('the evaluator agrees with the brute force about all %s', (suite) => {
  const { cases, differences } = compare(suite)
  console.log(`${cases} cases of ${suite}, ${differences.length} differences`)
  expect(differences).toEqual([])
})

describe('the brute force notices it when', () => {
  let tree: MutatedTree

  beforeAll(() => {
    tree = new MutatedTree()
  })
  afterAll(() => tree.remove())

  test.each(MUTATIONS)('$name', (mutation) => {
    const difference = tree.firstDifference(mutation)
    console.log(`${mutation.name}: ${difference}`)
    expect(difference).not.toBe('')
  })
})
