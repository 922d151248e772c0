import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import { deadLetterRecords } from '../../schemas/dead-letters.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import type { OutgoingRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { sampleCatalogs } from '../config/sample-catalogs.ts'
import { sampleReport } from '../status/sample-observation.ts'
import type { Status } from '../status/status-shape.ts'
import { SampleProcess } from './sample-process.ts'

const HEADERS = { schema: 'process-report/1', tenant: 'acme', 'content-type': 'application/json' }

let sample: SampleProcess
let stream: EmbeddedStream | undefined
let config: string
beforeEach(() => {
  sample = new SampleProcess(sampleCatalogs)
  config = sample.file(
    'posture.yaml',
    `tenant: acme
stream: { type: embedded, directory: ./data, partitions: 3 }
collectors: { nightly: { type: scanner-report, paths: [./reports], expectEvery: 1h } }
sinks: { archive: { type: file, directory: ./out } }
`,
  )
})
afterEach(async () => {
  await stream?.close()
  stream = undefined
  sample[Symbol.dispose]()
})

/** The stream as a process that runs on it has it: with its run lock. */
async function running(): Promise<EmbeddedStream> {
  const directory = join(sample.directory, 'data')
  return (stream ??= await EmbeddedStream.open({ directory, topics: Object.values(topics), partitions: 3 }))
}

async function publish(topic: keyof typeof topics, ...records: readonly OutgoingRecord[]): Promise<void> {
  await (await running()).publish(topics[topic].name, records)
}

function reported(changed: Parameters<typeof sampleReport>[0] = {}): OutgoingRecord {
  const { report } = sampleReport(changed)
  return { key: report.process, value: new SchemaRegistry().encode('process-report', report), headers: HEADERS }
}

function record(key: string, partition = 0): OutgoingRecord {
  return { key, value: Buffer.from('{}'), partition }
}

async function looked(...args: readonly string[]): Promise<Status> {
  return JSON.parse((await sample.run('status', '--json', '-c', config, ...args)).out) as Status
}

describe('status', () => {
  test('says what to run where nothing was run yet, and makes nothing', async () => {
    const { code, out, err } = await sample.run('status', '-c', config)
    expect([code, err]).toEqual([0, ''])
    expect(out.split('\n')[0]).toMatch(/^Nothing was run yet; begin with: posture-stream run --config .*posture\.yaml$/)
    expect((await sample.run('status', '-c', config, '--fail-on-trouble')).code).toBe(1)
    expect((await sample.run('status', '-c', config)).out).toContain('Nothing was run yet')
  })

  test('reads beside the process that runs on the stream: how far each group is, and how old what waits for it is', async () => {
    await publish('events', record('a'), record('b'))
    await publish('findings', record('a', 0), record('b', 1), record('c', 1))
    const consumption = await (
      await running()
    ).consume({ topic: topics.findings.name, group: 'sink.archive' }, () => {
      return Promise.resolve()
    })
    await vi.waitFor(async () => expect(await stream!.lag(topics.findings.name, 'sink.archive')).toBe(0))
    await consumption.stop()
    await publish('findings', record('d', 2))
    const { enrichment, sinks, everywhere, verdict, troubles } = await looked()
    expect(enrichment).toMatchObject({ lagRecords: 2, neverRead: true, partitions: 3, oldest: { from: 'stream' } })
    expect(sinks[0]).toMatchObject({ name: 'archive', type: 'file', lagRecords: 1, neverRead: false })
    expect(sinks[0]!.oldest!.seconds).toBeLessThan(30)
    expect(everywhere).toEqual({
      topic: 'posture.findings',
      missing: 1,
      partitions: [
        { partition: 0, offset: 1, end: 1, behind: [] },
        { partition: 1, offset: 2, end: 2, behind: [] },
        { partition: 2, offset: 0, end: 1, behind: ['archive'] },
      ],
    })
    expect(verdict.sentence).toMatch(/^2 things need someone: nobody runs (enrichment|sink archive); nobody runs/)
    expect(troubles[0]!.next).toMatch(/^posture-stream run --config /)
  })

  test('shows what the processes say, and no longer what one said that has ended by itself', async () => {
    await publish('status', reported(), reported({ process: 'two', pid: 18, version: '0.2.0' }))
    const { processes, notes } = await looked()
    expect(processes.map(({ process, stale }) => [process, stale])).toEqual([
      ['one', false],
      ['two', false],
    ])
    expect(notes.map(({ code }) => code)).toContain('VERSIONS_DIFFER')
    await publish('status', { key: 'two', value: null })
    expect((await looked()).processes.map(({ process }) => process)).toEqual(['one'])
  })

  test('goes on where a report cannot be read, or is of a newer version', async () => {
    const newer = { ...reported(), key: 'newer', headers: { ...HEADERS, schema: 'process-report/2' } }
    const garbage = { key: 'garbage', value: Buffer.from('{"pid":'), headers: HEADERS }
    await publish('status', reported(), garbage, { ...garbage, key: 'empty', value: Buffer.from('{}') }, newer)
    const { processes, notes } = await looked()
    expect(processes).toHaveLength(1)
    expect(notes.filter(({ code }) => code === 'REPORT_UNREADABLE').map(({ text }) => text)).toEqual([
      expect.stringContaining('process garbage says cannot be read: not JSON'),
      expect.stringContaining('process empty says cannot be read: not a process-report'),
      expect.stringContaining('process newer says cannot be read: the record is process-report/2'),
    ])
  })

  test('shows the checkpoints and the dead letters', async () => {
    const anHourAgo = Date.now() - 2 * 3_600_000
    const checkpoint = { collector: 'nightly', kind: 'scanner-report', savedAt: anHourAgo, succeededAt: anHourAgo }
    await publish('checkpoints', { key: 'acme/nightly', value: Buffer.from(JSON.stringify(checkpoint)) })
    const error = new PermanentError('JSON_INVALID', 'not JSON')
    const reason = { stage: 'collectors', component: 'nightly', error, origin: 'a#1', time: Date.now() } as const
    await publish('deadLetters', ...deadLetterRecords({ key: 'a', value: Buffer.from('x'), headers: {} }, reason))
    const { collectors, deadLetters, troubles } = await looked()
    expect(collectors[0]).toMatchObject({ checkpoint: 'readable', silent: true, expectEvery: '1h', deadLetters: 1 })
    expect(deadLetters).toMatchObject({ waiting: 1, byReason: [{ code: 'JSON_INVALID', waiting: 1 }] })
    expect(troubles.map(({ code }) => code).toSorted()).toEqual(['DEAD_LETTERS', 'SOURCE_SILENT'])
  })

  test('ends with 1 where all is not well only if that is asked for, and with 1 where the stream cannot be read', async () => {
    await publish('events', record('a'))
    expect((await sample.run('status', '-c', config)).code).toBe(0)
    expect((await sample.run('status', '-c', config, '--fail-on-trouble')).code).toBe(1)
    await stream!.close()
    stream = undefined
    sample.file('data/stream.db', 'this is no database, whatever its name says')
    const { code, out, err } = await sample.run('status', '-c', config)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('stream.db')
  })

  test.each([
    ['--watch=0', 'whole number from 1'],
    ['--watch=soon', 'whole number from 1'],
    ['--watch=2 --fail-on-trouble', 'cannot be used with'],
  ])('refuses %s', async (words, why) => {
    const { code, err } = await sample.run('status', '-c', config, ...words.split(' '))
    expect(code).toBe(2)
    expect(err).toContain(why)
  })
})

