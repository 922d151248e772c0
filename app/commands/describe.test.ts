import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from 'typebox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { catalogs } from '../catalog.ts'
import type { Catalogs } from '../config/catalogs.ts'
import { loadConfig } from '../config/load-config.ts'
import { sampleCatalogs } from '../config/sample-catalogs.ts'
import { describeCollector, describeSink, type Described } from '../format/described.ts'
import { referencePage } from '../reference/reference-page.ts'
import { SampleProcess } from './sample-process.ts'

const ACCESS = '\nGive this role:\n\n```json\n{ "allow": ["write"] }\n```\n'
const withAccess: Catalogs = {
  ...sampleCatalogs,
  sinks: sampleCatalogs.sinks.map((sink) => (sink.name === 'webhook' ? { ...sink, access: ACCESS } : sink)),
}

let sample: SampleProcess
beforeEach(() => (sample = new SampleProcess(withAccess)))
afterEach(() => sample[Symbol.dispose]())

describe('the command without a name', () => {
  test('lists every collector and sink with its summary, and needs no configuration', async () => {
    expect(await sample.run('describe')).toEqual({
      code: 0,
      out: [
        'Collectors',
        '  scanner-report  Reads reports',
        '',
        'Sinks',
        '  file            Writes files',
        '  webhook         Calls a URL',
      ].join('\n'),
      err: '',
    })
  })

  test('is read by a program as one object per line', async () => {
    const { out } = await sample.run('describe', '--json')
    expect(out.split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
      { stage: 'collector', name: 'scanner-report', summary: 'Reads reports' },
      { stage: 'sink', name: 'file', summary: 'Writes files' },
      { stage: 'sink', name: 'webhook', summary: 'Calls a URL' },
    ])
  })
})

