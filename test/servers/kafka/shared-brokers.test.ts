import { expect, test } from 'vitest'
import { sharedBrokers } from './shared-brokers.ts'
import { listTopics } from './tools.ts'

test('all who ask for the shared broker are given the same, and it answers', { timeout: 600_000 }, async (context) => {
  const [first, second] = await Promise.all([sharedBrokers(context), sharedBrokers(context)])
  expect(second).toEqual(first)
  expect(await listTopics({ brokers: first })).not.toContain('a topic that nobody made')
})
