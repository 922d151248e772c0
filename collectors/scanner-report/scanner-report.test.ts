import { copyFileSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ACCOUNT, SECONDS, asff, record, scratchReports, withoutPrivilege, type Settings } from './sample-reports.ts'

const samples = join(import.meta.dirname, '../../test/samples')
const reports = scratchReports()
const { bench, collect, write } = reports

describe('the events of a report', () => {
  test('a scan starts before its first finding and ends behind its last, with what it covered', async () => {
    const other = { resources: [{ uid: 'arn:aws:ec2:us-east-1:111122223333:x', region: 'us-east-1' }] }
    write('a.json', [record('c1'), record('c2', other), record('c1')])
    const { events, started, completed, read } = await collect()
    expect(events.map(({ type }) => type)).toEqual([
      'scan.started',
      'finding.observed',
      'finding.observed',
      'finding.observed',
      'scan.completed',
    ])
    const scan = { uid: 'scan-1', time: SECONDS * 1000 }
    expect(started[0]).toMatchObject({ scan, provider: 'aws', account: ACCOUNT, source: { product: 'prowler' } })
    expect(started[0]?.scope).toBeUndefined()
    expect(completed[0]).toMatchObject({
      scan,
      scope: { provider: 'aws', account: ACCOUNT, regions: ['eu-west-1', 'us-east-1'], checks: ['c1', 'c2'] },
      outcome: 'complete',
      findings: 2,
    })
    expect(read).toBe(3)
  })

  test('every account of a file has its own scan, and every scan id too', async () => {
    const cloud = { provider: 'aws', account: { uid: '444455556666' } }
    write('a.json', [
      record('c1'),
      record('c2', { cloud }),
      record('c3', { unmapped: { scan_id: 'scan-2' } }),
      record('c4', { cloud }),
    ])
    const { completed } = await collect()
    expect(completed.map(({ scan, scope, findings }) => [scan.uid, scope.account, scope.checks, findings])).toEqual([
      ['scan-1', ACCOUNT, ['c1'], 1],
      ['scan-1', '444455556666', ['c2', 'c4'], 2],
      ['scan-2', ACCOUNT, ['c3'], 1],
    ])
  })

  test('a record without a scan id belongs to the scan of its account', async () => {
    write('a.json', [record('c1'), record('c2', { unmapped: {} })])
    const { completed } = await collect()
    expect(completed.map(({ scan, findings }) => [scan.uid, findings])).toEqual([['scan-1', 2]])
  })

  test("where the source has no scan id, its product, account and first record's time make it", async () => {
    write('a.json', [asff('c1'), asff('c2', { UpdatedAt: '2026-11-25T13:50:00Z' })])
    const first = await collect()
    expect(first.completed.map(({ findings }) => findings)).toEqual([2])
    write('b.json', [asff('c3')])
    const uids = (await collect()).completed.map(({ scan }) => scan)
    expect(uids[0]).toEqual(uids[1])
    expect(uids[0]?.time).toBe(SECONDS * 1000)
    write('b.json', [asff('c3', { AwsAccountId: '444455556666' })])
    expect(new Set((await collect()).completed.map(({ scan }) => scan.uid)).size).toBe(2)
  })

  test('reading again gives the same events, byte for byte', async () => {
    write('a.json', [record('c1'), 7, asff('c2')])
    const [first, second] = [await collect(), await collect()]
    expect(JSON.stringify(second.batches)).toBe(JSON.stringify(first.batches))
    expect(new Set(first.events.map(({ id }) => id)).size).toBe(first.events.length)
  })

  test('repairs are counted and flagged', async () => {
    const surrogate = JSON.stringify(record('c1')).replace('"title":"c1"', String.raw`"title":"\ud800"`)
    write('a.json', `[${surrogate},${JSON.stringify(record('c2', { time: SECONDS * 1000 }))}]`)
    const { findings, repairs, completed } = await collect()
    expect(findings.map(({ flags, description }) => [flags, description.title])).toEqual([
      [['lone_surrogate_repaired'], '\uFFFD'],
      [['time_unit_repaired'], 'c2'],
    ])
    expect(repairs).toEqual({ lone_surrogate_repaired: 1, time_unit_repaired: 1 })
    expect(completed[0]?.outcome).toBe('complete')
  })

  test('records of both forms may stand in one file', async () => {
    write('a.json', `${JSON.stringify(record('c1'))}\n${JSON.stringify(asff('c2'))}\n`)
    expect((await collect()).controls).toEqual(['c1', 'c2'])
    const strict = await collect({ format: 'asff' })
    expect(strict.controls).toEqual(['c2'])
    expect(strict.unreadable[0]).toContain('RECORD_UNKNOWN')
  })

  test('what we exported ourselves says nothing, and makes no scan partial', async () => {
    const ProductArn = `arn:aws:securityhub:eu-west-1:${ACCOUNT}:product/${ACCOUNT}/default`
    write('hub.json', [asff('c1', { Id: 'posture-stream.0a', ProductArn }), asff('c2')])
    const { controls, completed, unreadable, read } = await collect()
    expect({ controls, unreadable, read }).toEqual({ controls: ['c2'], unreadable: [], read: 2 })
    expect(completed).toMatchObject([{ outcome: 'complete', findings: 1 }])
  })

  test('what a report holds in ASFF need not lie in Security Hub, so that it has no address there', async () => {
    write('hub.json', [asff('c1', { Id: 'prowler-c1' })])
    const [finding] = (await collect()).findings
    expect(finding!.source).toEqual({ product: 'prowler', format: 'asff', uid: 'prowler-c1' })
  })
})

