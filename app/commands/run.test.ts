import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sinkSettings } from '../../sinks/settings.ts'
import { local } from '../../sinks/local/local.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import { sampleCatalogs } from '../config/sample-catalogs.ts'
import type { Pipeline, PipelineOptions, Summary } from '../pipeline-contract.ts'
import { SampleProcess } from './sample-process.ts'

const summary: Summary = { in: 12, changed: 3, open: 5, resolved: 1, muted: 2, gone: 0, deadLetters: 1 }
const forEver = <T>(): Promise<T> => new Promise(() => {})

let sample: SampleProcess
let options: PipelineOptions | undefined
let deadline: number | undefined
let config: string
beforeEach(() => {
  sample = new SampleProcess({ ...sampleCatalogs, sinks: [local, ...sampleCatalogs.sinks], everySink: sinkSettings })
  config = sample.file(
    'posture.yaml',
    'tenant: acme\nstream: { type: embedded, directory: ./data }\nsinks: { store: { type: local, path: ./findings.db } }\n',
  )
})
afterEach(() => sample[Symbol.dispose]())

function pipeline(parts: Partial<Pipeline>): void {
  sample.startPipeline = async (_config, given) => {
    options = given
    return {
      idle: () => Promise.resolve(),
      summary: () => summary,
      stop: async (deadlineMs) => {
        deadline = deadlineMs
        return { cutOff: [] }
      },
      failed: forEver<never>(),
      ...parts,
    }
  }
}

describe('run --until-idle', () => {
  test('ends when the pipeline is idle, with the ranked findings and the numbers', async () => {
    const store = await local.create(
      { path: join(sample.directory, 'findings.db') },
      {
        name: 'store',
        tenant: 'acme',
        clock: Date.now,
        metrics: { count() {}, gauge() {}, observe() {} },
        log: console,
      },
    )
    const ranked = [
      sampleFinding('v1:aaaaaaaa11', 1, { priority: 'P3', score: 37, title: 'Bucket without a policy' }),
      sampleFinding('v1:bbbbbbbb22', 1, { priority: 'P2', score: 74, title: 'Root user without MFA' }),
    ]
    await store.deliver(ranked, new AbortController().signal)
    await store.close?.()
    pipeline({})
    const { code, out } = await sample.run('run', '--config', config, '--until-idle')
    expect(code).toBe(0)
    expect(out).toBe(`KEY       PRIORITY  SCORE  SEVERITY  FINDING
bbbbbbbb  P2           74  High      Root user without MFA
          The bucket allows public read
          arn:aws:s3:::example-bucket in account 111122223333, eu-west-1
aaaaaaaa  P3           37  High      Bucket without a policy
          The bucket allows public read
          arn:aws:s3:::example-bucket in account 111122223333, eu-west-1

All: posture-stream findings list --config posture.yaml

This run  12 findings read, 3 changed, 1 dead letter
Now       5 open, 2 muted, 1 resolved, 0 gone
Why the dead letters: posture-stream dead-letters list --config posture.yaml`)
  })

  test('makes the numbers one JSON object and nothing else with --summary json', async () => {
    pipeline({})
    const { out } = await sample.run('run', '-c', config, '--until-idle', '--summary', 'json')
    expect(out).toBe('{"in":12,"changed":3,"open":5,"resolved":1,"muted":2,"gone":0,"deadLetters":1}')
  })

  test('shows only the numbers where no finding has been kept yet', async () => {
    pipeline({})
    const { code, out, err } = await sample.run('run', '-c', config, '--until-idle')
    expect([code, err]).toEqual([0, ''])
    expect(out.split('\n')[0]).toMatch(/^This run/)
  })

  test('has failed when it is stopped before it is done', async () => {
    pipeline({ idle: forEver<void> })
    const ran = sample.run('run', '-c', config, '--until-idle')
    setTimeout(() => sample.interrupt.abort(new Error('stopped')), 20)
    expect((await ran).code).toBe(1)
  })

  test('has failed when a collector has', async () => {
    pipeline({ idle: () => Promise.reject(new Error('the report is gone')) })
    const { code, err, out } = await sample.run('run', '-c', config, '--until-idle')
    expect(code).toBe(1)
    expect(err).toContain('the report is gone')
    expect(out).toContain('12 findings read')
  })
})

describe('run', () => {
  test('goes on until it is asked to stop, then stops within its deadline and is done', async () => {
    pipeline({ idle: forEver<void> })
    const ran = sample.run('run', '-c', config, '--deadline', '7')
    setTimeout(() => sample.interrupt.abort(new Error('stopped')), 20)
    expect((await ran).code).toBe(0)
    expect(deadline).toBe(7000)
  })

  test('may be stopped while it is still starting', async () => {
    sample.startPipeline = (_config, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    const ran = sample.run('run', '-c', config)
    setTimeout(() => sample.interrupt.abort(new Error('stopped')), 20)
    expect((await ran).code).toBe(0)
  })

  test('ends with 3 and says what was cut off', async () => {
    pipeline({ stop: async () => ({ cutOff: ['sink archive'] }) })
    sample.interrupt.abort(new Error('stopped'))
    const { code, err } = await sample.run('run', '-c', config)
    expect(code).toBe(3)
    expect(err).toContain('sink archive')
  })

  test('stops and ends with 1 when a stage cannot go on', async () => {
    pipeline({ failed: Promise.reject(new Error('the state is damaged')) })
    const { code, err } = await sample.run('run', '-c', config)
    expect(code).toBe(1)
    expect(err).toContain('the state is damaged')
  })

  test('runs only the stages that are asked for', async () => {
    pipeline({})
    sample.interrupt.abort(new Error('stopped'))
    await sample.run('run', '-c', config, '--only', 'sinks, enrichment')
    expect([...options!.only]).toEqual(['sinks', 'enrichment'])
    await sample.run('run', '-c', config)
    expect([...options!.only]).toEqual(['collectors', 'enrichment', 'sinks'])
  })

  test.each([
    [['run', '--only', 'sink'], 'did you mean "sinks"?'],
    [['run', '--deadline', '0'], 'Write a whole number from 1.'],
    [['run', '--summary', 'xml'], 'Allowed choices are text, json.'],
    [['run', '--untill-idle'], 'Did you mean --until-idle?'],
    [['rum'], 'Did you mean run?'],
    [['run', 'extra'], 'too many arguments'],
  ])('refuses %j with how to mend it', async (args, message) => {
    const { code, err } = await sample.run(...args, '--config', config)
    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(err).toContain('--help')
  })

  test('tells every mistake of the configuration and starts nothing', async () => {
    const broken = sample.file('broken.yaml', 'tenant: acme\nstraem: {}\nsinks: { a: { type: flie } }\n')
    const { code, err } = await sample.run('run', '-c', broken)
    expect(code).toBe(2)
    expect(err.split('\n')).toEqual([
      '2 mistakes in broken.yaml',
      'broken.yaml:2:1  straem  unknown key; did you mean "stream"?',
      'broken.yaml:3:21  sinks.a.type  no such sink; did you mean "file"?',
    ])
  })
})
