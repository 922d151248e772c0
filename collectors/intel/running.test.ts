import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { IntelObserved } from '../../schemas/generated/posture-event.ts'
import { topics } from '../../stream/topics.ts'
import type { CollectorInstance } from '../collector-run.ts'
import type { Collector } from '../collector.ts'
import { readCheckpoints } from '../checkpoint.ts'
import { dryRun } from '../once.ts'
import { SampleStage, schemas, until } from '../sample-stage.ts'
import type { IntelConfig } from './config.ts'
import { IntelCollector } from './intel-collector.ts'
import { epssCsv, kevJson, sampleFolder, sampleServer, SCORES } from './sample-feeds.ts'

const DAY_MS = 86_400_000

let stage: SampleStage
let kevFile: string
/** What the server of the EPSS list does now. */
let epss: { status: number; body: string; etag?: string }
let url: string
let asked: () => number
beforeEach(async () => {
  stage = await SampleStage.open()
  kevFile = join(sampleFolder(), 'kev.json')
  writeFileSync(kevFile, kevJson())
  epss = { status: 200, body: epssCsv(SCORES, today()), etag: '"1"' }
  const server = await sampleServer((request, response) => {
    const { status, body, etag } = epss
    if (status === 200 && etag !== undefined && request.headers['if-none-match'] === etag) response.writeHead(304).end()
    else response.writeHead(status, etag === undefined ? {} : { etag }).end(body)
  })
  url = `${server.url}/epss.csv`
  asked = () => server.requests.length
})

const today = (ahead = 0): string => new Date(Math.floor(Date.now() / DAY_MS + ahead) * DAY_MS).toISOString()

function made(config: { epss?: NonNullable<IntelConfig['epss']>; patience?: string } = {}): Collector {
  const feeds = { epss: { url, staleAfter: '7d' }, kev: { path: kevFile, staleAfter: '9999d' } }
  const limits = { timeout: '5s', patience: '1s', maxBytes: 1_000_000 }
  return new IntelCollector({ ...feeds, ...limits, ...config }, stage.context())
}

const given = (more: Partial<CollectorInstance> = {}): Partial<CollectorInstance> => ({ kind: 'intel', ...more })

async function published(): Promise<IntelObserved[]> {
  const records = await stage.read(topics.global.name)
  return records.map(({ key, value }) => {
    const event = schemas.decode('posture-event', value!) as IntelObserved
    expect(key).toBe(event.intel.uid)
    return event
  })
}

const uids = async (): Promise<string[]> => (await published()).map(({ intel }) => intel.uid)
const FIRST = ['epss/1999-0', 'epss/2024-3', 'epss/2026-10', 'epss/snapshot', 'kev/2021', 'kev/2024', 'kev/snapshot']

test('both lists arrive on posture.global, and a second run publishes only what is new', async () => {
  await stage.run(made(), given())
  expect(await uids()).toEqual(FIRST)
  expect(stage.counts).toMatchObject({
    'posture_collector_events_published_total intel.observed': 7,
    posture_collector_findings_read_total: 0,
    'posture_collector_sweeps_total completed': 1,
  })
  await stage.reopen()
  await stage.run(made(), given())
  expect(await uids()).toEqual(FIRST)
  expect(asked()).toBe(2)
  epss = { status: 200, body: epssCsv({ ...SCORES, 'CVE-2024-3094': '0.1,0.1' }, today()), etag: '"2"' }
  await stage.reopen()
  await stage.run(made(), given())
  expect(await uids()).toEqual([...FIRST, 'epss/2024-3', 'epss/snapshot'])
})

test('a tag that changes alone is remembered, so that the next question is answered without the list', async () => {
  await stage.run(made(), given())
  epss.etag = '"2"'
  await stage.reopen()
  await stage.run(made(), given())
  const checkpoint = (await readCheckpoints(stage.stream, 'acme')).get('acme/nightly')
  expect(Buffer.from(checkpoint!.value!).toString()).toContain(String.raw`"etag":"\"2\""`)
  expect(await uids()).toEqual(FIRST)
})

