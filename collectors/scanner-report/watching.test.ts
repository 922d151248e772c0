import {
  appendFileSync,
  chmodSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { SECONDS, record, scratchReports, withoutPrivilege } from './sample-reports.ts'

const reports = scratchReports()
const { bench, collect, sweep, write } = reports
/** Files carry the real time, so that waiting for them needs the real clock. */
const real = { clock: Date.now }
const settle = '1s'
const good = (check: string): string => JSON.stringify(record(check))
const WAITING = /it is read once it has not changed for 1 s/

/** Runs a sweep while something happens to its files; resolves to what it gave, and how long it took in milliseconds. */
async function timed(around: object = {}, position?: unknown) {
  const begun = Date.now()
  const collected = await collect({ settle }, position, { ...real, ...around })
  return Object.assign(collected, {
    took: Date.now() - begun,
    waits: collected.logged.filter((each) => WAITING.test(each)),
  })
}

describe('a report that was written just now', () => {
  test.each([
    ['a list', `[${good('a')}]\n`],
    ["Security Hub's object", `{"Findings": [${good('a')}]}`],
    ['a packed list', gzipSync(`[${good('a')}]`)],
    ['an empty list', '[]'],
    ['no JSON at all', 'Nothing to report.'],
  ])('is read at once where it is whole: %s', async (_name, content) => {
    write('a.json', content)
    const { took, waits, position } = await timed()
    expect(waits).toEqual([])
    expect(took).toBeLessThan(900)
    expect(position).toBeDefined()
  })

  test('is waited for where more may follow: a record a line', async () => {
    write('a.ndjson', `${good('a')}\n`)
    write('b.json', [record('b')])
    const order: string[] = []
    const { took, waits, completed } = await timed({
      onBatch: ({ events }: { events: readonly { type: string }[] }) => order.push(...events.map(({ type }) => type)),
    })
    expect(waits).toEqual([expect.stringContaining('a.ndjson was written just now and more may follow')])
    expect(took).toBeGreaterThan(900)
    expect(completed.map(({ scope }) => scope.checks)).toEqual([['b'], ['a']])
  })

  test('is whole when its writer has finished it meanwhile: nothing is set aside', async () => {
    const path = write('a.json', `[${good('a')},${good('b').slice(0, 40)}`)
    const reading = timed()
    await sleep(300)
    appendFileSync(path, `${good('b').slice(40)},${good('c')}]`)
    const { controls, unreadable, completed, waits } = await reading
    expect([controls, unreadable, completed[0]?.outcome]).toEqual([['a', 'b', 'c'], [], 'complete'])
    expect(waits).toEqual([expect.stringContaining('a.json ends in the middle of a document')])
  })

  test('that stays cut off is read as it is in the last sweep of a run', async () => {
    write('a.json', `[${good('a')},${good('b').slice(0, 40)}`)
    const { controls, unreadable, completed, took } = await timed()
    expect([controls, unreadable.length, completed[0]?.outcome]).toEqual([['a'], 1, 'partial'])
    expect(took).toBeGreaterThan(900)
  })

  test('that stays cut off is left to the next sweep where one follows, until nobody has touched it for long', async () => {
    const path = write('a.json', `[${good('a')},`)
    const running = bench({ settle }, Date.now)
    const left = await sweep(running, undefined, { isLast: false })
    expect([left.batches, left.error]).toEqual([[], undefined])
    await sweep(running, undefined, { isLast: false })
    expect(running.logged.filter((each) => WAITING.test(each))).toHaveLength(1)
    utimesSync(path, Date.now() / 1000 - 601, Date.now() / 1000 - 601)
    expect((await sweep(running, undefined, { isLast: false })).controls).toEqual(['a'])
  })

  test('whose time lies in the future is waited for by our own clock', async () => {
    const path = write('a.ndjson', `${good('a')}\n`)
    utimesSync(path, Date.now() / 1000 + 3600, Date.now() / 1000 + 3600)
    const { controls, took } = await timed()
    expect(controls).toEqual(['a'])
    expect(took).toBeGreaterThan(900)
  })

  test('that goes on changing holds up no other, and is left', async () => {
    const path = write('a.ndjson', `${good('a')}\n`)
    write('b.json', [record('b')])
    const growing = setInterval(() => appendFileSync(path, `${good('a')}\n`), 200)
    let now = Date.now()
    // A clock that runs faster, so that nobody waits.
    const { controls, logged } = await collect({ settle }, undefined, { clock: () => (now += 400) })
    clearInterval(growing)
    expect(controls).toEqual(['b'])
    expect(logged.join()).toContain('goes on changing: it is left to the next sweep')
  })

  test('is not waited for where waiting is turned off', async () => {
    write('a.ndjson', `${good('a')}\n`)
    expect((await collect({ settle: '0s' }, undefined, real)).controls).toEqual(['a'])
  })
})

describe('a file that changes while it is read', () => {
  const many = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_each, index) => `${good(`c${from + index}`)}\n`).join('')

  /** Reads 600 records; something happens once the first batch is there. */
  async function during(work: (path: string) => void, name = 'a.ndjson') {
    const path = write(name, many(0, 600))
    let batches = 0
    return collect({}, undefined, { onBatch: () => void (++batches === 1 && work(path)) })
  }

  test('is read to the size that it had, and then once more', async () => {
    const { completed, position, logged, unreadable } = await during((path) => appendFileSync(path, many(600, 700)))
    expect(completed.map(({ outcome, findings }) => [outcome, findings])).toEqual([
      ['partial', 600],
      ['complete', 700],
    ])
    expect(completed[0]?.reason).toContain('it changed while it was read')
    expect([unreadable, position !== undefined]).toEqual([[], true])
    expect(logged.filter((each) => each.includes('changed while it was read: it is read again'))).toHaveLength(1)
  })

  test('by being cut off and written anew is read as it is then, and nothing of the torn record is set aside', async () => {
    const { completed, unreadable } = await during((path) => {
      truncateSync(path, 1000)
      writeFileSync(path, many(0, 3))
    })
    expect(unreadable).toEqual([])
    expect(completed.at(-1)).toMatchObject({ outcome: 'complete', findings: 3 })
  })

  test('by being replaced is read as it was, and the new one by the next sweep', async () => {
    const replaced = await during((path) => renameSync(write('new.tmp', many(600, 610)), path))
    expect(replaced.completed).toMatchObject([{ outcome: 'complete', findings: 600 }])
    expect(replaced.logged.join()).toContain('was removed or replaced while it was read')
    const next = await collect({}, replaced.position)
    expect(next.completed).toMatchObject([{ outcome: 'complete', findings: 10 }])
  })

  test('by vanishing is read as it was, without a dead letter for what its writer had not finished', async () => {
    const path = write('a.ndjson', many(0, 600) + good('last').slice(0, 30))
    const gone = await collect({}, undefined, { onBatch: () => rmSync(path, { force: true }) })
    expect(gone.unreadable).toEqual([])
    expect(gone.completed).toMatchObject([{ outcome: 'partial', findings: 600 }])
    expect(gone.error).toBeUndefined()
    expect((await collect({}, gone.position)).batches).toEqual([])
  })

  test('a file that vanishes before it is read is named in the log, and holds up no other', async () => {
    write('a.json', [record('a')])
    const path = write('b.json', [record('b', { time: SECONDS + 1 })])
    const { controls, unreadable, logged, error } = await collect({}, undefined, { onBatch: () => rmSync(path) })
    expect([controls, unreadable, error]).toEqual([['a'], [], undefined])
    expect(logged.join()).toContain('b.json was removed before it could be read')
  })

  test('a size that changes is seen though the time stands still', async () => {
    const path = write('a.json', [record('a')])
    const { mtimeMs } = statSync(path)
    const { position } = await collect()
    writeFileSync(path, JSON.stringify([record('a'), record('b')]))
    utimesSync(path, mtimeMs / 1000, mtimeMs / 1000)
    expect((await collect({}, position)).controls).toEqual(['a', 'b'])
  })
})

