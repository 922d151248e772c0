import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PermanentError } from '../../../core/errors.ts'
import { readDefenderBody } from './defender-body.ts'
import { sampleAlert, sampleAssessment, sampleRegulatoryAssessment } from './sample-defender.ts'

const [a, b, alert] = [sampleAssessment(1), sampleAssessment(2), sampleAlert(3)]
const json = (value: unknown): string => JSON.stringify(value)
const records = (text: string): unknown[] => readDefenderBody(text).findings.map(({ record }) => record)
const codeOf = (text: string): string => {
  try {
    readDefenderBody(text)
  } catch (error) {
    if (error instanceof PermanentError) return error.code
    throw error
  }
  return 'none'
}

describe('a body that brings records', () => {
  test.each([
    ['one record', json(a), [a]],
    ['one record behind a byte order mark', `\u{FEFF}${json(a)}\n`, [a]],
    ['an alert, which has no envelope', json(alert), [alert]],
    ['a list', json([a, alert]), [a, alert]],
    ['`records`', json({ records: [a, b] }), [a, b]],
    ['`Records` with one record for a list', json({ Records: a }), [a]],
    ['`value`', json({ value: [a], nextLink: null }), [a]],
    ['`VALUE` beside `records`', json({ VALUE: [a], records: [b] }), [b, a]],
    ['a list of wrappers and records', json([{ records: [a] }, b, { value: [{ records: [alert] }] }]), [a, b, alert]],
    ['lists in a list', json([[a], [[b]]]), [a, b]],
    ['text that holds JSON', json(json(a)), [a]],
    ['text that holds text that holds a wrapper', json(json(json({ records: [a] }))), [a]],
    ['texts in a list in a wrapper', json({ value: [json(a), json([b])] }), [a, b]],
    ['a wrapper around text', json({ records: json([a, b]) }), [a, b]],
    ['documents one behind another', `${json(a)}${json(b)}`, [a, b]],
    ['documents one per line', `${json(a)}\r\n${json([b])}\n\n${json({ records: [alert] })}\n`, [a, b, alert]],
    ['documents behind separators and marks', `\u{1e}${json(a)}\n\u{1e}\u{FEFF}${json(b)}`, [a, b]],
    ['texts one behind another', `${json(json(a))}${json(json(b))}`, [a, b]],
    ['text of documents', json(`${json(a)} ${json(b)}`), [a, b]],
    ['brackets and quotes inside of texts', `${json({ ...a, x: '}{"\\"' })}${json(b)}`, [{ ...a, x: '}{"\\"' }, b]],
  ])('is %s', (_, text, expected) => {
    expect(records(text)).toEqual(expected)
    expect(readDefenderBody(text).others).toEqual([])
  })

  test('keeps the place of what is no record', () => {
    expect(records(json([null, a, 7, 'x', { odd: 1 }]))).toEqual([null, a, 7, 'x', { odd: 1 }])
  })

  test('is known by its type alone, or by its id alone', () => {
    const { type: _type, ...byId } = sampleRegulatoryAssessment('1.1')
    expect(records(json(byId))).toEqual([byId])
    expect(records(json({ Type: 'microsoft.security/secureScores' }))).toHaveLength(1)
  })
})

test.each([
  '',
  ' \r\n',
  '\u{FEFF}',
  '[]',
  '{"records":[]}',
  '{"Value":null}',
  '""',
  '"[]"',
  '[[],[{"records":[]}]]',
  '[]\n[]',
])('nothing at all is no fault: %j', (text) => {
  expect(readDefenderBody(text)).toMatchObject({ findings: [], others: ['an empty message'] })
})

describe('a body that is set aside', () => {
  test.each([
    ['a page of a proxy', 'MESSAGE_NOT_JSON', '<html></html>'],
    ['a sentence', 'MESSAGE_NOT_JSON', 'Access denied'],
    ['a record that was cut off', 'MESSAGE_NOT_JSON', json(a).slice(0, -1)],
    ['documents of which the last was cut off', 'MESSAGE_NOT_JSON', `${json(a)}${json(b).slice(0, -9)}`],
    ['documents of which one is broken', 'MESSAGE_NOT_JSON', `${json(a)}{"id":tru}${json(b)}`],
    ['words between documents', 'MESSAGE_NOT_JSON', `${json(a)} and ${json(b)}`],
    ['a bracket too many', 'MESSAGE_NOT_JSON', `${json(a)}}`],
    ['a comma between documents', 'MESSAGE_NOT_JSON', `${json(a)},${json(b)}`],
    ['a wrapper around a word', 'MESSAGE_NOT_JSON', '{"records":"x"}'],
    ['a quote', 'MESSAGE_NOT_JSON', '"'],
    ['null', 'MESSAGE_UNKNOWN', 'null'],
    ['a number', 'MESSAGE_UNKNOWN', '7'],
    ['an object of nothing', 'MESSAGE_UNKNOWN', '{}'],
    ['the log of another service', 'MESSAGE_UNKNOWN', '{"time":"2026-11-25T12:00:00Z","category":"AuditEvent"}'],
    ['documents of which one is unknown', 'MESSAGE_UNKNOWN', `${json(a)}{"odd":1}`],
    ['wrappers in wrappers', 'MESSAGE_UNKNOWN', `${'{"records":'.repeat(9)}[]${'}'.repeat(9)}`],
    ['lists in lists', 'MESSAGE_UNKNOWN', `${'['.repeat(9)}${']'.repeat(9)}`],
    ['text in text', 'MESSAGE_UNKNOWN', Array.from({ length: 9 }).reduce<string>((text) => json(text), '{}')],
    ['lists in far more lists', 'MESSAGE_TOO_DEEP', `${'['.repeat(200)}${']'.repeat(200)}`],
    ['documents of which one is too deep', 'MESSAGE_TOO_DEEP', `${json(a)}${'{"a":'.repeat(200)}1${'}'.repeat(200)}`],
  ])('is %s: %s', (_, code, text) => expect(codeOf(text)).toBe(code))

  test('may be anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'{}[]",:\\ a1') })), (text) => {
        expect(codeOf(text)).toMatch(/^(none|MESSAGE_[A-Z_]+)$/)
      }),
      { numRuns: 2000 },
    )
  })
})

test('a megabyte of anything takes no longer than one of records', () => {
  const texts = ['{', '[', '"', '\\"', '{}', '"" ', '{"a":"', ' ', '\u{1e}', '\u{FEFF}', '[{"records":"']
  for (const piece of texts) {
    const began = process.cpuUsage()
    codeOf(piece.repeat(1_000_000 / piece.length))
    const { user, system } = process.cpuUsage(began)
    expect((user + system) / 1000, piece).toBeLessThan(1500)
  }
})
