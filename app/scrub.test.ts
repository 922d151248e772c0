import { describe, expect, test } from 'vitest'
import { Secret } from '../core/secret.ts'
import { Scrubber } from './scrub.ts'

describe('a scrubber', () => {
  const scrubber = new Scrubber([new Secret('CANARY-7f3"\\ü'), new Secret('12345'), new Secret('a')])

  test('masks a secret as it is and as JSON, URLs and base64 spell it', () => {
    const forms = [
      'CANARY-7f3"\\ü',
      JSON.stringify({ nested: 'CANARY-7f3"\\ü' }),
      encodeURIComponent('CANARY-7f3"\\ü'),
      Buffer.from('CANARY-7f3"\\ü').toString('base64'),
    ]
    expect(forms.map((form) => scrubber.text(`<${form}>`))).toEqual([
      '<[secret]>',
      '<{"nested":"[secret]"}>',
      '<[secret]>',
      '<[secret]>',
    ])
  })

  test('keeps a line of JSON whole: numbers and names of the log stay what they are', () => {
    const line = `${JSON.stringify({ time: 1234567, a: 'x12345y', n: 12345, list: [{ k: 'CANARY-7f3"\\ü' }] })}\n`
    expect(JSON.parse(scrubber.line(line))).toEqual({
      time: 1234567,
      a: 'x[secret]y',
      n: 12345,
      list: [{ k: '[secret]' }],
    })
    expect(scrubber.line(line).endsWith('\n')).toBe(true)
  })

  test('leaves text alone in which there is none, and does not garble everything for a secret of one letter', () => {
    expect(scrubber.text('a banana')).toBe('a banana')
  })
})

test.each([
  ['https://user:pass@example.org:8088/services/T0/B1?x=y#z', 'https://example.org:8088'],
  ['posting to https://hooks.example.org/T0/CANARY failed', 'posting to https://hooks.example.org failed'],
  ['redis://:CANARY@cache:6379', 'redis://cache:6379'],
  ['(see https://example.org/a), then', '(see https://example.org), then'],
  ['{"url":"https://example.org/CANARY","n":1}', '{"url":"https://example.org","n":1}'],
  ['at file:///app/x.ts:1:2', 'at file:///app/x.ts:1:2'],
  ['no address: here', 'no address: here'],
])('of a URL only scheme and host are shown: %s', (text, expected) => {
  expect(new Scrubber().text(text)).toBe(expected)
})
