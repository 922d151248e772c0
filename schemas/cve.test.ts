import { expect, test } from 'vitest'
import { cveId, epssPageOf, kevPageOf, parseCve } from './cve.ts'

test('a CVE id is read in any case and written in one way', () => {
  const found = parseCve('cve-2024-3094')!
  expect(found).toEqual({ year: '2024', number: 3094 })
  expect(cveId(found)).toBe('CVE-2024-3094')
  expect(cveId(parseCve('CVE-1999-0001')!)).toBe('CVE-1999-0001')
})

test.each([
  '',
  'CVE-2024-309',
  'CVE-24-3094',
  'CVE-2024-3094 ',
  'GHSA-1234-5678-9012',
  'CVE-2024-12345678901',
  'CVE-2024-03094',
])('is no CVE id: %s', (text) => expect(parseCve(text)).toBeUndefined())

test('a page of scores holds a thousand numbers, a page of the catalogue a year', () => {
  expect(epssPageOf(parseCve('CVE-2024-3094')!)).toBe('epss/2024-3')
  expect(epssPageOf(parseCve('CVE-1999-0001')!)).toBe('epss/1999-0')
  expect(epssPageOf(parseCve('CVE-2018-1000861')!)).toBe('epss/2018-1000')
  expect(epssPageOf(parseCve('CVE-2018-9999999999')!)).toBe('epss/2018-9999999')
  expect(kevPageOf(parseCve('CVE-2018-1000861')!)).toBe('kev/2018')
})
