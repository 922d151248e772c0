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
  // Partition by minute, so that ids are known: 2-0, 1-0.
  await stream.publish(
    topics.deadLetters.name,
    records.map((record) => ({ ...record, partition: minute % 3 })),
  )
}

describe('dead-letters list', () => {
  test('shows the newest first, beside the pipeline that runs, each by an id that stays', async () => {
    await bury('{"a":1', 2)
    await bury(long, 1, { stage: 'sinks', component: 'archive' })
    const { code, out } = await sample.run('dead-letters', 'list', '-c', config)
    expect(code).toBe(0)
    expect(out).toBe(`ID   TIME                     COMPONENT, CODE AND SIZE
2-0  2025-11-25 12:02:00 UTC  collectors.nightly  JSON_INVALID  6 B
                              not JSON: it ends too early
                              from report.json#2
1-0  2025-11-25 12:01:00 UTC  sinks.archive  JSON_INVALID  1.1 MiB
                              not JSON: it ends too early
                              from report.json#1`)
  })

  test('filters by all that is known of a letter, limits, and gives JSON', async () => {
    await bury('a', 1)
    await bury('b', 2, { stage: 'sinks', component: 'archive' })
    await bury('c', 3, { error: new PermanentError('SCHEMA_INVALID', 'x'), origin: 'other/report.json#3' })
    const ids = async (...args: string[]): Promise<unknown[]> => {
      const { out } = await sample.run('dead-letters', 'list', '-c', config, '--json', ...args)
      return out === '' ? [] : out.split('\n').map((line) => (JSON.parse(line) as { id: string }).id)
    }
    expect(await ids()).toEqual(['0-0', '2-0', '1-0'])
    expect(await ids('--stage', 'sinks')).toEqual(['2-0'])
    expect(await ids('--component', 'nightly')).toEqual(['0-0', '1-0'])
    expect(await ids('--code', 'SCHEMA_INVALID')).toEqual(['0-0'])
    expect(await ids('--key', 'k2')).toEqual(['2-0'])
    expect(await ids('--origin', 'report.json#*')).toEqual(['2-0', '1-0'])
    expect(await ids('--since', '2025-11-25T12:02:00Z')).toEqual(['0-0', '2-0'])
    expect(await ids('--since', '1h')).toEqual([])
    expect(await ids('--limit', '1')).toEqual(['0-0'])
    expect((await sample.run('dead-letters', 'list', '-c', config, '--since', 'yesterday')).code).toBe(2)
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
    const { out } = await sample.run('dead-letters', 'show', '1-0', '-c', config)
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
    expect((await sample.run('dead-letters', 'show', '1-0', '-c', config)).out).toContain(row)
  })

  test('joins what had to be cut, byte for byte', async () => {
    await bury('other', 2)
    await bury(long, 1)
    const { code } = await sample.run('dead-letters', 'show', 'report.json#1', '-c', config, '--raw')
    expect(code).toBe(0)
    expect(Buffer.concat(sample.raw).equals(long)).toBe(true)
    const { out } = await sample.run('dead-letters', 'show', '1-0', '-c', config, '--json')
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
      err: expect.stringContaining('choose by id: 1-0, 2-0') as string,
    })
    expect((await sample.run('dead-letters', 'show', '2-0', '-c', config)).out.endsWith('\n\nb')).toBe(true)
    expect((await sample.run('dead-letters', 'show', '3-0', '-c', config)).code).toBe(1)
  })
})

describe('dead-letters drop', () => {
  const listed = async (...args: string[]): Promise<string> =>
    (await sample.run('dead-letters', 'list', '-c', config, '--json', ...args)).out
      .split('\n')
      .map((line) => (line === '' ? '' : (JSON.parse(line) as { id: string }).id))
      .join(' ')

  test('takes one off the list at once, for good, and keeps what it was', async () => {
    await bury('a', 1)
    await bury('b', 2)
    const { code, out, err } = await sample.run('dead-letters', 'drop', '1-0', '-c', config)
    expect({ code, out, err }).toEqual({ code: 0, out: '1-0  collectors.nightly  dropped', err: '1 dropped.' })
    expect(await listed()).toBe('2-0')
    expect(await listed('--all')).toBe('2-0 1-0')
    const shown = await sample.run('dead-letters', 'show', '1-0', '-c', config)
    expect(shown.out).toMatch(/Done {8}dropped 20\d\d-.* UTC: dropped by hand/)
    const again = await sample.run('dead-letters', 'drop', '1-0', '-c', config)
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('dropped already') as string })
    expect((await sample.run('dead-letters', 'drop', '0-9', '-c', config)).code).toBe(1)
  })

  test('of several only shows which, unless it is agreed to; the oldest first', async () => {
    for (const minute of [1, 2, 4]) await bury('x', minute)
    await bury('y', 3, { stage: 'sinks', component: 'archive' })
    const asked = await sample.run('dead-letters', 'drop', '-c', config, '--stage', 'collectors')
    expect(asked.code).toBe(0)
    expect(asked.err).toBe('These 3 dead letters would be dropped. Nothing was done; add --yes to do it.')
    expect(asked.out.split('\n').filter((line) => /^\d-/.test(line))).toHaveLength(3)
    expect(await listed('--limit', '0')).toBe('1-1 0-0 2-0 1-0')
    const done = await sample.run(
      'dead-letters',
      'drop',
      '-c',
      config,
      '--stage',
      'collectors',
      '--limit',
      '2',
      '--yes',
    )
    expect(done).toMatchObject({ code: 0, err: '2 dropped.' })
    expect(await listed()).toBe('1-1 0-0')
    expect((await sample.run('dead-letters', 'drop', '1-1', '-c', config, '--code', 'X')).code).toBe(2)
  })

  test('leaves those of another tenant alone', async () => {
    const foreign = { key: 'k', value: Buffer.from('x'), headers: { tenant: 'other' } }
    const error = new Error('x')
    const reason = { stage: 'sinks', component: 'archive', error, origin: 'o', time: NOON } as const
    await stream.publish(
      topics.deadLetters.name,
      deadLetterRecords(foreign, reason).map((record) => ({ ...record, partition: 0 })),
    )
    await bury('a', 1)
    await bury('b', 2)
    expect(await sample.run('dead-letters', 'drop', '0-0', '-c', config)).toMatchObject({
      code: 1,
      err: expect.stringContaining('belongs to the tenant other') as string,
    })
    expect((await sample.run('dead-letters', 'drop', '-c', config, '--yes')).err).toBe('2 dropped.')
    expect(await listed()).toBe('0-0')
  })
})
