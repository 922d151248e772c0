import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Frame, FramerLimits } from './frame.ts'
import { LIMITS, RecordFramer } from './record-framer.ts'

interface Reading {
  /** The records that came out, as values. */
  records: unknown[]
  /** What was no record, as text with its code. */
  broken: string[]
  damage: readonly string[]
  frames: Frame[]
}

function read(
  report: string | Buffer,
  { chunk = 1 << 16, limits = LIMITS }: { chunk?: number; limits?: FramerLimits } = {},
): Reading {
  const bytes = Buffer.from(report)
  const framer = new RecordFramer(limits)
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; at += chunk) frames.push(...framer.push(bytes.subarray(at, at + chunk)))
  frames.push(...framer.end())
  const touched = frames.filter(
    ({ offset, bytes: held }) => held !== undefined && !held.equals(bytes.subarray(offset, offset + held.length)),
  )
  expect(touched).toEqual([])
  return {
    records: frames.flatMap((frame) => (frame.record === undefined ? [] : [frame.record.value])),
    broken: frames.flatMap((frame) =>
      frame.record === undefined ? [`${frame.error.code} ${frame.bytes?.toString() ?? `(${frame.length})`}`] : [],
    ),
    damage: framer.damage,
    frames,
  }
}

const a = { id: 1, text: 'a' }
const b = { id: 2, text: 'b ] } , { "' }
const c = { id: 3, nested: [{ id: 4 }, { id: 5 }] }
const json = (value: unknown, indent?: number): string => JSON.stringify(value, null, indent)

describe('shapes of a sound report', () => {
  test.each([
    ['a list', json([a, b, c])],
    ['an indented list', json([a, b, c], 2)],
    ['a list with CRLF', json([a, b, c], 2).replaceAll('\n', '\r\n')],
    ['a list behind a byte order mark', `\uFEFF${json([a, b, c])}`],
    ['one record a line', `${[a, b, c].map((each) => json(each)).join('\n')}\n`],
    ['one record a line without the last line end', [a, b, c].map((each) => json(each)).join('\r\n')],
    ['records without anything between', [a, b, c].map((each) => json(each)).join('')],
    ['Findings', json({ Findings: [a, b, c] })],
    [
      'findings, indented, among other members',
      json(
        { NextToken: 'x:"', Meta: { id: 9 }, findings: [a, b, c], More: { id: 8 }, Also: [{ id: 7 }], Last: null },
        4,
      ),
    ],
    ['several documents in one file', `${json([a])}\n${json({ Findings: [b] })}\n${json(c)}`],
    ['lists in a list', json([[a, b], [c]])],
  ])('%s', (_name, report) => {
    for (const chunk of [1, 3, 7, 1 << 16]) {
      const { records, broken, damage } = read(report, { chunk })
      expect({ records, broken, damage }).toEqual({ records: [a, b, c], broken: [], damage: [] })
    }
  })

  test.each(['', '[]', '{"Findings": []}', ' \r\n\t', '\uFEFF'])('%j holds nothing and is sound', (report) => {
    const { frames, damage } = read(report)
    expect({ frames, damage }).toEqual({ frames: [], damage: [] })
  })

  test('every record knows the byte at which it starts', () => {
    const { frames } = read(`[ {"id":"é"},\n {"id":2}]`)
    expect(frames.map(({ offset, length }) => [offset, length])).toEqual([
      [2, 11],
      [16, 8],
    ])
  })
})

