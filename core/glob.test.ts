import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { matcherOf } from './glob.ts'

test.each<[string, string, boolean]>([
  ['prod', 'PROD', true],
  ['prod', 'prod-1', false],
  ['prod*', 'prod', true],
  ['*prod', 'pre-prod', true],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'acb', false],
  ['*ab', 'aab', true],
  ['?', '', false],
  ['?', '😀', true],
  ['*?', '😀', true],
  ['*??', '😀', false],
  ['*', '', true],
  ['***', 'x', true],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
  ['prod', ' prod ', false],
])('%s and %s: %s', (pattern, text, fits) => {
  expect(matcherOf([pattern])(text)).toBe(fits)
})

test('one of several patterns is enough, and without any nothing fits', () => {
  const matches = matcherOf(['dev', 'PROD-*'])
  expect(['Dev', 'prod-1', 'test'].map(matches)).toEqual([true, true, false])
  expect(matcherOf([])('')).toBe(false)
})

test('agrees with a regular expression on any pattern and text', () => {
  const characters = ['a', 'B', '.', '\n', '😀', 'ß', 'ẞ', 'ς', 'Σ', 'ı', 'I', 'İ', 'ſ', 'S']
  const letters = fc.string({ unit: fc.constantFrom(...characters, '*', '?'), maxLength: 8 })
  fc.assert(
    fc.property(letters, fc.string({ unit: fc.constantFrom(...characters, 'b'), maxLength: 10 }), (pattern, text) => {
      const source = pattern
        .replaceAll('.', String.raw`\.`)
        .replaceAll(/\*+/g, '.*')
        .replaceAll('?', '.')
      expect(matcherOf([pattern])(text)).toBe(new RegExp(`^${source}$`, 'isu').test(text))
    }),
    { numRuns: 4000 },
  )
})

test('a pattern of many stars takes no longer than the text', () => {
  const started = performance.now()
  expect(matcherOf([`${'*a'.repeat(40)}*c`])('a'.repeat(100_000))).toBe(false)
  expect(performance.now() - started).toBeLessThan(1000)
})
