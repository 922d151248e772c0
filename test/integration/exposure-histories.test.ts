import { expect, test } from 'vitest'
import { differences, Histories } from '../exposure-histories.ts'

// The slow tests have a thousand of them.
test('what comes out of histories of an account, in any order, is what its last state alone brings', async () => {
  const histories = new Histories(1)
  for (let count = 0; count < 5; count += 1) {
    const result = await histories.next(500)
    expect(result.incremental.size).toBeGreaterThan(10)
    expect(differences(result)).toEqual([])
  }
})