describe('a broken record costs that record alone', () => {
  const sound = [1, 2, 3, 4, 5].map((id) => ({ id, text: 'x', list: [{ id: 0 }], tail: { deep: { deeper: true } } }))
  const breaks: [string, (record: string) => string][] = [
    ['a word that is none', (record) => record.replace('true', 'NaN')],
    ['a comma too many', (record) => record.replace('true', 'true,')],
    ['a comma too few', (record) => record.replace('"x",', '"x"')],
    ['a string that does not end', (record) => record.replace('"x"', '"x')],
    ['a string that does not begin', (record) => record.replace('"x"', 'x"')],
    ['a bracket that does not close', (record) => record.slice(0, -1)],
    ['two brackets that do not close', (record) => record.slice(0, -2)],
    ['a list that does not close', (record) => record.replace(']', '')],
    ['the wrong bracket', (record) => record.replace(']', '}')],
    ['NUL', (record) => record.replace('true', 'true\0')],
    ['NUL in a string', (record) => record.replace('"x"', '"x\0"')],
    ['its second half missing', (record) => record.slice(0, record.length / 2)],
    ['its second half missing, from within a string', (record) => record.slice(0, record.indexOf('"x"') + 2)],
    ['its end inside an escape', (record) => `${record.slice(0, record.indexOf('"x"') + 2)}\\`],
  ]
  const shapes: [string, (records: string[]) => string][] = [
    ['in a list', (records) => `[${records.join(',')}]`],
    ['in an indented list', (records) => `[\n  ${records.join(',\n  ')}\n]`],
    ['one a line', (records) => `${records.join('\n')}\n`],
    ['in Findings', (records) => `{"Findings": [${records.join(', ')}]}`],
  ]
  const cases = breaks.flatMap(([what, mangle]) => shapes.map(([where, join]) => ({ what, mangle, where, join })))

  test.each(cases)('$what, $where', ({ mangle, join }) => {
    for (const position of [0, 2, 4]) {
      const texts = sound.map((record, index) => (index === position ? mangle(json(record)) : json(record)))
      for (const chunk of [1, 5, 64, 1 << 16]) {
        const { records, broken } = read(join(texts), { chunk })
        expect(records).toEqual(sound.filter((_record, index) => index !== position))
        expect(broken.length).toBeGreaterThan(0)
      }
    }
  })

  test('the broken record is set aside untouched, with the byte at which it breaks', () => {
    const { frames, broken } = read('[{"id":1},{"id":2,"x":NaN},{"id":3}]')
    expect(broken).toEqual(['RECORD_BROKEN {"id":2,"x":NaN}'])
    expect(frames[1]).toMatchObject({ offset: 10, length: 16 })
    expect(frames[1]?.record === undefined && frames[1]?.error.message).toBe(
      'it is not JSON from byte 22 on: expected a value',
    )
  })

  test('a bracket too many is noted and loses nothing', () => {
    const { records, broken, damage } = read('[{"id":1}},{"id":2}]')
    expect({ records, broken }).toEqual({ records: [{ id: 1 }, { id: 2 }], broken: [] })
    expect(damage).toEqual(['an object is closed that was not open'])
  })

  test('null, scalars and text between the records are set aside one by one', () => {
    const { records, broken } = read('[null,{"id":1},7,"a, {b}",true,{"id":2},oops,{"id":3}]')
    expect(records).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
    expect(broken).toEqual([
      'RECORD_NOT_AN_OBJECT null',
      'RECORD_NOT_AN_OBJECT 7',
      'RECORD_NOT_AN_OBJECT "a, {b}"',
      'RECORD_NOT_AN_OBJECT true',
      'RECORD_BROKEN oops',
    ])
  })

  test('a line of a log before the report is set aside', () => {
    expect(read('INFO scan {done}\n[{"id":1},{"id":2}]').records).toEqual([{ id: 1 }, { id: 2 }])
  })

  test('an object inside a record that begins like the record is no record', () => {
    const record = { id: 1, children: [{ id: 2 }, { id: 3 }, { id: 4 }] }
    expect(read(json([record, record])).records).toEqual([record, record])
  })
})

describe('a report that is broken around its records', () => {
  test('closed too early, it is read to its end all the same', () => {
    const { records, broken, damage } = read(`[${json(a)}],${json(b)},${json(c)}]`)
    expect({ records, broken }).toEqual({ records: [a, b, c], broken: [] })
    expect(damage).toContain('its list is closed before its last record')
  })

  test('Findings closed too early, it is read to its end all the same', () => {
    const { records, broken, damage } = read(`{"Findings":[${json(a)}],${json(b)},${json(c)}]}`)
    expect({ records, broken }).toEqual({ records: [a, b, c], broken: [] })
    expect(damage).toContain('its list is closed before its last record')
  })

  test('cut off between two records, it says so', () => {
    const { records, damage } = read(`[${json(a)},${json(b)},`)
    expect(records).toEqual([a, b])
    expect(damage).toEqual(['it ends before its list is closed'])
  })

  test('cut off within a record, it says so and sets the rest aside', () => {
    const { records, broken, damage } = read(`[${json(a)},{"id":2,"text":"b`)
    expect({ records, broken }).toEqual({ records: [a], broken: ['RECORD_BROKEN {"id":2,"text":"b'] })
    expect(damage).toEqual(['it ends in the middle of a record', 'it ends before its list is closed'])
  })
})

