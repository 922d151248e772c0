import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Context } from '../../core/component.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { CollectedBatch } from '../collector.ts'
import { assetFile } from './asset-file.ts'

const NOW = Date.UTC(2026, 10, 26)
const WRITTEN = Date.UTC(2026, 10, 25, 12)
const ACCOUNT = '111122223333'
const GROUP = 'AWS::EC2::SecurityGroup'
const schemas = new SchemaRegistry()

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'asset-file-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const header = (more: object = {}) => ({
  inventory: { source: 'cmdb', account: ACCOUNT, regions: ['eu-west-1'], types: [GROUP], complete: true, ...more },
})
const end = (assets: number) => ({ end: { assets } })
const group = (id: string, more: object = {}) => ({
  uid: `arn:aws:ec2:eu-west-1:${ACCOUNT}:security-group/${id}`,
  region: 'eu-west-1',
  document: { type: GROUP, name: id },
  ...more,
})

function text(lines: readonly unknown[]): string {
  return lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
}

function write(name: string, content: string | Buffer, at = WRITTEN): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  utimesSync(path, at / 1000, at / 1000)
  return path
}

function bench(paths = [directory]) {
  const logged: string[] = []
  const log = (_fields: object, message: string): void => void logged.push(message)
  const context: Context = {
    name: 'files',
    tenant: 'acme',
    clock: () => NOW,
    log: { debug: log, info: log, warn: log, error: log },
    metrics: { count: () => {}, gauge: () => {}, observe: () => {} },
  }
  return {
    collector: assetFile.create({ paths }, context) as Exclude<ReturnType<typeof assetFile.create>, Promise<unknown>>,
    logged,
  }
}

async function collect(position?: unknown, { collector, logged } = bench()) {
  const batches: CollectedBatch[] = []
  let error: unknown
  try {
    for await (const batch of collector.collect(position, new AbortController().signal)) batches.push(batch)
  } catch (thrown) {
    error = thrown
  }
  const events = batches.flatMap((batch) => batch.events)
  for (const event of events) schemas.encode('posture-event', event)
  const unreadable = batches.flatMap((batch) =>
    (batch.unreadable ?? []).map((each) => ({
      code: (each.error as Error & { code: string }).code,
      message: each.error.message,
      origin: each.origin.replace(directory, ''),
      text: Buffer.from(each.bytes).toString(),
    })),
  )
  return { batches, events, unreadable, error, logged, position: batches.findLast((each) => each.position)?.position }
}

function ofType<Type extends PostureEvent['type']>(events: readonly PostureEvent[], type: Type) {
  return events.filter((event): event is Extract<PostureEvent, { type: Type }> => event.type === type)
}

