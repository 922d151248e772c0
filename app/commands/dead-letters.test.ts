import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import { deadLetterRecords } from '../../schemas/dead-letters.ts'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import { topics } from '../../stream/topics.ts'
import { sampleCatalogs } from '../config/sample-catalogs.ts'
import { SampleProcess } from './sample-process.ts'

const NOON = Date.UTC(2025, 10, 25, 12)
const long = Buffer.alloc(1_200_000, 'x')

let sample: SampleProcess
let stream: EmbeddedStream
let config: string
beforeEach(async () => {
  sample = new SampleProcess(sampleCatalogs)
  config = sample.file('posture.yaml', 'tenant: acme\nstream: { type: embedded, directory: ./data, partitions: 3 }\n')
  stream = await EmbeddedStream.open({
    directory: join(sample.directory, 'data'),
    topics: Object.values(topics),
    partitions: 3,
  })
})
afterEach(async () => {
  await stream.close()
  sample[Symbol.dispose]()
})

async function bury(
  value: string | Uint8Array,
  minute: number,
  reason: Partial<Parameters<typeof deadLetterRecords>[1]> = {},
) {
  const letter = { key: `k${minute}`, value: Buffer.from(value), headers: { tenant: 'acme' } }
  const error = new PermanentError('JSON_INVALID', 'not JSON: it ends too early')
  const time = NOON + minute * 60_000
  const defaults = { stage: 'collectors', component: 'nightly', error, origin: `report.json#${minute}`, time } as const
  const records = deadLetterRecords(letter, { ...defaults, ...reason })
  await stream.publish(topics.deadLetters.name, records)
  return records
}

describe('dead-letters list', () => {
  test('shows the newest first, beside the pipeline that runs, each by a number that stays', async () => {
    await bury('{"a":1', 2)
    await bury(long, 1, { stage: 'sinks', component: 'archive' })
    const { code, out } = await sample.run('dead-letters', 'list', '-c', config)
    expect(code).toBe(0)
    expect(out).toBe(`#  TIME                     COMPONENT, CODE AND SIZE
2  2025-11-25 12:02:00 UTC  collectors.nightly  JSON_INVALID  6 B
                            not JSON: it ends too early
                            from report.json#2
1  2025-11-25 12:01:00 UTC  sinks.archive  JSON_INVALID  1.1 MiB
                            not JSON: it ends too early
                            from report.json#1`)
  })

  test('filters without changing the numbers, limits, and gives JSON', async () => {
    await bury('a', 1)
    await bury('b', 2, { stage: 'sinks', component: 'archive' })
    await bury('c', 3, { error: new PermanentError('SCHEMA_INVALID', 'x') })
    const numbers = async (...args: string[]): Promise<unknown[]> => {
      const { out } = await sample.run('dead-letters', 'list', '-c', config, '--json', ...args)
      return out.split('\n').map((line) => (JSON.parse(line) as { index: number }).index)
    }
    expect(await numbers()).toEqual([3, 2, 1])
    expect(await numbers('--stage', 'sinks')).toEqual([2])
    expect(await numbers('--component', 'nightly')).toEqual([3, 1])
    expect(await numbers('--code', 'SCHEMA_INVALID')).toEqual([3])
    expect(await numbers('--limit', '1')).toEqual([3])
  })

  test('says so where there are none, and where there is no stream yet', async () => {
    expect(await sample.run('dead-letters', 'list', '-c', config)).toMatchObject({
      code: 0,
      err: 'No dead letter matches.',
    })
    const other = sample.file('other.yaml', 'tenant: acme\nstream: { type: embedded, directory: ./nowhere }\n')
    expect((await sample.run('dead-letters', 'list', '-c', other)).code).toBe(1)
  })
})

describe('dead-letters show', () => {
  test('shows JSON indented, with the reason and the headers it came with', async () => {
    await bury('{"a":[1]}', 1)
    const { out } = await sample.run('dead-letters', 'show', '1', '-c', config)
    expect(out).toContain('Code        JSON_INVALID')
    expect(out).toContain('Headers     tenant: acme')
    expect(out.endsWith('\n\n{\n  "a": [\n    1\n  ]\n}')).toBe(true)
  })

  test.each([
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x41]), '00000000  ff fe 41 '],
    ['text that a terminal would obey', Buffer.from('\u{1b}[2Jgone'), '00000000  1b 5b 32 4a 67 6f 6e 65 '],
    ['JSON that hides such text', Buffer.from('"\\u202egone"'), '00000000  22 5c 75 32 30 32 65 67 '],
  ])('shows %s in hexadecimal', async (_what, bytes, row) => {
    await bury(bytes, 1)
    expect((await sample.run('dead-letters', 'show', '1', '-c', config)).out).toContain(row)
  })

  test('joins what had to be cut, byte for byte', async () => {
    await bury('other', 2)
    await bury(long, 1)
    const { code } = await sample.run('dead-letters', 'show', 'report.json#1', '-c', config, '--raw')
    expect(code).toBe(0)
    expect(Buffer.concat(sample.raw).equals(long)).toBe(true)
    const { out } = await sample.run('dead-letters', 'show', '1', '-c', config, '--json')
    expect(Buffer.from((JSON.parse(out) as { bytes: string }).bytes, 'base64').equals(long)).toBe(true)
  })

  test('says where parts are missing', async () => {
    const [first] = deadLetterRecords(
      { key: 'k', value: long },
      { stage: 'sinks', component: 'a', error: new Error('x'), origin: 'o', time: NOON },
    )
    await stream.publish(topics.deadLetters.name, [first!])
    expect((await sample.run('dead-letters', 'show', 'o', '-c', config)).out).toContain('512 KiB, incomplete')
  })

  test('asks which one where several have one origin, and says so where there is none', async () => {
    await bury('a', 1, { origin: 'same' })
    await bury('b', 2, { origin: 'same' })
    expect(await sample.run('dead-letters', 'show', 'same', '-c', config)).toMatchObject({
      code: 2,
      err: expect.stringContaining('choose by number: 1, 2') as string,
    })
    expect((await sample.run('dead-letters', 'show', '2', '-c', config)).out.endsWith('\n\nb')).toBe(true)
    expect((await sample.run('dead-letters', 'show', '3', '-c', config)).code).toBe(1)
  })
})
