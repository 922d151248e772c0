import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MutatedTree } from './mutated-tree.ts'
import { MUTATIONS } from './mutations.ts'

/** Every fourth here; all of them in the slow tests. */
const SHARE = MUTATIONS.filter((_, index) => index % 4 === 0)

let tree: MutatedTree

beforeAll(() => {
  tree = new MutatedTree()
})
afterAll(() => tree.remove())

describe('the brute force notices it when', () => {
  test.each(SHARE)('$name', (mutation) => {
    expect(tree.firstDifference(mutation)).not.toBe('')
  })
})