describe('what the operator declares', () => {
  test('takes the place of what occurs, and is known from the start', async () => {
    write('a.json', [record('c1')])
    const { started, completed } = await collect({ scope: { regions: ['eu-west-1', 'eu-north-1'], checks: 'all' } })
    const scope = { provider: 'aws', account: ACCOUNT, regions: ['eu-west-1', 'eu-north-1'] }
    expect(started[0]?.scope).toEqual(scope)
    expect(completed[0]?.scope).toEqual(scope)
  })

  test('holds for the scans that it names only', async () => {
    write('a.json', [record('c1')])
    for (const scope of [{ account: '444455556666' }, { product: 'other' }, { provider: 'gcp' }]) {
      const { completed } = await collect({ scope: { ...scope, checks: 'all' } })
      expect(completed[0]?.scope.checks).toEqual(['c1'])
    }
  })

  test('makes a report without any record a scan that found nothing', async () => {
    const path = write('a.json', [])
    utimesSync(path, SECONDS, SECONDS)
    const scope = { product: 'prowler', account: ACCOUNT, regions: ['eu-west-1'], checks: ['c1'] }
    const { events, completed, read } = await collect({ scope })
    expect(events.map(({ type }) => type)).toEqual(['scan.started', 'scan.completed'])
    expect(completed[0]).toMatchObject({
      scan: { time: SECONDS * 1000 },
      scope: { provider: 'aws', account: ACCOUNT, regions: ['eu-west-1'], checks: ['c1'] },
      outcome: 'complete',
      findings: 0,
    })
    expect(read).toBe(0)
    expect((await collect()).events).toEqual([])
  })
})

describe('which files, and in which order', () => {
  test('files, directories with all that is below them, and patterns, each once', async () => {
    write('deep/er/a.json', [record('a')])
    write('deep/b.NDJSON', [record('b')])
    write('deep/c.txt', [record('c')])
    write('d.jsonl', [record('d')])
    write('d.html', 'x')
    write('e.report', [record('e')])
    const paths = ['deep', '*.jsonl', '*.jsonl', 'e.report', 'deep/er/a.json'].map((path) =>
      join(reports.directory, path),
    )
    expect((await collect({ paths })).controls.toSorted()).toEqual(['a', 'b', 'd', 'e'])
  })

  test('a file whose name looks like a pattern is that file', async () => {
    const path = write('report[1].json', [record('a')])
    expect((await collect({ paths: [path] })).controls).toEqual(['a'])
  })

  test("one at a time, by the first record's time and then by name", async () => {
    write('a.json', [record('third', { time: SECONDS + 2 })])
    write('b.json', [record('first'), record('also first', { time: SECONDS + 9 })])
    write('c.json', [record('second')])
    write('d.json', [null, record('before them', { time: SECONDS - 1 })])
    expect((await collect()).controls).toEqual(['before them', 'first', 'also first', 'second', 'third'])
  })
})

