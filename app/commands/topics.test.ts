import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OpenTopics } from '../open-topics.ts'
import { sampleCatalogs } from '../config/sample-catalogs.ts'
import { SampleProcess } from './sample-process.ts'

type Plan = Awaited<ReturnType<OpenTopics['plan']>>[number]

const wanted: Plan = {
  topic: 'acme.state',
  state: 'as-wanted',
  differences: [],
  sentence: 'is as wanted: 12 partitions',
}
const missing: Plan = {
  topic: 'acme.events',
  state: 'missing',
  differences: [],
  sentence: 'to be created with 12 partitions',
}
const differs: Plan = {
  topic: 'acme.findings',
  state: 'differs',
  differences: [
    { what: 'retention.ms', wanted: '2', found: '1', remedy: 'apply', sentence: 'has retention.ms=1 and not 2' },
    { what: 'replication', wanted: '3', found: '1', remedy: 'hand', sentence: 'has replication 1 and not 3' },
  ],
  sentence: 'has retention.ms=1 and not 2; has replication 1 and not 3',
}

let sample: SampleProcess
let closed = 0
beforeEach(() => (sample = new SampleProcess(sampleCatalogs)))
afterEach(() => sample[Symbol.dispose]())

/** Topics that are first as `before`, and as `after` once apply was called. */
function cluster(before: readonly Plan[], after: readonly Plan[] = before): void {
  let now = before
  sample.openTopics = async () => ({
    plan: async () => now,
    apply: async () => {
      now = after
      return before
    },
    [Symbol.asyncDispose]: async () => void (closed += 1),
  })
}

function config(stream = 'type: kafka, brokers: ["a:1"]'): string {
  return sample.file('posture.yaml', `tenant: acme\nstream: { ${stream} }\nenrichment: { directory: ./e }\n`)
}

describe('topics', () => {
  test('plan shows every topic, and that something differs is no failure', async () => {
    cluster([wanted, missing, differs])
    closed = 0
    const { code, out } = await sample.run('topics', 'plan', '-c', config())
    expect(code).toBe(0)
    expect(out.split('\n')).toEqual([
      'ok       acme.state     is as wanted: 12 partitions',
      'missing  acme.events    to be created with 12 partitions',
      'differs  acme.findings  has retention.ms=1 and not 2; has replication 1 and not 3',
    ])
    expect(closed).toBe(1)
  })

  test('check fails when something differs', async () => {
    cluster([wanted, missing])
    expect((await sample.run('topics', 'check', '-c', config())).code).toBe(1)
    cluster([wanted])
    expect((await sample.run('topics', 'check', '-c', config())).code).toBe(0)
  })

  test('apply says what it did, and fails while something is left for a person', async () => {
    const made: Plan = { ...wanted, topic: 'acme.events' }
    const left: Plan = { ...differs, differences: [differs.differences[1]!], sentence: 'has replication 1 and not 3' }
    cluster([wanted, missing, differs], [wanted, made, left])
    const { code, out } = await sample.run('topics', 'apply', '-c', config())
    expect(code).toBe(1)
    expect(out.split('\n')).toEqual([
      'ok       acme.state     is as wanted: 12 partitions',
      'ok       acme.events    created; is as wanted: 12 partitions',
      'differs  acme.findings  changed retention.ms; has replication 1 and not 3',
    ])
    cluster([missing], [made])
    expect((await sample.run('topics', 'apply', '-c', config())).code).toBe(0)
  })

  test('is read by a program as one object per line', async () => {
    cluster([wanted, differs])
    const { out } = await sample.run('topics', 'check', '--json', '-c', config())
    expect(out.split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([wanted, differs])
  })

  test('is not for an embedded stream, which makes its own', async () => {
    const { code, err } = await sample.run('topics', 'plan', '-c', config('type: embedded, directory: ./data'))
    expect(code).toBe(2)
    expect(err).toContain('an embedded stream makes its topics by itself')
  })

  test('are part of what check looks at', async () => {
    cluster([wanted, missing, differs])
    const { code, out } = await sample.run('check', '-c', config())
    expect(code).toBe(1)
    expect(out.split('\n').slice(0, 2)).toEqual([
      'failed  stream      acme.events is missing, acme.findings differs; see: posture-stream topics plan',
      'ok      enrichment  local store',
    ])
  })
})
