import { expect, test } from 'vitest'
import { sharedOpenSearch } from './shared-opensearch.ts'

test('all who ask for the shared node are given the same, and it answers', { timeout: 600_000 }, async (context) => {
  const [first, second] = await Promise.all([sharedOpenSearch(context), sharedOpenSearch(context)])
  expect(second).toBe(first)
  expect((await fetch(`${first}/_cluster/health`)).status).toBe(200)
})