describe('status --watch', () => {
  /** Runs until so much was written, then is interrupted; what was written meanwhile. */
  async function watched(enough: (out: string) => boolean, ...args: readonly string[]): Promise<string> {
    const ran = sample.run('status', '-c', config, '--watch', '1', ...args)
    await vi.waitFor(() => expect(enough(sample.out.join('\n'))).toBe(true), { timeout: 8000, interval: 50 })
    sample.interrupt.abort(new Error('stopped by SIGINT'))
    const { code, out } = await ran
    expect(code).toBe(0)
    return out
  }

  test('prints one object per line, with what has come meanwhile', async () => {
    await publish('status', reported())
    let more: Promise<void> | undefined
    const out = await watched((text) => {
      if (text !== '') more ??= publish('events', record('a'))
      return text.includes('"lagRecords":1')
    }, '--json')
    await more
    const lags = out.split('\n').map((line) => (JSON.parse(line) as Status).enrichment!.lagRecords)
    expect([lags[0], lags.at(-1)]).toEqual([0, 1])
  })

  test('puts one page below the other where the output is no terminal, each under its time', async () => {
    await publish('status', reported())
    const out = await watched((text) => text.split('--- 20').length > 2)
    expect(out).toMatch(
      /^--- 20\d\d-\d\d-\d\dT[\d:.]+Z\n1 thing needs someone|^--- 20\d\d-\d\d-\d\dT[\d:.]+Z\nAll is well/,
    )
  })

  test('draws on a screen of its own on a terminal, and leaves the last page behind', async () => {
    sample.rows = 12
    await publish('status', reported())
    const out = await watched(() => sample.raw.length > 2)
    const drawn = sample.raw.map((bytes) => Buffer.from(bytes).toString())
    expect(drawn[0]).toMatch(/^\u001b\[\?1049h.*\u001b\[H/)
    expect(drawn[1]).toMatch(/^\u001b\[H/)
    expect(drawn.at(-1)).toContain('\u001b[?1049l')
    expect(drawn.slice(0, -1).every((text) => text.split('\n').length <= 12)).toBe(true)
    expect(out).toContain('PROCESS')
  })

  test('waits for a stream that does not exist yet', async () => {
    let made: Promise<unknown> | undefined
    const out = await watched((text) => {
      if (text.includes('never-run')) made ??= publish('events', record('a'))
      return text.includes('"lagRecords":1')
    }, '--json')
    await made
    expect(out.split('\n').map((line) => (JSON.parse(line) as Status).verdict.state)).toEqual(
      expect.arrayContaining(['never-run', 'trouble']),
    )
  })

  test('ends when nobody reads what it prints', async () => {
    await publish('status', reported())
    const ran = sample.run('status', '-c', config, '--watch', '1', '--json')
    await vi.waitFor(() => expect(sample.out.join('\n')).not.toBe(''))
    sample.gone.abort(new Error('EPIPE'))
    expect((await ran).code).toBe(0)
  })

  test('fails at once where the stream cannot be read', async () => {
    await publish('events', record('a'))
    await stream!.close()
    stream = undefined
    sample.file('data/stream.db', 'this is no database, whatever its name says')
    expect((await sample.run('status', '-c', config, '--watch')).code).toBe(1)
  })
})
