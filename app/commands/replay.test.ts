import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findingHeaders } from '../../schemas/records.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import type { PostureFinding, Sink, SinkDefinition } from '../../sinks/sink.ts'
import { EmbeddedStream } from '../../stream/embedded/embedded-stream.ts'
import { topics } from '../../stream/topics.ts'
import { catalogs } from '../catalog.ts'
import { SampleProcess } from './sample-process.ts'

const PARTITIONS = 2
const FINDINGS = topics.findings.name

let sample: SampleProcess
let config: string
beforeEach(() => {
  sample = new SampleProcess({ ...catalogs, sinks: [...catalogs.sinks, stuck(() => sample.interrupt.abort())] })
  config = sample.file(
    'posture.yaml',
    `tenant: acme
stream: { type: embedded, directory: ./data, partitions: ${PARTITIONS} }
sinks:
  archive: { type: file, directory: ./out }
  local: { type: local, path: ./findings.db }
  stuck: { type: stuck, delivery: { batch: 1 } }
`,
  )
})
afterEach(() => sample[Symbol.dispose]())

/** A sink that takes one finding; when it is given the next, the process is asked to end. */
function stuck(interrupt: () => void): SinkDefinition {
  let taken = 0
  const sink: Sink = {
    check: async () => {},
    deliver: async (findings, signal) => {
      if (taken++ === 0) return findings.map(() => ({ status: 'delivered' }))
      interrupt()
      if (!signal.aborted) await once(signal, 'abort')
      throw signal.reason
    },
  }
  return {
    name: 'stuck',
    summary: 'Gets stuck',
    takes: 'every-revision',
    configSchema: Type.Object({}),
    create: () => sink,
  }
}

async function withStream<T>(work: (stream: EmbeddedStream) => Promise<T>): Promise<T> {
  const directory = join(sample.directory, 'data')
  const stream = await EmbeddedStream.open({ directory, topics: Object.values(topics), partitions: PARTITIONS })
  try {
    return await work(stream)
  } finally {
    await stream.close()
  }
}

function find(...findings: readonly PostureFinding[]): Promise<void> {
  const records = findings.map((finding, at) => ({
    key: finding.key,
    value: finding.bytes,
    headers: findingHeaders(finding, 0),
    partition: at % PARTITIONS,
  }))
  return withStream((stream) => stream.publish(FINDINGS, records))
}

const replay = (...args: string[]) => sample.run('replay', '-c', config, ...args)

function written(): string[] {
  const directory = join(sample.directory, 'out')
  const names = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.ndjson')) : []
  const lines = names.flatMap((name) => readFileSync(join(directory, name), 'utf8').trim().split('\n'))
  return lines
    .map((line) => JSON.parse(line) as { finding_info: { uid: string }; metadata: { sequence: number } })
    .map(({ finding_info: { uid }, metadata: { sequence } }) => `${uid}@${sequence}`)
    .toSorted()
}

describe('replay', () => {
  test('gives a sink everything that is kept, says how much, and leaves no group behind', async () => {
    await find(sampleFinding('a'), sampleFinding('b'), sampleFinding('a', 2), sampleFinding('b', 2))
    const { code, out, err } = await replay('--sink', 'archive', '--from', 'earliest')
    expect({ code, out }).toEqual({ code: 0, out: '4 of 4 findings given to archive' })
    expect(err).toContain('4 findings to be given to archive.')
    expect(written()).toEqual(['a@1', 'a@2', 'b@1', 'b@2'])
    const local = await replay('--sink', 'local', '--from', 'earliest', '--json')
    expect(JSON.parse(local.out)).toEqual({ sink: 'local', findings: 2, given: 2, rejected: 0, complete: true })
    const positions = await withStream((stream) => stream.positions(FINDINGS, 'sink.archive'))
    expect(positions).toEqual(new Map())
  })

  test('counts only, with --dry-run, also while a pipeline runs; else it has to be stopped', async () => {
    await find(sampleFinding('a'), sampleFinding('b', 1, { priority: 'P1' }))
    await withStream(async () => {
      const dry = await replay('--sink', 'archive', '--since', '1h', '--filter', 'priority=P1', '--dry-run')
      expect(dry).toMatchObject({ code: 0, out: '1 finding would be given to archive; nothing was done' })
      const refused = await replay('--sink', 'archive', '--from', 'earliest')
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('stop it while') as string })
    })
    expect(written()).toEqual([])
  })

  test('gives what was published since a time, which may be nothing', async () => {
    await find(sampleFinding('a'))
    expect(await replay('--sink', 'archive', '--since', '1h')).toMatchObject({
      code: 0,
      out: '1 of 1 finding given to archive',
    })
    expect(await replay('--sink', 'archive', '--since', '2099-01-01')).toMatchObject({
      code: 0,
      out: '0 of 0 findings given to archive',
    })
  })

  test('that is interrupted says how far it came, and done again begins anew', async () => {
    await find(sampleFinding('a'), sampleFinding('b'), sampleFinding('c'))
    const { code, out, err } = await replay('--sink', 'stuck', '--from', 'earliest')
    expect({ code, out }).toEqual({ code: 1, out: '1 of 3 findings given to stuck' })
    expect(err).toContain('Interrupted. Done again, it begins anew')
    const dry = await replay('--sink', 'stuck', '--from', 'earliest', '--dry-run')
    expect(dry).toMatchObject({ code: 1, err: expect.stringContaining('before anything was given') as string })
  })

  test('asks for a sink that there is, and from where', async () => {
    expect((await replay('--sink', 'archive')).err).toContain('say from where')
    expect((await replay('--sink', 'archive', '--from', 'earliest', '--since', '2h')).code).toBe(2)
    expect((await replay('--sink', 'archiv', '--from', 'earliest')).err).toContain('did you mean "archive"?')
    expect((await replay('--sink', 'archive', '--since', 'soon')).code).toBe(2)
    expect((await replay('--sink', 'archive', '--from', 'earliest')).err).toContain('There is no stream')
  })
})