describe('text that has one meaning is mended', () => {
  test('a surrogate without its other half becomes U+FFFD, and a whole pair stays', () => {
    const { frames } = read(String.raw`[{"id":"\ud800","\udc00":"\ud83d\ude00"}]`)
    expect(frames[0]?.record).toEqual({
      value: { id: '\uFFFD', '\uFFFD': '\u{1F600}' },
      repairs: ['lone_surrogate_repaired'],
    })
  })

  test('bytes that are not UTF-8 become U+FFFD', () => {
    const { frames } = read(Buffer.from([...Buffer.from('[{"id":"'), 0xff, ...Buffer.from('"}]')]))
    expect(frames[0]?.record).toEqual({ value: { id: '\uFFFD' }, repairs: ['invalid_utf8_repaired'] })
  })
})

describe('limits', () => {
  const limits = { recordBytes: 1000, depth: 10 }

  test('a record that is too large is measured, not held, and its neighbours are read', () => {
    const large = { id: 2, text: 'x"{['.repeat(1000) }
    for (const chunk of [1, 64, 4096]) {
      const { records, frames } = read(json([a, large, c]), { chunk, limits })
      expect(records).toEqual([a, c])
      expect(frames[1]).toMatchObject({ length: json(large).length, error: { code: 'RECORD_TOO_LARGE' } })
      expect(frames[1]?.bytes).toBeUndefined()
    }
  })

  test('a record that never closes ends where the next one begins, before it is too large', () => {
    const records = Array.from({ length: 100 }, (_each, id) => ({ id, text: 'x'.repeat(50) }))
    const texts = records.map((record, index) =>
      index === 3 ? json(record).replace('"x', '"list":[1,"x').replace('"text":', '') : json(record),
    )
    const reading = read(`[${texts.join(',')}]`, { chunk: 64, limits })
    expect(reading.records).toEqual(records.filter(({ id }) => id !== 3))
    expect(reading.broken).toHaveLength(1)
  })

  test('of a report of any size no more is held than its last chunk', () => {
    const framer = new RecordFramer()
    const chunk = Buffer.from(`${json(c)},`.repeat(2000))
    let count = 0
    count += [...framer.push(Buffer.from('['))].length
    for (let pushed = 0; pushed < 20_000_000; pushed += chunk.length) {
      count += [...framer.push(chunk.subarray(0, -7))].length
      expect(framer.pending).toBeLessThan(json(c).length)
      count += [...framer.push(chunk.subarray(-7))].length
    }
    expect(count % 2000).toBe(0)
    expect(count).toBeGreaterThan(100_000)
  })

  test('damage without end is not held', () => {
    const framer = new RecordFramer(limits)
    const junk = Buffer.from('x'.repeat(500))
    for (const frame of framer.push(Buffer.from('[{"id":1},'))) expect(frame.record).toBeDefined()
    for (let count = 0; count < 100; count++) {
      expect([...framer.push(junk)]).toEqual([])
      expect(framer.pending).toBeLessThan(2000)
    }
    expect([...framer.push(Buffer.from(',{"id":2}]'))].map(({ offset, length }) => [offset, length])).toEqual([
      [10, 50000],
      [50011, 8],
    ])
  })

  test.each([20_000, 11])('%i levels deep is refused without exhausting the stack', (depth) => {
    const deep = `{"id":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    const { records, frames } = read(`[${json(a)},${deep},${json(b)}]`, { limits: { ...LIMITS, depth: 10 } })
    expect(records).toEqual([a, b])
    expect(frames[1]).toMatchObject({ error: { code: 'RECORD_TOO_DEEP' }, length: deep.length })
  })

  test('20,000 brackets that never close cost one record', () => {
    const { records } = read(`[${json(a)},{"id":${'['.repeat(20_000)},${json(b)}]`)
    expect(records).toEqual([a, b])
  })
})

test('any list of objects comes out whole, however it is cut and indented', () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 })
  fc.assert(
    fc.property(objects, fc.integer({ min: 1, max: 50 }), fc.constantFrom(0, 1, 4), (values, chunk, indent) => {
      const { records, broken, damage } = read(json(values, indent), { chunk })
      expect({ records, broken, damage }).toEqual({ records: JSON.parse(json(values)), broken: [], damage: [] })
    }),
  )
})

test('any bytes at all are read without a throw, in order and without overlap', () => {
  const pieces = fc.array(fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', '\n', 'x', '1', '{"id":1}', '\0'), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 9 }), (parts, chunk) => {
      let end = 0
      for (const { offset, length } of read(parts.join(''), { chunk, limits: { recordBytes: 40, depth: 5 } }).frames) {
        expect(offset).toBeGreaterThanOrEqual(end)
        end = offset + length
      }
      expect(end).toBeLessThanOrEqual(parts.join('').length)
    }),
    { numRuns: 2000 },
  )
})
