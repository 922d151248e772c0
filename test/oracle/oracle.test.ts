import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { syntheticEvents } from './synthetic-events.ts'

type Event = Record<string, unknown>

const directory = mkdtempSync(join(tmpdir(), 'oracle-'))
const oracle = join(import.meta.dirname, 'oracle.ts')

let available = true

beforeAll(() => {
  const { status, output } = consult([write('first.ndjson', [good()])])
  // 2: no python3, or no way to PyPI. Anything else is for the tests to judge.
  available = status !== 2
  if (!available) console.log(output)
})

afterAll(() => rmSync(directory, { recursive: true }))

function consult(args: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [oracle, ...args], { encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

function write(name: string, events: readonly unknown[]): string {
  const path = join(directory, name)
  const text = events.map((event) => `${typeof event === 'string' ? event : JSON.stringify(event)}\n`).join('')
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return path
}

/** A compliance finding in a cloud account: one of ours, so that only what is planted can be wrong. */
const sound = (syntheticEvents() as Event[]).find((event) => event['class_uid'] === 2003 && 'cloud' in event)!

function good(): Event {
  return structuredClone(sound)
}

const planted: [string, (event: Event) => void][] = [
  ['schema', (event) => delete event['finding_info']],
  ['schema', (event) => Object.assign(event, { colour: 'red' })],
  ['schema', (event) => Object.assign(event, { severity_id: 7 })],
  ['schema', (event) => delete event['cloud']],
  ['sibling', (event) => Object.assign(event, { severity_id: 5, severity: 'Low' })],
  ['sibling_missing', (event) => Object.assign(event, { status_id: 99, status: undefined })],
  ['type_uid', (event) => Object.assign(event, { type_uid: 200399 })],
  ['sibling', (event) => Object.assign(event, { class_name: 'Detection Finding' })],
  ['time_not_ms', (event) => Object.assign(event, { time: 1_764_072_000 })],
  ['time_mismatch', (event) => Object.assign(event, { time_dt: '2001-01-01T00:00:00Z' })],
  ['datetime_no_zone', (event) => Object.assign(event, { time_dt: '2025-11-25T12:00:00' })],
  [
    'observable_path',
    (event) => Object.assign(event, { observables: [{ name: 'file.name', type_id: 7, value: 'x' }] }),
  ],
  [
    'observable_value',
    (event) => Object.assign(event, { observables: [{ name: 'message', type_id: 99, type: 'text', value: 'x' }] }),
  ],
  ['version_unknown', (event) => Object.assign(event['metadata'] as Event, { version: '9.9.9' })],
  ['version_not_pinned', (event) => Object.assign(event['metadata'] as Event, { version: '1.8.0' })],
  ['class_unknown', (event) => Object.assign(event, { class_uid: 2999 })],
  ['profile_not_for_class', (event) => Object.assign(event['metadata'] as Event, { profiles: ['nonsense'] })],
]

describe('the oracle', () => {
  test('accepts the events of synthetic findings without an error or a warning', (context) => {
    if (!available) context.skip('needs python3 and PyPI')
    const { status, output } = consult([])
    expect(output.trim()).toMatch(/^[1-9]\d* lines, 0 errors$/)
    expect(status).toBe(0)
  })

  test('finds every mistake that is planted, and says in which file and line', (context) => {
    if (!available) context.skip('needs python3 and PyPI')
    const events = planted.map(([, plant]) => {
      const event = good()
      plant(event)
      return event
    })
    const file = write('bad.ndjson', ['{"not": "whole', ...events])
    const { status, output } = consult([file])
    expect(status).toBe(1)
    const reports = output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { file: string; line: number; code: string })
    expect(reports.every((report) => report.file === file)).toBe(true)
    const found = ['not_json', ...planted.map(([code]) => code)].map((code, at) => ({ line: at + 1, code }))
    for (const { line, code } of found) expect(reports).toContainEqual(expect.objectContaining({ line, code }))
  })

  test('reads packed files and whole directories', (context) => {
    if (!available) context.skip('needs python3 and PyPI')
    const { status, output } = consult([write('packed.ndjson.gz', [good(), good()])])
    expect({ status, output: output.trim() }).toEqual({ status: 0, output: '2 lines, 0 errors' })
    expect(consult([directory]).output).toContain('lines, ')
  })

  test('says what is missing when there is nothing to validate', () => {
    const missing = join(directory, 'nowhere.ndjson')
    expect(consult([missing])).toEqual({ status: 2, output: `${missing} does not exist\n` })
  })
})