describe('a directory that vanishes', () => {
  test('is named with its remedy, and what was read there is not read again when it comes back', async () => {
    write('away/a.json', [record('a')])
    write('b.json', [record('b')])
    const paths = [join(reports.directory, 'away'), join(reports.directory, '*.json')]
    const first = await collect({ paths })
    expect(first.controls).toEqual(['a', 'b'])
    const [away, aside] = ['away', 'aside'].map((name) => join(reports.directory, name))
    renameSync(away!, aside!)
    write('c.json', [record('c')])
    const second = await collect({ paths }, first.position)
    expect([second.controls, String(second.error)]).toEqual([['c'], expect.stringContaining('away does not exist')])
    renameSync(aside!, away!)
    expect((await collect({ paths }, second.position)).batches).toEqual([])
  })

  test('below another one is only not there', async () => {
    write('year/day/a.json', [record('a')])
    const { position } = await collect()
    rmSync(join(reports.directory, 'year'), { recursive: true })
    const next = await collect({}, position)
    expect([next.batches, next.error]).toEqual([[], undefined])
  })
})

test('permission that is lost is named, and what was read before is not read again when it is back', async () => {
  const [a, b] = [write('a.json', [record('a')]), write('below/b.json', [record('b')])]
  const below = join(b, '..')
  const first = await collect()
  expect(first.controls).toEqual(['a', 'b'])
  chmodSync(reports.directory, 0o755)
  chmodSync(a, 0o000)
  chmodSync(below, 0o000)
  write('c.json', [record('c')])
  const second = await withoutPrivilege(() => collect({}, first.position))
  expect([second.controls, second.unreadable]).toEqual([['c'], []])
  expect(String(second.error)).toContain('below may not be read by this user')
  chmodSync(a, 0o644)
  chmodSync(below, 0o755)
  expect((await collect({}, second.position)).batches).toEqual([])
})

test('a stop ends the wait for a file', async () => {
  write('a.ndjson', `${good('a')}\n`)
  const stop = new AbortController()
  setTimeout(() => stop.abort(new Error('stopped')), 100)
  const begun = Date.now()
  const { error, batches } = await collect({ settle: '30s' }, undefined, { ...real, signal: stop.signal })
  expect([batches, error !== undefined]).toEqual([[], true])
  expect(Date.now() - begun).toBeLessThan(5000)
})
