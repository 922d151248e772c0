import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { local } from '../../sinks/local/local.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import { sampleCatalogs } from '../config/sample-catalogs.ts'
import { SampleProcess } from './sample-process.ts'

const HEAD = 'tenant: acme\nstream: { type: embedded, directory: ./data }\n'

let sample: SampleProcess
let config: string
beforeEach(async () => {
  sample = new SampleProcess({ ...sampleCatalogs, sinks: [local, ...sampleCatalogs.sinks] })
  config = sample.file('posture.yaml', `${HEAD}sinks: { store: { type: local, path: ./findings.db } }\n`)
  const store = await local.create(
    { path: join(sample.directory, 'findings.db') },
    { name: 'store', tenant: 'acme', clock: Date.now, metrics: { count() {}, gauge() {}, observe() {} }, log: console },
  )
  const findings = [
    sampleFinding('v1:aaaa1111', 1, {
      priority: 'P1',
      score: 90,
      title: 'Public bucket',
      account: '1',
      control: 'S3.2',
    }),
    sampleFinding('v1:aaaa2222', 2, { priority: 'P2', score: 60, title: 'Old key', account: '2', control: 'IAM.3' }),
    sampleFinding('v1:bbbb3333', 3, { priority: 'P2', state: 'muted', title: 'Muted one', resource: 'arn:aws:ec2:x' }),
  ]
  await store.deliver(findings, new AbortController().signal)
  await store.close?.()
})
afterEach(() => sample[Symbol.dispose]())

const titles = (out: string): string[] =>
  ['Public bucket', 'Old key', 'Muted one'].filter((title) => out.includes(title))

describe('findings list', () => {
  test.each<[string[], string[]]>([
    [[], ['Public bucket', 'Old key']],
    [
      ['--state', 'all'],
      ['Public bucket', 'Old key', 'Muted one'],
    ],
    [['--state', 'muted,gone'], ['Muted one']],
    [['--priority', 'P2'], ['Old key']],
    [['--account', '1'], ['Public bucket']],
    [['--control', 'IAM.3'], ['Old key']],
    [['--resource', 'EC2', '--state', 'all'], ['Muted one']],
    [['--limit', '1'], ['Public bucket']],
  ])('%j', async (args, expected) => {
    const { code, out } = await sample.run('findings', 'list', '-c', config, ...args)
    expect(code).toBe(0)
    expect(titles(out)).toEqual(expected)
  })

  test('says how many the limit left out, apart from the results', async () => {
    const { err } = await sample.run('findings', 'list', '-c', config, '--limit', '1')
    expect(err).toBe('1 of 2 findings; --limit 0 shows all.')
  })

  test('gives one JSON object per line with --json', async () => {
    const { out } = await sample.run('findings', 'list', '-c', config, '--json')
    const rows = out.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(rows.map(({ key, revision, state, priority }) => [key, revision, state, priority])).toEqual([
      ['v1:aaaa1111', 1, 'open', 'P1'],
      ['v1:aaaa2222', 2, 'open', 'P2'],
    ])
    expect(rows[0]!['event']).toMatchObject({ finding_info: { title: 'Public bucket' } })
  })

  test('says so where nothing matches', async () => {
    const { code, out, err } = await sample.run('findings', 'list', '-c', config, '--account', 'none')
    expect([code, out, err]).toEqual([0, '', 'No finding matches.'])
  })

  test('needs one local sink, and --sink where there are several', async () => {
    const none = sample.file('none.yaml', HEAD)
    expect(await sample.run('findings', 'list', '-c', none)).toMatchObject({
      code: 2,
      err: expect.stringContaining('add one: local: { type: local, path: ./data/findings.db }') as string,
    })
    const two = sample.file(
      'two.yaml',
      `${HEAD}sinks: { store: { type: local, path: ./findings.db }, other: { type: local, path: ./other.db } }\n`,
    )
    expect(await sample.run('findings', 'list', '-c', two)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--sink store, other') as string,
    })
    expect((await sample.run('findings', 'list', '-c', two, '--sink', 'store')).code).toBe(0)
    expect(await sample.run('findings', 'list', '-c', two, '--sink', 'other')).toMatchObject({
      code: 1,
      err: expect.stringContaining('holds no findings yet') as string,
    })
    expect((await sample.run('findings', 'list', '-c', two, '--sink', 'third')).code).toBe(2)
  })
})

describe('findings show', () => {
  test('shows the finding whose key begins so, with or without the version of the key', async () => {
    for (const key of ['aaaa1', 'v1:aaaa1', 'v1:aaaa1111']) {
      const { code, out } = await sample.run('findings', 'show', key, '-c', config)
      expect(code).toBe(0)
      expect(out).toContain('Public bucket')
      expect(out).toContain('arn:aws:s3:::example-bucket')
    }
  })

  test('asks for more of the key where several begin so, and says so where none does', async () => {
    expect(await sample.run('findings', 'show', 'aaaa', '-c', config)).toMatchObject({
      code: 2,
      err: expect.stringContaining('write more of it') as string,
    })
    expect(await sample.run('findings', 'show', 'cccc', '-c', config)).toMatchObject({
      code: 1,
      err: expect.stringContaining('findings list --state all') as string,
    })
  })

  test('gives the whole event with --json', async () => {
    const { out } = await sample.run('findings', 'show', 'bbbb', '-c', config, '--json')
    expect(JSON.parse(out)).toMatchObject({ key: 'v1:bbbb3333', state: 'muted', event: { class_uid: 2003 } })
  })
})