describe('an inventory', () => {
  test('is a scan of assets: its start, every asset with the scan, and its end with their number', async () => {
    write('a.ndjson', text([header(), group('sg-1'), group('sg-2'), end(2)]))
    const { events, unreadable } = await collect()
    expect(unreadable).toEqual([])
    expect(events.map(({ type }) => type)).toEqual([
      'scan.started',
      'asset.observed',
      'asset.observed',
      'scan.completed',
    ])
    const [started] = ofType(events, 'scan.started')
    const [completed] = ofType(events, 'scan.completed')
    const [asset] = ofType(events, 'asset.observed')
    const scope = { provider: 'aws', account: ACCOUNT, regions: ['eu-west-1'], types: [GROUP] }
    expect(started).toMatchObject({ source: { product: 'cmdb' }, scan: { time: WRITTEN }, scope })
    expect(completed).toMatchObject({ scan: started!.scan, scope, outcome: 'complete', assets: 2, findings: 0 })
    expect(asset).toMatchObject({
      scan: started!.scan,
      asset: { type: GROUP, provider: 'aws', account: ACCOUNT, region: 'eu-west-1', version: { time: WRITTEN } },
    })
  })

  test('packed by gzip is read as well, also of several members', async () => {
    const parts = [text([header(), group('sg-1')]), text([group('sg-2'), end(2)])]
    write('a.ndjson.gz', Buffer.concat(parts.map((part) => gzipSync(part))))
    expect(ofType((await collect()).events, 'scan.completed')).toMatchObject([{ outcome: 'complete', assets: 2 }])
  })

  test('has times of its own, as text or in milliseconds, and none in the future', async () => {
    write(
      'a.ndjson',
      text([
        header({ time: '2026-11-25T10:00:00Z' }),
        group('sg-1'),
        group('sg-2', { version: { time: WRITTEN + 5, sequence: 3 } }),
        group('sg-3', { version: { time: '2090-01-01T00:00:00Z' } }),
        end(3),
      ]),
    )
    const { events } = await collect()
    const begun = Date.UTC(2026, 10, 25, 10)
    expect(ofType(events, 'scan.started')[0]?.scan.time).toBe(begun)
    expect(ofType(events, 'asset.observed').map(({ asset }) => asset.version)).toEqual([
      { time: begun },
      { time: WRITTEN + 5, sequence: 3 },
      { time: NOW },
    ])
  })

  test('may hold global assets, several inventories, and what was deleted', async () => {
    const bucket = { uid: 'arn:aws:s3:::logs', document: { type: 'AWS::S3::Bucket' } }
    write(
      'a.ndjson',
      text([
        header({ regions: [''], types: ['AWS::S3::Bucket'] }),
        bucket,
        end(1),
        header(),
        group('sg-1'),
        { uid: 'arn:aws:s3:::old', deleted: true },
        end(1),
      ]),
    )
    const { events, unreadable } = await collect()
    expect(unreadable).toEqual([])
    expect(ofType(events, 'scan.completed')).toMatchObject([
      { outcome: 'complete', scope: { regions: [''] } },
      { outcome: 'complete', assets: 1 },
    ])
    expect(ofType(events, 'asset.deleted')).toMatchObject([{ asset: { uid: 'arn:aws:s3:::old', account: ACCOUNT } }])
  })

  test('without its line is no scan: its assets stand for themselves', async () => {
    write('a.ndjson', text([group('sg-1', { account: ACCOUNT })]))
    const { events } = await collect()
    expect(events.map(({ type }) => type)).toEqual(['asset.observed'])
    expect(events[0]).not.toHaveProperty('scan')
  })

  test('is the same scan and the same events when it is read again', async () => {
    write('a.ndjson', text([header(), group('sg-1'), end(1)]))
    expect((await collect()).events).toEqual((await collect()).events)
  })
})

