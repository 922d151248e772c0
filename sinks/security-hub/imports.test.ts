import { expect, test } from 'vitest'
import { packImports, type Import } from './imports.ts'

const finding = (key: string, bytes: number): Import => ({ key, bytes, leftOut: [], asff: {} as Import['asff'] })

test('calls hold up to 100 findings and 6 MB, in order', () => {
  const small = Array.from({ length: 250 }, (_, index) => finding(String(index), 100))
  expect(packImports(small).map((group) => group.length)).toEqual([100, 100, 50])
  expect(packImports(small).flat()).toEqual(small)
  const large = Array.from({ length: 60 }, (_, index) => finding(String(index), 240_000))
  const groups = packImports(large)
  expect(groups.map((group) => group.length)).toEqual([24, 24, 12])
  expect(packImports([])).toEqual([])
})
