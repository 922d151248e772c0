import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clean, cleanLine, cleanText, DEPTH_LIMIT } from './sanitize.ts'

const utf16 = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) })

describe('cleanText', () => {
  test.for<[string, string, string]>([
    ['control characters', 'a\u0000b\u0007c\u001b[31m\u0085d\u009f', 'abc[31m\nd'],
    ['a lone surrogate, as U+FFFD', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['bidirectional overrides and isolates', 'safe\u202egnp.exe \u2066x\u2069\u200f\u061c', 'safegnp.exe x'],
    ['zero-width characters and fillers', 'ad\u200bmin\u200d\u2060\ufeff\u00ad\u3164', 'admin'],
    ['tag characters, which carry hidden text', 'hi\u{e0068}\u{e0069}', 'hi'],
    ['what is no character', 'a\ufffe\uffff\u{1ffff}', 'a'],
  ])('takes out %s', ([, dirty, cleaned]) => {
    expect(cleanText(dirty)).toBe(cleaned)
  })

  test('keeps line ends, as \\n, and tabs', () => {
    expect(cleanText('one\r\ntwo\rthree\u2028four\tfive\n')).toBe('one\ntwo\nthree\nfour\tfive\n')
  })

  test('keeps every script, and characters beyond the first plane', () => {
    const text = 'Größe 规模 حجم μέγεθος 😀 𝔘'
    expect(cleanText(text)).toBe(text)
  })

  test('cuts by code points and never through a surrogate pair', () => {
    expect(cleanText('😀😀😀😀', 3)).toBe('😀😀…')
    expect(cleanText('😀😀😀', 3)).toBe('😀😀😀')
    expect(cleanText('abcd', 3)).toBe('ab…')
    expect(cleanText('abc', 3)).toBe('abc')
  })

  test('is well-formed, within its limit, and the same when cleaned again, for any text', () => {
    fc.assert(
      fc.property(utf16, fc.integer({ min: 1, max: 20 }), (text, limit) => {
        const cleaned = cleanText(text, limit)
        expect(cleaned.isWellFormed()).toBe(true)
        expect([...cleaned].length).toBeLessThanOrEqual(limit)
        expect(cleanText(cleaned, limit)).toBe(cleaned)
      }),
    )
  })
})

describe('cleanLine', () => {
  test('is one line', () => {
    expect(cleanLine('  one\r\n\n two\tthree\u00a0 four ')).toBe('one two three four')
  })
})

describe('clean', () => {
  test('cleans keys and values at every level and leaves all else as it is', () => {
    const dirty = { 'k\u0000ey': ['a\u202eb', 1, null, true, { deep: '\ud800' }] }
    expect(clean(dirty).value).toEqual({ key: ['ab', 1, null, true, { deep: '\ufffd' }] })
  })

  test('takes a key named __proto__ for data', () => {
    const value = clean(JSON.parse('{"__proto__": {"polluted": true}}')).value as object
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true}}')
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  test('cuts off what is nested too deep, also where that is very deep', () => {
    let deep: unknown = 'bottom'
    for (let level = 0; level < 20_000; level += 1) deep = [deep]
    let value: unknown = clean(deep).value
    let levels = 0
    while (Array.isArray(value)) {
      value = value[0]
      levels += 1
    }
    expect(levels).toBe(DEPTH_LIMIT)
    expect(value).toBe(`[cut off here: nested more than ${DEPTH_LIMIT} levels]`)
  })

  test('weighs about what the JSON has', () => {
    const value = { name: 'x'.repeat(1000), list: Array.from({ length: 100 }, (_, at) => at + 1_000_000) }
    const { length } = JSON.stringify(value)
    expect(clean(value).weight).toBeGreaterThan(length * 0.8)
    expect(clean(value).weight).toBeLessThan(length * 1.2)
  })
})
