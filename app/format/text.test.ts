import { describe, expect, test } from 'vitest'
import { byteSize, fit, instant, oneLine, pad, wrap } from './text.ts'

test.each([
  ['two\nlines\t and  more ', 'two lines and more'],
  ['\u{1b}[31mred\u{7}', '[31mred'],
  ['safe\u{202e}gpj.exe', 'safegpj.exe'],
  ['zero\u{200b}width\u{feff}', 'zerowidth'],
  ['lone \ud800 half', 'lone half'],
])('text from outside cannot steer a terminal: %j', (text, expected) => {
  expect(oneLine(text).replaceAll('  ', ' ')).toBe(expected)
})

describe('columns', () => {
  test('are what a terminal shows, not characters', () => {
    expect(pad('日本', 6)).toBe('日本  ')
    expect(pad('7', 3, 'right')).toBe('  7')
    expect(fit('日本語の見出し', 7)).toBe('日本語…')
    expect(fit('👩‍👩‍👧 family', 4)).toBe('👩‍👩‍👧…')
    expect(fit('exactly', 7)).toBe('exactly')
  })

  test('break lines between words; a word that is longer stays whole', () => {
    expect(wrap('one two  three', 7)).toEqual(['one two', 'three'])
    expect(wrap('see https://example.org/very/long now', 10)).toEqual(['see', 'https://example.org/very/long', 'now'])
    expect(wrap('', 10)).toEqual([''])
  })
})

test('sizes and times read easily', () => {
  expect([0, 1023, 1536, 5 * 1024 ** 2, 200 * 1024 ** 3].map(byteSize)).toEqual([
    '0 B',
    '1023 B',
    '1.5 KiB',
    '5.0 MiB',
    '200 GiB',
  ])
  expect(instant(Date.UTC(2025, 10, 25, 12))).toBe('2025-11-25 12:00:00 UTC')
  expect(instant(undefined)).toBe('')
})
