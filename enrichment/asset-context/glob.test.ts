import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { globOf } from './glob.ts'

test.each<[string, string, boolean]>([
  ['prod', 'PROD', true],
  ['prod', 'prod-1', false],
  ['prod*', 'prod', true],
  ['*prod', 'pre-prod', true],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'acb', false],
  ['*ab', 'aab', true],
  ['?', '', false],
  ['*', '', true],
  ['***', 'x', true],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
  [' prod ', 'prod', true],
])('%s and %s: %s', (pattern, text, fits) => {
  expect(globOf(pattern)(text)).toBe(fits)
})

test('agrees with a regular expression on any pattern and text', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
  fc.assert(
    fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`, 's')
      expect(globOf(pattern)(text)).toBe(expression.test(text))
    }),
    { numRuns: 2000 },
  )
})

test('a pattern of many stars takes no longer than the text', () => {
  const started = performance.now()
  expect(globOf(`${'*a'.repeat(40)}*c`)('a'.repeat(100_000))).toBe(false)
  expect(performance.now() - started).toBeLessThan(1000)
})