describe('the command with a name', () => {
  test('prints the settings, an example and the access of a sink, and what every sink takes', async () => {
    const { code, out, err } = await sample.run('describe', 'webhook')
    expect([code, err]).toEqual([0, ''])
    expect(out.split('\n')).toEqual([
      'webhook (sink)',
      'Calls a URL.',
      'It takes every revision of every finding, in their order.',
      '',
      'Settings',
      '  url  text, required',
      '  token  secret text, required',
      '  port  whole number',
      '  to  text or list of text',
      '  tls  section',
      '  tls.caFile  path, required',
      '  tls.verify  true or false, default true',
      '',
      'Settings that every sink takes',
      '  delivery  section',
      '  delivery.batch  whole number, at most 10000, default 500',
      '',
      'Example',
      '  sinks:',
      '    webhook:',
      '      type: webhook',
      '      url: url',
      '      token: ${WEBHOOK_TOKEN}',
      '',
      'Access',
      'Give this role:',
      '',
      '```json',
      '{ "allow": ["write"] }',
      '```',
    ])
  })

  test('breaks descriptions to the width of the terminal', async () => {
    sample.columns = 60
    const { out } = await sample.run('describe', 'file')
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(60)
    expect(out).toContain('  maxAge  text, default 1d\n      How old a file gets: 90s, 1d\n')
  })

  test('puts what a setting is below its name where the line is too short for both', async () => {
    const words = ['resolved', 'suppressed', 'notified', 'in-progress', 'new', 'deleted']
    const schema = Type.Object({ only: Type.Array(Type.Enum(words), { description: 'What is sent' }) })
    using narrow = new SampleProcess({
      ...sampleCatalogs,
      sinks: sampleCatalogs.sinks.map((each) => ({ ...each, configSchema: schema })),
    })
    narrow.columns = 60
    const { out } = await narrow.run('describe', 'file')
    expect(out).toContain(
      '  only\n      list of resolved, suppressed, notified, in-progress,\n      new or deleted, required\n      What is sent\n',
    )
  })

  test('says nothing about other sinks for a collector', async () => {
    const { out } = await sample.run('describe', 'scanner-report')
    expect(out).toContain('scanner-report (collector)\nReads reports.\n\nSettings\n  paths  list of path')
    expect(out).toContain('  collectors:\n    scanner-report:\n      type: scanner-report\n      paths:\n')
    expect(out).not.toContain('every sink')
  })

  test('gives a program everything, the schema included', async () => {
    const { out } = await sample.run('describe', 'webhook', '--json')
    const described = JSON.parse(out) as Described & { everySink: unknown[] }
    expect(described).toMatchObject({ stage: 'sink', name: 'webhook', takes: 'every-revision', access: ACCESS.trim() })
    expect(described.settings).toContainEqual({
      path: 'token',
      type: 'secret text',
      required: true,
      secret: true,
      description: '',
    })
    expect(described.everySink).toHaveLength(2)
    const collector = JSON.parse((await sample.run('describe', 'scanner-report', '--json')).out) as {
      everyCollector: { path: string }[]
    }
    expect(collector.everyCollector.map(({ path }) => path)).toEqual(['schedule', 'expectEvery'])
    expect(described.schema).toMatchObject({ type: 'object', required: ['url', 'token'] })
  })

  test('says what the code of an error means, wherever it is raised', async () => {
    const { out, code } = await sample.run('describe', 'STREAM_LOCKED')
    expect(code).toBe(0)
    expect(out).toMatch(/^The embedded stream: another process runs stages on this directory;/)
    const told = await sample.run('describe', 'STREAM_LOCKED', '--json')
    expect(JSON.parse(told.out)).toMatchObject({ code: 'STREAM_LOCKED', raisedBy: 'The embedded stream' })
    expect((await sample.run('describe', 'STREAM_LOKED')).err).toContain('did you mean "STREAM_LOCKED"?')
  })

  test('describes a collector and a sink that share a name', async () => {
    using both = new SampleProcess({
      ...sampleCatalogs,
      collectors: sampleCatalogs.collectors.map((each) => ({ ...each, name: 'webhook' })),
    })
    const { out } = await both.run('describe', 'webhook')
    expect(out).toContain('webhook (collector)')
    expect(out).toContain('\n\nwebhook (sink)')
  })

  test.each([
    ['webhok', 'no collector, sink or error is called webhok; did you mean "webhook"?'],
    ['zzz', 'no collector, sink or error is called zzz; write one of: scanner-report, file, webhook'],
  ])('that is unknown (%s) suggests what may be meant', async (name, message) => {
    const { code, out, err } = await sample.run('describe', name)
    expect([code, out]).toEqual([2, ''])
    expect(err).toBe(`posture-stream: ${message}`)
  })
})

describe('what the components of this version say', () => {
  const components = [...catalogs.collectors.map(describeCollector), ...catalogs.sinks.map(describeSink)]
  let directory: string
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'describe-'))))
  afterEach(() => rmSync(directory, { recursive: true }))

  test.each(components)('$name ($stage): the example is a configuration without mistakes', ({ name, example }) => {
    const path = join(directory, 'posture.yaml')
    writeFileSync(path, `tenant: acme\nstream: { type: embedded, directory: ./data }\n${example}\n`)
    const variables = [...example.matchAll(/\$\{(\w+)\}/g)].map(([, variable]) => [variable!, 'a-secret-of-the-test'])
    const { collectors, sinks } = loadConfig(path, catalogs, Object.fromEntries(variables) as Record<string, string>)
    expect([...collectors, ...sinks].map((each) => each.name)).toEqual([name])
  })

  test.each(components)('$name ($stage): every setting and the access are described', ({ settings, access }) => {
    expect(settings.filter(({ description }) => description === '').map(({ path }) => path)).toEqual([])
    expect(access).toMatch(/\w/)
  })

  test('has a page in the reference, whose tables no text can break', () => {
    const [first] = components
    const odd = { ...first!, settings: [{ ...first!.settings[0]!, description: 'a|b\n<c> [d](e) *f*' }] }
    expect(referencePage('Sinks', [odd], [])).toContain(String.raw`| a\|b \<c> \[d\](e) \*f\* |`)
  })
})
