import { join } from 'node:path'
import { constants, createGzip, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { asff, ocsf, record, scratchReports } from './sample-reports.ts'

const reports = scratchReports()
const { collect, write } = reports
const good = (check: string): string => JSON.stringify(record(check))
const GROWTH = 80 * 1024 * 1024
/** The processor may be shared with much else. */
const PATIENCE_MS = 60_000

describe('a report that is packed by gzip', () => {
  test.each([['a.json.gz'], ['a.ndjson.gz'], ['a.jsonl.gz'], ['a.json']])(
    'is unpacked, whatever it is called: %s',
    async (name) => {
      write(name, gzipSync(`${good('a')}\n${good('b')}\n`))
      const { controls, completed } = await collect()
      expect([controls, completed[0]?.outcome]).toEqual([['a', 'b'], 'complete'])
    },
  )

  test('may have several members, one after the other', async () => {
    write('a.json.gz', Buffer.concat([gzipSync(`[${good('a')},`), gzipSync(good('b')), gzipSync(']')]))
    const { controls, completed } = await collect()
    expect([controls, completed[0]?.outcome]).toEqual([['a', 'b'], 'complete'])
  })

  test('names the byte of its text in the origin of a dead letter', async () => {
    write('a.json.gz', gzipSync(`[${good('a')},{"x":1}]`))
    expect((await collect()).unreadable).toEqual([`/a.json.gz#${good('a').length + 2} RECORD_UNKNOWN {"x":1}`])
  })

  test(
    'refers to its text where a record is too large to be kept',
    async () => {
      const large = JSON.stringify(record('large', { message: 'x'.repeat(33 * 1024 * 1024) }))
      write('a.json.gz', gzipSync(`[${large},${good('a')}]`))
      const { batches, controls } = await collect()
      const [letter] = batches.flatMap(({ unreadable = [] }) => unreadable)
      expect(JSON.parse(Buffer.from(letter!.bytes).toString())).toEqual({
        reference: { file: join(reports.directory, 'a.json.gz'), offset: 1, length: large.length, unpacked: true },
      })
      expect(controls).toEqual(['a'])
    },
    PATIENCE_MS,
  )

  const records = Array.from({ length: 3000 }, (_each, index) => record(`c${index}-${index * 7919}`))
  const packed = gzipSync(JSON.stringify(records))

  test.each([
    ['cut off', packed.subarray(0, packed.length - 200), 'its gzip is cut off'],
    [
      'damaged',
      Buffer.concat([packed.subarray(0, 40_000), Buffer.alloc(60, 0xff), packed.subarray(40_060)]),
      'its gzip is damaged',
    ],
    ['of another length than it says', Buffer.from(packed).fill(1, packed.length - 4), 'its gzip is damaged'],
  ])('and is %s gives what came before, partial, once', async (_name, content, reason) => {
    write('a.json.gz', content)
    const { completed, findings, position } = await collect()
    expect(findings.length).toBeGreaterThan(100)
    expect(completed).toMatchObject([{ outcome: 'partial' }])
    expect(completed[0]?.reason).toContain(reason)
    expect((await collect({}, position)).batches).toEqual([])
  })

  test(
    'that unpacks to far more than it is needs no more memory than any',
    async () => {
      const bomb = await bombOf(96, ['[', ' '.repeat(1024 * 1024), `${good('a')}]`])
      expect(bomb.length).toBeLessThan(1024 * 1024)
      write('a.json.gz', bomb)
      const before = process.memoryUsage().rss
      let most = 0
      const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 10)
      const { controls } = await collect()
      clearInterval(watch)
      expect(controls).toEqual(['a'])
      expect(most - before).toBeLessThan(GROWTH)
    },
    PATIENCE_MS,
  )

  test(
    'that unpacks to one endless string is let go of on the way',
    async () => {
      write('a.json.gz', await bombOf(40, [`[${good('a')},{"metadata":"`, 'x'.repeat(1024 * 1024), `"},${good('b')}]`]))
      const { controls, unreadable, completed } = await collect()
      expect([controls, completed[0]?.outcome]).toEqual([['a', 'b'], 'partial'])
      expect(unreadable).toEqual([expect.stringContaining('RECORD_TOO_LARGE {"reference"')])
    },
    PATIENCE_MS,
  )

  async function bombOf(times: number, [head, filler, tail]: readonly [string, string, string]): Promise<Buffer> {
    const gzip = createGzip({ level: constants.Z_BEST_SPEED })
    const parts: Buffer[] = []
    gzip.on('data', (part: Buffer) => parts.push(part))
    gzip.write(head)
    for (let at = 0; at < times; at++)
      if (!gzip.write(filler)) await new Promise((resolve) => gzip.once('drain', resolve))
    gzip.end(tail)
    await new Promise((resolve) => gzip.once('end', resolve))
    return Buffer.concat(parts)
  }
})

describe('every shape that findings come in', () => {
  const event = (findings: readonly unknown[]) => ({
    version: '0',
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    detail: { findings },
  })
  const lines = (records: readonly unknown[]): string => records.map((each) => `${JSON.stringify(each)}\n`).join('')

  test.each([
    ['ASFF, a record a line', lines([asff('a'), asff('b')])],
    ['ASFF, a list', JSON.stringify([asff('a'), asff('b')])],
    ["Security Hub's object", JSON.stringify({ Findings: [asff('a'), asff('b')], NextToken: 'x' }, undefined, 2)],
    ["Security Hub's objects, one a line", lines([{ Findings: [asff('a')] }, { Findings: [asff('b')] }])],
    ['events of EventBridge, one a line', lines([event([asff('a')]), event([]), event([asff('b')])])],
    ['an event of EventBridge', JSON.stringify(event([asff('a'), asff('b')]), undefined, 2)],
    ['OCSF, a record a line', lines([ocsf('a'), ocsf('b')])],
    ['OCSF, a list', JSON.stringify([ocsf('a'), ocsf('b')])],
    ['OCSF in events of EventBridge', lines([event([ocsf('a'), ocsf('b')])])],
    ['OCSF of several products', lines([ocsf('a'), record('b')])],
  ])('%s', async (_name, content) => {
    write('a.json', content)
    const { controls, unreadable, read } = await collect()
    expect([controls, unreadable, read]).toEqual([['a', 'b'], [], 2])
  })

  test('one object alone', async () => {
    write('a.json', JSON.stringify(asff('a'), undefined, 2))
    expect((await collect()).controls).toEqual(['a'])
  })

  test('of an event the finding that cannot be read is set aside alone', async () => {
    write('a.json', [event([asff('a'), 7, { Id: 'x' }, asff('b')])])
    const { controls, unreadable, read } = await collect()
    expect([controls, read]).toEqual([['a', 'b'], 4])
    expect(unreadable).toEqual(['/a.json#1 RECORD_NOT_AN_OBJECT 7', '/a.json#1 RECORD_UNKNOWN {"Id":"x"}'])
  })
})