describe('the position', () => {
  test('is given only when a file has been read whole', async () => {
    write(
      'a.json',
      Array.from({ length: 450 }, (_each, index) => record(`c${index}`)),
    )
    write('b.json', [record('last', { time: SECONDS + 1 })])
    const { batches } = await collect()
    expect(batches.map(({ read, position }) => [read, position !== undefined])).toEqual([
      [200, false],
      [200, false],
      [50, true],
      [1, true],
    ])
  })

  test('a second run reads nothing that has not changed, and what is new or has', async () => {
    write('a.json', [record('a')])
    const b = write('b.json', [record('b')])
    const first = await collect()
    expect((await collect({}, first.position)).batches).toEqual([])
    writeFileSync(b, JSON.stringify([record('b2'), record('b3')]))
    write('c.json', [record('c')])
    const second = await collect({}, first.position)
    expect(second.controls).toEqual(['b2', 'b3', 'c'])
    expect((await collect({}, second.position)).batches).toEqual([])
  })

  test('a file that was only copied is not read again, one of the same size is', async () => {
    const path = write('a.json', [record('a')])
    const { position } = await collect()
    utimesSync(path, SECONDS, SECONDS)
    expect((await collect({}, position)).batches).toEqual([])
    writeFileSync(path, JSON.stringify([record('b')]))
    utimesSync(path, SECONDS, SECONDS)
    expect((await collect({}, position)).controls).toEqual(['b'])
  })

  test('forgets files that are gone', async () => {
    const path = write('a.json', [record('a')])
    const first = await collect()
    rmSync(path)
    write('b.json', [record('b')])
    const second = await collect({}, first.position)
    expect(JSON.stringify(second.position)).not.toContain('a.json')
  })

  test.each([7, 'x', {}, { version: 99, files: {} }, { version: 1, files: 7 }])(
    '%j is none of ours, and that is said',
    async (position) => {
      write('a.json', [record('a')])
      const { controls, logged } = await collect({}, position)
      expect(controls).toEqual(['a'])
      expect(logged.join()).toContain('every report is read again')
    },
  )
})

