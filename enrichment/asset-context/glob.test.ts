import { expect, test } from 'vitest'
import { globOf } from './glob.ts'

test.each<[string, string | undefined, boolean]>([
  [' prod ', 'prod', true],
  ['prod*', ' PROD-1\n', true],
  ['?', ' ', false],
  ['*', ' ', true],
  ['*', undefined, false],
])('%j and %j: %s', (pattern, text, fits) => {
  expect(globOf(pattern)(text)).toBe(fits)
})