describe('a scan is partial', () => {
  test.each([
    ['that does not say that it is complete', [header({ complete: false }), group('sg-1'), end(1)], /does not say/],
    ['without an end line', [header(), group('sg-1')], /no end line/],
    ['with another number than it says', [header(), group('sg-1'), end(2)], /counts 2 assets, and 1 were read/],
    ['that holds one asset twice', [header(), group('sg-1'), group('sg-1'), end(2)], /counts 2 assets, and 1 were/],
    ['with a line that cannot be read', [header(), group('sg-1'), '{"uid"', end(1)], /1 of its lines could not/],
    ['that another one interrupts', [header({ source: 'x' }), header(), end(0)], /no end line/],
  ])('%s', async (_, lines, reason) => {
    write('a.ndjson', text(lines))
    const [first] = ofType((await collect()).events, 'scan.completed')
    expect(first).toMatchObject({ outcome: 'partial', reason: expect.stringMatching(reason) as string })
  })

  test.each([
    ['is cut off', (packed: Buffer) => packed.subarray(0, packed.length - 12), /its gzip is cut off/],
    ['is damaged', (packed: Buffer) => Buffer.from(packed).fill(0xff, packed.length - 8), /its gzip is damaged/],
  ])('when its gzip file %s, and what came before is read', async (_, damage, reason) => {
    const lines = [header(), ...Array.from({ length: 2000 }, (__, index) => group(`sg-${index * 7919}`)), end(2000)]
    write('a.ndjson.gz', damage(gzipSync(text(lines))))
    const { events, position } = await collect()
    expect(ofType(events, 'asset.observed').length).toBeGreaterThan(1000)
    expect(ofType(events, 'scan.completed')).toMatchObject([
      { outcome: 'partial', reason: expect.stringMatching(reason) as string },
    ])
    expect((await collect(position)).batches).toEqual([])
  })

  test('when its file grows while it is read, and is read again whole under the same name', async () => {
    const time = '2026-11-25T10:00:00Z'
    const path = write('a.ndjson', text([header({ time }), ...Array.from({ length: 600 }, (_, i) => group(`sg-${i}`))]))
    const { collector } = bench()
    const events: PostureEvent[] = []
    let positions = 0
    for await (const batch of collector.collect(undefined, new AbortController().signal)) {
      if (events.length === 0) appendFileSync(path, text([group('sg-last'), end(601)]))
      events.push(...batch.events)
      positions += batch.position === undefined ? 0 : 1
    }
    expect(positions).toBe(0)
    const [partial] = ofType(events, 'scan.completed')
    expect(partial).toMatchObject({ outcome: 'partial', reason: expect.stringContaining('changed while') as string })
    const [whole] = ofType((await collect()).events, 'scan.completed')
    expect(whole).toMatchObject({ outcome: 'complete', assets: 601, scan: partial!.scan })
  })
})

describe('a line is set aside, with file, line and how to mend it,', () => {
  test.each([
    ['that is no JSON', '{"uid": "a",', 'JSON_INVALID', /line 2: not JSON/],
    ['that is no object', '[1]', 'LINE_INVALID', /no JSON object: write one asset a line/],
    ['without a uid', { document: { type: GROUP } }, 'LINE_INVALID', /must have required properties uid/],
    ['without a document', { uid: 'a' }, 'LINE_INVALID', /required properties document/],
    ['without a type', { uid: 'a', document: {} }, 'LINE_INVALID', /\/document\/type is missing/],
    ['of an unknown type', { uid: 'a', document: { type: 'X' } }, 'ASSET_TYPE_UNKNOWN', /type X is none of/],
    ['with two types', group('a', { type: 'AWS::S3::Bucket' }), 'LINE_INVALID', /\/type is AWS::S3::Bucket, and/],
    [
      'with a bad document',
      group('a', { document: { type: GROUP, ingress: 1 } }),
      'SCHEMA_INVALID',
      /\/ingress must be/,
    ],
    ['of another region', group('a', { region: 'eu-west-9' }), 'ASSET_OUT_OF_SCOPE', /its region "eu-west-9" is not/],
    ['of another account', group('a', { account: '1' }), 'ASSET_OUT_OF_SCOPE', /its account "1" is not/],
    [
      'with a time that is none',
      group('a', { version: { time: 'soon' } }),
      'LINE_INVALID',
      /"soon" is none: write 2026/,
    ],
    ['that deletes half-heartedly', { uid: 'a', deleted: 'yes' }, 'LINE_INVALID', /\/deleted must be/],
    ['that is nested without end', group('a', { document: { type: GROUP, x: nested(80) } }), 'LINE_INVALID', /deeper/],
    [
      'that is too long',
      group('a', { document: { type: GROUP, x: 'x'.repeat(950_000) } }),
      'RECORD_TOO_LARGE',
      /has 95/,
    ],
    ['that is far too long', JSON.stringify('x'.repeat(2_000_000)), 'RECORD_TOO_LARGE', /line 2: it has 2000002 bytes/],
  ])('%s', async (_, line, code, message) => {
    write('a.ndjson', text([header(), line, group('sg-1'), end(1)]))
    const { events, unreadable } = await collect()
    expect(unreadable).toMatchObject([{ code, message: expect.stringMatching(message) as string }])
    expect(unreadable[0]?.origin).toBe(`/a.ndjson#${text([header()]).length}`)
    expect(ofType(events, 'asset.observed')).toHaveLength(1)
    expect(ofType(events, 'scan.completed')).toMatchObject([{ outcome: 'partial' }])
  })

  test('that ends what was not begun, or names no account where none is known', async () => {
    write('a.ndjson', text([end(0), group('sg-1')]))
    const { unreadable } = await collect()
    expect(unreadable.map(({ message }) => message)).toEqual([
      expect.stringMatching(/line 1: it ends an inventory, and none was begun/),
      expect.stringMatching(/line 2: \/account is missing/),
    ])
  })
})

