import { expect, test } from 'vitest'
import { redrawn } from './screen.ts'

test('a page is drawn over the last one, line by line, and nothing is cleared before it is written', () => {
  expect(redrawn('one\ntwo', 24)).toBe('\u001b[Hone\u001b[K\ntwo\u001b[K\u001b[J')
})

test('a page that is higher than the screen says how much is left out, and never scrolls it', () => {
  const lines = redrawn('1\n2\n3\n4\n5', 3).split('\n')
  expect(lines).toHaveLength(3)
  expect(lines.at(-1)).toContain('… 3 more lines')
})