describe('bad input costs itself and nothing else', () => {
  const good = (check: string): string => JSON.stringify(record(check))

  async function partial(content: string | Buffer) {
    write('bad.json', content)
    const collected = await collect()
    expect(collected.completed.map(({ outcome }) => outcome)).toEqual(['partial'])
    return collected
  }

  test('a broken record is a dead letter with file, byte offset and reason, and its scan partial', async () => {
    const { controls, unreadable, completed, read } = await partial(`[${good('a')},{"metadata":NaN},${good('b')}]`)
    expect(controls).toEqual(['a', 'b'])
    expect(unreadable).toEqual([`/bad.json#${good('a').length + 2} RECORD_BROKEN {"metadata":NaN}`])
    expect(completed[0]?.reason).toBe('1 of 3 records could not be read')
    expect(read).toBe(3)
  })

  test.each([
    ['null', 'null', 'RECORD_NOT_AN_OBJECT'],
    ['a scalar', '7', 'RECORD_NOT_AN_OBJECT'],
    ['an object of another kind', '{"hello":1}', 'RECORD_UNKNOWN'],
    ['a record without time', JSON.stringify(record('x', { time: -1 })), 'RECORD_WITHOUT_TIME'],
    ['a record without a resource', JSON.stringify(record('x', { resources: null })), 'RECORD_INCOMPLETE'],
    ['a record with NUL in it', good('x').replace('FAIL', 'FA\0IL'), 'RECORD_BROKEN'],
    ['20,000 levels', `{"metadata":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'RECORD_TOO_DEEP'],
  ])('%s', async (_name, bad, code) => {
    for (const text of [`[${good('a')},${bad},${good('b')}]`, `${good('a')}\r\n${bad}\r\n${good('b')}`]) {
      const { controls, unreadable } = await partial(text)
      expect(controls).toEqual(['a', 'b'])
      expect(unreadable.map((each) => each.split(' ')[1])).toEqual([code])
    }
  })

  test('a report that is cut off', async () => {
    const { controls, unreadable, completed } = await partial(`[${good('a')},${good('b').slice(0, 50)}`)
    expect(controls).toEqual(['a'])
    expect(unreadable).toHaveLength(1)
    expect(completed[0]?.reason).toContain('it ends in the middle of a record')
  })

  test('a report that is cut off between records', async () => {
    const { controls, unreadable } = await partial(`[${good('a')},`)
    expect([controls, unreadable]).toEqual([['a'], []])
  })

  test('a list that is closed too early', async () => {
    const { controls, unreadable } = await partial(`[${good('a')}],${good('b')}]`)
    expect([controls, unreadable]).toEqual([['a', 'b'], []])
  })

  test('a byte order mark and CRLF are no damage', async () => {
    write('bom.json', `\uFEFF[\r\n${good('a')},\r\n${good('b')}\r\n]\r\n`)
    const { controls, completed } = await collect()
    expect([controls, completed[0]?.outcome]).toEqual([['a', 'b'], 'complete'])
  })

  test('a record of 30 MB is read without its free-form data', async () => {
    const data = { metadata: { text: 'x'.repeat(30_000_000) } }
    write('large.json', [
      record('a'),
      record('large', { resources: [{ uid: 'r1', region: 'eu-west-1', data }] }),
      record('b'),
    ])
    const { controls, findings, completed } = await collect()
    expect(controls).toEqual(['a', 'large', 'b'])
    expect(findings[1]).toMatchObject({ flags: ['resource_data_omitted'], resources: [{ uid: 'r1' }] })
    expect(completed[0]?.outcome).toBe('complete')
  })

  test('a record that states more than a topic takes is a dead letter', async () => {
    const large = JSON.stringify(record('large', { message: 'x'.repeat(1_000_000) }))
    const { controls, unreadable } = await partial(`[${good('a')},${large},${good('b')}]`)
    expect(controls).toEqual(['a', 'b'])
    expect(unreadable[0]).toContain('RECORD_TOO_LARGE {"metadata"')
  })

  test('a record of more than 32 MiB is a dead letter by reference', async () => {
    const large = JSON.stringify(record('large', { message: 'x'.repeat(33 * 1024 * 1024) }))
    const { controls, batches } = await partial(`[${good('a')},${large},${good('b')}]`)
    expect(controls).toEqual(['a', 'b'])
    const [letter] = batches.flatMap(({ unreadable = [] }) => unreadable)
    expect(JSON.parse(Buffer.from(letter!.bytes).toString())).toEqual({
      reference: { file: join(reports.directory, 'bad.json'), offset: good('a').length + 2, length: large.length },
    })
  })
})

describe('a file that is no report is set aside whole, says what was expected, and holds up no other', () => {
  const refused = async (content: string | Buffer) => {
    write('other.json', content)
    write('good.json', [record('a')])
    const collected = await collect()
    expect(collected.controls).toEqual(['a'])
    expect(collected.completed[0]?.outcome).toBe('complete')
    expect(collected.unreadable.map((each) => each.split(' ')[0])).toEqual(['/other.json#0'])
    expect((await collect({}, collected.position)).batches).toEqual([])
    return collected.logged.join('\n')
  }

  test.each([
    [
      'a binary file',
      Buffer.from(Array.from({ length: 5000 }, (_each, index) => (index * 7919) % 256)),
      'no record that is understood',
    ],
    ['text', 'Nothing to report today.', 'no record that is understood'],
    ['other JSON', '{"version":"2.1.0","runs":[]}', 'expected findings in OCSF'],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('[{"a":1}]', 'utf16le')]), 'iconv -f UTF-16'],
    ['UTF-16 without a mark', Buffer.from('[{"a":1}]', 'utf16le'), 'iconv -f UTF-16LE'],
    ['a gzip without content', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), 'its gzip is cut off'],
    ['gzip in gzip', gzipSync(gzipSync('[]')), 'packed by gzip twice'],
    ['UTF-16 in gzip', gzipSync(Buffer.from('[{"a":1}]', 'utf16le')), 'iconv -f UTF-16LE'],
  ])('%s', async (_name, content, message) => {
    expect(await refused(content)).toContain(message)
  })

  test('a large one is kept as a reference', async () => {
    write('other.json', 'x'.repeat(600_000))
    const [letter] = (await collect()).batches.flatMap(({ unreadable = [] }) => unreadable)
    expect(JSON.parse(Buffer.from(letter!.bytes).toString())).toEqual({
      reference: { file: join(reports.directory, 'other.json'), offset: 0, length: 600_000 },
    })
  })

  test('an empty file is warned of, once, and read when it has grown', async () => {
    write('empty.json', '')
    write('good.json', [record('a')])
    const first = await collect()
    expect([first.controls, first.unreadable]).toEqual([['a'], []])
    expect(first.logged.join()).toContain('is empty')
    expect((await collect({}, first.position)).logged).toEqual([])
    write('empty.json', [record('b')])
    expect((await collect({}, first.position)).controls).toEqual(['b'])
  })
})

describe('a path that cannot be read', () => {
  test.each([
    ['a missing file', () => join(reports.directory, 'missing.json'), 'does not exist'],
    ['a pattern below a missing directory', () => join(reports.directory, 'missing/*.json'), 'does not exist'],
    ['a link to itself', () => join(reports.directory, 'loop.json'), 'leads back to itself'],
  ])('%s fails the check with its remedy, and holds up no other', async (_name, path, message) => {
    symlinkSync(join(reports.directory, 'loop.json'), join(reports.directory, 'loop.json'))
    const paths = [path(), write('good/a.json', [record('a')])]
    await expect((await bench({ paths }).collector).check(new AbortController().signal)).rejects.toThrow(message)
    const { controls, error, position } = await collect({ paths })
    expect(controls).toEqual(['a'])
    expect(position).toBeDefined()
    expect(error).toMatchObject({ code: 'REPORT_NOT_READABLE', message: expect.stringContaining(message) as string })
  })

  test('a directory and a file without permission are told with their remedy, and hold up no other', async () => {
    write('good.json', [record('a')])
    write('closed/b.json', [record('b')])
    const { chmodSync } = await import('node:fs')
    chmodSync(reports.directory, 0o755)
    chmodSync(join(reports.directory, 'closed'), 0o000)
    chmodSync(write('secret.json', [record('c')]), 0o000)
    const { controls, error } = await withoutPrivilege(() => collect())
    chmodSync(join(reports.directory, 'closed'), 0o755)
    expect(controls).toEqual(['a'])
    expect(String(error)).toContain('closed may not be read by this user: give it read permission')
    expect(String(error)).toContain('secret.json may not be read')
  })
})

describe('the check', () => {
  const check = async (settings: Settings) => {
    const { collector, logged } = bench(settings)
    await (await collector).check(new AbortController().signal)
    return logged
  }

  test('is content with reports, and says nothing', async () => {
    write('a.json', [])
    expect(await check({})).toEqual([])
  })

  test('warns of an empty directory and of a pattern that matches nothing', async () => {
    expect(await check({ paths: [reports.directory, join(reports.directory, '*.json')] })).toEqual([
      expect.stringContaining('holds no report yet'),
      expect.stringContaining('*.json holds no report yet'),
    ])
  })
})

test('an unknown zone is refused when the collector is made', () => {
  expect(() => bench({ zone: 'Mars/Olympus' })).toThrow('no IANA time zone')
})

describe('samples', () => {
  test.each([
    ['scan-1/prowler.ocsf.json', 405, 405],
    ['scan-1/prowler.asff.json', 403, 403],
    ['after-fix-and-mute/prowler.ocsf.json', 286, 286],
    ['cloud-custodian.asff.json', 3, 3],
  ])('%s', async (sample, records, keys) => {
    copyFileSync(join(samples, sample), join(reports.directory, 'report.json'))
    const { findings, completed, unreadable, error } = await collect()
    expect({ findings: findings.length, unreadable, error }).toEqual({
      findings: records,
      unreadable: [],
      error: undefined,
    })
    expect(completed).toMatchObject([{ outcome: 'complete', findings: keys }])
  })

  test('the order of records changes no key and no id', async () => {
    const records = JSON.parse(readFileSync(join(samples, 'scan-1/prowler.ocsf.json'), 'utf8')) as object[]
    const reading = async (content: object[]) => {
      write('report.json', content)
      return (await collect()).findings.map(({ key, id }) => `${key} ${id}`).toSorted()
    }
    expect(await reading(records.toReversed())).toEqual(await reading(records))
  })
})
