import { expect, test } from 'vitest'
import { sharedVictoriaLogs } from './shared-victoria-logs.ts'

test('all who ask for the shared server are given the same, and it answers', { timeout: 900_000 }, async (context) => {
  const [first, second] = await Promise.all([sharedVictoriaLogs(context), sharedVictoriaLogs(context)])
  expect(second.url).toBe(first.url)
  expect(await first.query('source:"a source that nobody has"')).toEqual([])
})