describe('files', () => {
  test('that were read and have not changed are not read again, also when they were copied', async () => {
    const content = text([header(), group('sg-1'), end(1)])
    write('a.ndjson', content)
    const { position } = await collect()
    expect((await collect(position)).batches).toEqual([])
    write('a.ndjson', content, WRITTEN + 60_000)
    expect((await collect(position)).batches).toEqual([])
    write('a.ndjson', content.replace('sg-1', 'sg-9'), WRITTEN + 60_000)
    expect((await collect(position)).events).toHaveLength(3)
  })

  test('below a directory count by their names, and one named outright by none', async () => {
    mkdirSync(join(directory, 'below'))
    write('below/b.jsonl', text([group('sg-1', { account: ACCOUNT })]))
    write('notes.txt', 'nothing')
    const odd = write('odd.txt', text([group('sg-2', { account: ACCOUNT })]))
    expect((await collect()).events).toHaveLength(1)
    expect((await collect(undefined, bench([odd]))).events).toHaveLength(1)
  })

  test('that are no inventories are given up after their first lines, and hold up no other', async () => {
    write('a.ndjson', text(Array.from({ length: 5000 }, (_, index) => ({ finding: index }))))
    write('b.ndjson', text([group('sg-1', { account: ACCOUNT })]))
    const { events, unreadable } = await collect()
    expect(events).toHaveLength(1)
    expect(unreadable).toHaveLength(21)
    expect(unreadable.at(-1)).toMatchObject({ code: 'INVENTORY_UNKNOWN', origin: '/a.ndjson#0' })
  })

  test('with a byte order mark, Windows line ends, blank lines and no last line end are read', async () => {
    const lines = [header(), '', group('sg-1'), '   ', end(1)]
    write('a.ndjson', `\uFEFF${text(lines).replaceAll('\n', '\r\n').trimEnd()}`)
    const { events, unreadable } = await collect()
    expect(unreadable).toEqual([])
    expect(ofType(events, 'scan.completed')).toMatchObject([{ outcome: 'complete' }])
  })

  test('that are empty are read when they change, and say so', async () => {
    write('a.ndjson', '')
    const { logged, events } = await collect()
    expect(events).toEqual([])
    expect(logged).toContainEqual(expect.stringContaining('a.ndjson is empty'))
  })

  test('that do not exist are named by check and at the end', async () => {
    const broken = bench([join(directory, 'none.ndjson')])
    const message = /none\.ndjson does not exist: check the path, or create it before the inventory writes there/
    await expect(broken.collector.check(new AbortController().signal)).rejects.toThrow(message)
    expect((await collect(undefined, broken)).error).toMatchObject({ code: 'INVENTORY_NOT_READABLE' })
  })

  test('that are large are read in batches of a bounded size', async () => {
    const assets = Array.from({ length: 3000 }, (_, index) => group(`sg-${index}`))
    write('a.ndjson', text([header(), ...assets, end(3000)]))
    const { batches, events } = await collect()
    expect(Math.max(...batches.map((batch) => batch.events.length))).toBeLessThanOrEqual(501)
    expect(ofType(events, 'scan.completed')).toMatchObject([{ outcome: 'complete', assets: 3000 }])
  })
})

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { x: nested(depth - 1) }
}