test('a tag is told to nobody but the address that gave it', async () => {
  await stage.run(made(), given())
  const other = await sampleServer((_request, response) => void response.writeHead(200).end(epss.body))
  await stage.reopen()
  await stage.run(made({ epss: { url: other.url, staleAfter: '7d' } }), given())
  expect(other.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined])
})

describe('where one list is broken', () => {
  test('the sweep fails with its reason and the other list is published', async () => {
    epss.body = '<html>'
    await expect(stage.run(made(), given())).rejects.toThrow('is a web page, not a list')
    expect(await uids()).toEqual(FIRST.slice(4))
    expect(stage.counts['posture_collector_sweeps_total failed']).toBe(1)
    expect(stage.logged.filter((line) => line.includes('is a web page'))).toHaveLength(1)
    expect(stage.logged.at(-1)).toContain('ended before it was done; the rest of the pipeline goes on')
  })

  test('an address out of reach is asked again for a while, and then the sweep ends', async () => {
    epss.status = 503
    await expect(stage.run(made(), given())).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'INTEL_UNAVAILABLE',
    })
    expect(asked()).toBeGreaterThan(1)
    expect(await uids()).toEqual(FIRST.slice(4))
    expect(
      stage.logged.filter((line) => /The source of .* has to be asked again, for 1s at most: .*status 503/.test(line)),
    ).toHaveLength(1)
  })

  test('an address that comes back in time is not noticed further', async () => {
    epss.status = 503
    const running = stage.run(made({ patience: '10s' }), given())
    await until(() => asked() > 0)
    epss.status = 200
    await running
    expect(await uids()).toEqual(FIRST)
  })

  test('the next tick of the schedule reads it again', async () => {
    epss.body = 'x'
    await stage.start([stage.instance(made(), given({ settings: { schedule: '* * * * * *' } }))])
    await until(() => stage.counts['posture_collector_sweeps_total failed'] === 1)
    epss.body = epssCsv(SCORES, today())
    await until(async () => (await uids()).includes('epss/snapshot'))
    expect(stage.logged.some((line) => line.includes('tries again at the next'))).toBe(true)
  })
})

test('a process that is killed before its position is saved publishes the same again, and no more after that', async () => {
  const lost = made()
  // All is published, and the process is gone before the checkpoint: as if no batch had a position.
  const withoutPosition: Collector = {
    check: (signal) => lost.check(signal),
    async *collect(position, signal) {
      for await (const { events, read } of lost.collect(position, signal)) yield { events, read }
    },
  }
  await stage.run(withoutPosition, given())
  await stage.run(made(), given())
  await stage.run(made(), given())
  const events = await published()
  expect(events.map(({ intel }) => intel.uid)).toEqual([...FIRST, ...FIRST])
  expect(events.slice(0, 7).map(({ id }) => id)).toEqual(events.slice(7).map(({ id }) => id))
})

test('a new state of a list is a word of its source, one that is still the same is none', async () => {
  const settings = { expectEvery: '1d' }
  await stage.run(made(), given({ settings }))
  stage.ahead = 2 * DAY_MS
  await stage.run(made(), given({ settings }))
  expect(stage.gauges['posture_collector_silent']).toBe(1)
  epss = { status: 200, body: epssCsv(SCORES, today(2)), etag: '"2"' }
  await stage.run(made(), given({ settings }))
  expect(stage.gauges['posture_collector_silent']).toBe(0)
})

test('a dry run shows what would be published, then says what is missing', async () => {
  epss.status = 404
  const shown: string[] = []
  const options = {
    stream: stage.stream,
    schemas,
    signal: AbortSignal.timeout(5000),
    fromStart: false,
    consumes: false,
  }
  const looking = async (): Promise<void> => {
    for await (const each of dryRun(stage.instance(made(), given()), options))
      shown.push('event' in each ? (each.event as IntelObserved).intel.uid : each.aside.origin)
  }
  await expect(looking()).rejects.toThrow(`EPSS: ${url} answered with status 404`)
  expect(shown).toEqual(FIRST.slice(4))
  expect(await published()).toEqual([])
})
