import { readdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import { deadLetterRecords, streamOrigin } from '../../schemas/dead-letters.ts'
import { eventHeaders, findingHeaders } from '../../schemas/records.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import type { PostureFinding } from '../../sinks/sink.ts'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import type { StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { statement } from '../../test/sample-statement.ts'
import { catalogs } from '../catalog.ts'
import { SampleProcess } from '../commands/sample-process.ts'

const PARTITIONS = 2
const report = readFileSync(join(import.meta.dirname, '../../test/samples/scan-1/prowler.ocsf.json'))
const [record] = JSON.parse(report.toString()) as object[]

let sample: SampleProcess
let config: string
let stream: EmbeddedStream
beforeEach(async () => {
  sample = new SampleProcess(catalogs)
  config = sample.file(
    'posture.yaml',
    `tenant: acme
stream: { type: embedded, directory: ./data, partitions: ${PARTITIONS} }
collectors:
  nightly: { type: scanner-report, paths: ["reports/*.json"] }
  lists: { type: intel, kev: { path: ./kev.json } }
sinks:
  archive: { type: file, directory: ./out }
  local: { type: local, path: ./data/findings.db }
  urgent: { type: file, directory: ./urgent, filter: { priority: [P1] } }
`,
  )
  stream = await open()
})
afterEach(async () => {
  await stream.close()
  sample[Symbol.dispose]()
})

function open(): Promise<EmbeddedStream> {
  const directory = join(sample.directory, 'data')
  return EmbeddedStream.open({ directory, topics: Object.values(topics), partitions: PARTITIONS })
}

type Reason = Partial<Parameters<typeof deadLetterRecords>[1]>

/** Sets something aside on partition 0, where its id is its place. */
async function bury(letter: Parameters<typeof deadLetterRecords>[0], reason: Reason): Promise<void> {
  const error = new PermanentError('REFUSED', 'no')
  const defaults = { stage: 'collectors', component: 'nightly', error, origin: 'x', time: Date.now() + 1000 } as const
  const parts = deadLetterRecords(letter, { ...defaults, ...reason })
  await stream.publish(
    topics.deadLetters.name,
    parts.map((each) => ({ ...each, partition: 0 })),
  )
}

async function records(topic: keyof typeof topics): Promise<StreamRecord[]> {
  const all: StreamRecord[] = []
  const following = await stream.follow(topics[topic].name, (some) => void all.push(...some))
  await following.ready
  await following.stop()
  return all
}

const replay = (...args: string[]) => sample.run('dead-letters', 'replay', '-c', config, ...args)
const waiting = async (): Promise<number> =>
  (await sample.run('dead-letters', 'list', '-c', config, '--json')).out.split('\n').filter(Boolean).length

describe('a dead letter of enrichment', () => {
  test('is published as it was, in the partition of its account, beside the pipeline that runs', async () => {
    const event = statement('bucket-1')
    const value = Buffer.from(JSON.stringify(event))
    const origin = streamOrigin({ topic: topics.events.name, partition: 1, offset: 7n })
    const headers = eventHeaders(event)
    await bury({ key: event.key, value, headers }, { stage: 'enrichment', component: 'enrichment', origin })
    expect(await replay('0-0')).toEqual({
      code: 0,
      out: '0-0  enrichment.enrichment  replayed: published again, for enrichment to take it',
      err: '1 replayed.',
    })
    expect(await records('events')).toMatchObject([
      { key: event.key, partition: 1, headers, value: new Uint8Array(value) },
    ])
    expect(await waiting()).toBe(0)
    expect(await replay('0-0')).toMatchObject({
      code: 1,
      err: expect.stringContaining('was replayed already') as string,
    })
  })

  test('that the clock made, or of which nothing is left, stays and says what to do', async () => {
    const letter = { key: 'finding/a', value: Buffer.from('{}') }
    await bury(letter, { stage: 'enrichment', component: 'enrichment', origin: 'state/finding/a' })
    const origin = streamOrigin({ topic: topics.events.name, partition: 1, offset: 7n })
    await bury({ key: 'k', value: new Uint8Array() }, { stage: 'enrichment', component: 'enrichment', origin })
    const { code, out, err } = await replay('--yes')
    expect({ code, err }).toEqual({ code: 1, err: '0 replayed; 2 failed again and stay.' })
    expect(out).toMatch(/^0-0 .*failed LETTER_NOT_REPLAYABLE.*drop the letter\n0-1 .*failed LETTER_EMPTY/)
    expect(await records('events')).toEqual([])
    expect(await waiting()).toBe(2)
  })
})

describe('a dead letter of a collector', () => {
  test('is read anew by its collector, all of it, and belongs to no scan', async () => {
    await bury({ key: 'r', value: report, headers: { tenant: 'acme' } }, { origin: 'reports/a.json#0' })
    const { code, out } = await replay('0-0')
    expect({ code, out }).toEqual({
      code: 0,
      out: '0-0  collectors.nightly  replayed: read anew: 405 events published',
    })
    const events = (await records('events')).map(({ value }) => JSON.parse(Buffer.from(value!).toString()) as object)
    expect(events).toHaveLength(405)
    expect(events[0]).toMatchObject({ type: 'finding.observed', collector: 'nightly', tenant: 'acme' })
    expect(events.some((event) => 'scan' in event)).toBe(false)
  })

  test('that cannot be read still stays, with what is wrong now, and nothing of it is published', async () => {
    const half = Buffer.from(JSON.stringify([record, { Id: 3 }]))
    await bury({ key: 'r', value: half }, { origin: 'reports/a.json#0' })
    await bury({ key: 'r', value: Buffer.from('{"a":') }, { origin: 'reports/a.json#9' })
    const { code, out } = await replay('--stage', 'collectors', '--yes', '--json')
    const told = out.split('\n').map((line) => JSON.parse(line) as { outcome: string; code: string })
    expect(code).toBe(1)
    expect(told).toMatchObject([
      { id: '0-0', outcome: 'failed', code: 'RECORD_UNKNOWN' },
      { id: '0-1', outcome: 'failed', code: 'RECORD_BROKEN' },
    ])
    expect(await records('events')).toEqual([])
  })

  test('that only refers to a file is read from there, as long as that was not written to', async () => {
    const file = sample.file('big.json', `  ${JSON.stringify(record)}`)
    const written = new Date(Date.now() - 60_000)
    utimesSync(file, written, written)
    const length = JSON.stringify(record).length
    const value = Buffer.from(JSON.stringify({ reference: { file, offset: 2, length } }))
    await bury({ key: 'r', value }, { origin: `${file}#2`, time: written.getTime() - 1000 })
    await bury({ key: 'r', value }, { origin: `${file}#2` })
    const { out } = await replay('--yes')
    expect(out).toMatch(/^0-0 .*failed REFERENCE_CHANGED.*\n0-1 .*1 event published$/)
  })

  test('that is an event already is published, unless it still may not be', async () => {
    const event = statement('bucket-1')
    const origin = `finding.observed/${event.id}`
    await bury({ key: 'k', value: Buffer.from(JSON.stringify(event)) }, { component: 'gone', origin })
    const large = statement('bucket-2', { text: 'x'.repeat(2_000_000) })
    const bytes = Buffer.from(JSON.stringify(large))
    await bury({ key: 'k', value: bytes }, { origin: `finding.observed/${large.id}` })
    const { out } = await replay('--yes')
    expect(out).toMatch(/^0-0  collectors.gone {2}replayed: .*1 event published\n0-1 .*failed EVENT_TOO_LARGE/)
    expect((await records('events')).map(({ key }) => key)).toEqual([event.key])
  })

  test('says so where its collector is gone, or reads only its source', async () => {
    await bury({ key: 'r', value: Buffer.from('{}') }, { component: 'gone', origin: 'q/1' })
    await bury({ key: 'r', value: Buffer.from('{}') }, { component: 'lists', origin: 'kev' })
    const { out } = await replay('--yes')
    expect(out).toMatch(/COMPONENT_UNKNOWN: the configuration has no collector gone.*\n0-1 .*LETTER_NOT_REREADABLE/)
  })

  test('of which parts are missing stays', async () => {
    const [part] = deadLetterRecords(
      { key: 'k', value: Buffer.alloc(1_200_000, 'x') },
      { stage: 'collectors', component: 'nightly', error: new Error('x'), origin: 'o', time: 0 },
    )
    await stream.publish(topics.deadLetters.name, [{ ...part!, partition: 0 }])
    expect((await replay('0-0')).out).toContain('failed LETTER_INCOMPLETE')
  })
})

describe('a dead letter of a sink', () => {
  /** Publishes revisions, the first of which the sink has refused. */
  async function refuse(component: string, first: PostureFinding, ...later: PostureFinding[]): Promise<void> {
    const partition = 1
    const all = [first, ...later].map((finding) => {
      const { key, bytes: value } = finding
      return { key, value, headers: findingHeaders(finding, 0), partition }
    })
    const offset = (await stream.ends(topics.findings.name)).get(partition)!
    await stream.publish(topics.findings.name, all)
    const origin = streamOrigin({ topic: topics.findings.name, partition, offset })
    await bury(all[0]!, { stage: 'sinks', component, origin })
  }

  /** With no pipeline on the stream. */
  async function alone<T>(work: () => Promise<T>): Promise<T> {
    await stream.close()
    const result = await work()
    stream = await open()
    return result
  }

  const written = (directory: string) =>
    readdirSync(join(sample.directory, directory))
      .filter((name) => name.endsWith('.ndjson'))
      .flatMap((name) =>
        readFileSync(join(sample.directory, directory, name), 'utf8')
          .trim()
          .split('\n'),
      )
      .map((line) => JSON.parse(line) as { finding_info: { uid: string }; metadata: { labels?: string[] } })
      .map(({ finding_info: { uid }, metadata: { labels = [] } }) => [uid, ...labels].join(' '))

  test('is given to it again; one whose finding has moved on is marked as late', async () => {
    await refuse('archive', sampleFinding('a'))
    await refuse('archive', sampleFinding('b'), sampleFinding('b', 2))
    const { code, out, err } = await alone(() => replay('--yes'))
    expect(code).toBe(0)
    expect(out).toBe(`0-0  sinks.archive  replayed: delivered
0-1  sinks.archive  replayed: delivered with the label late: revision 2 of its finding was published meanwhile`)
    expect(err).toBe('2 replayed.')
    expect(written('out')).toEqual(['a', 'b late'])
    expect(await waiting()).toBe(0)
  })

  test('that takes the latest state is left out where that has come since, or the finding was forgotten', async () => {
    await refuse('local', sampleFinding('a'))
    await refuse('local', sampleFinding('b'), sampleFinding('b', 2))
    await refuse('local', sampleFinding('c'))
    await stream.publish(topics.findings.name, [{ key: 'c', value: null, partition: 1, headers: { tenant: 'acme' } }])
    const { code, out } = await alone(() => replay('--yes'))
    expect(code).toBe(0)
    expect(out.split('\n').toSorted()).toEqual([
      '0-0  sinks.local  replayed: delivered',
      '0-1  sinks.local  replayed: revision 2 of its finding was published meanwhile',
      '0-2  sinks.local  replayed: its finding was forgotten meanwhile',
    ])
    const found = await sample.run('findings', 'list', '-c', config, '--json')
    expect(found.out.split('\n')).toHaveLength(1)
  })

  test('waits for the pipeline of an embedded stream to be stopped, and stays meanwhile', async () => {
    await refuse('archive', sampleFinding('a'))
    const { code, out } = await replay('0-0')
    expect(code).toBe(1)
    expect(out).toMatch(/failed STREAM_LOCKED: a pipeline runs on .*stop it while/)
    expect(await waiting()).toBe(1)
  })

  test('is remembered where the sink has a filter, so that the sink is told of the end as well', async () => {
    await refuse('urgent', sampleFinding('a', 1, { priority: 'P1' }))
    await alone(() => replay('0-0'))
    expect((await records('deliveries')).map(({ key, partition }) => [key, partition])).toEqual([['urgent/a', 1]])
  })

  test('that is no finding, or of a sink that is gone, stays', async () => {
    const origin = streamOrigin({ topic: topics.findings.name, partition: 1, offset: 3n })
    await bury({ key: 'k', value: Buffer.from('{') }, { stage: 'sinks', component: 'archive', origin })
    await bury({ key: 'k', value: Buffer.from('{}') }, { stage: 'sinks', component: 'gone', origin })
    const { out } = await alone(() => replay('--yes'))
    expect(out).toMatch(
      /^0-0 .*failed SCHEMA_UNKNOWN.*\n0-1 .*failed COMPONENT_UNKNOWN: the configuration has no sink gone/,
    )
  })
})
