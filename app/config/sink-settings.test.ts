import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sinkSettings } from '../../sinks/settings.ts'
import type { Catalogs } from './catalogs.ts'
import { loadConfig } from './load-config.ts'
import { ConfigError } from './mistake.ts'
import { sampleCatalogs } from './sample-catalogs.ts'

const catalogs: Catalogs = { ...sampleCatalogs, everySink: sinkSettings }
const delivery = { maxAttempts: 8, initialBackoffMs: 500, maxBackoffMs: 60_000, batch: 500 }

function load(sink: string) {
  const directory = mkdtempSync(join(tmpdir(), 'config-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'posture.yaml')
  writeFileSync(
    file,
    `tenant: acme\nstream: { type: embedded, directory: ./data }\nsinks:\n  siem: { type: file, directory: ./out, ${sink} }\n`,
  )
  return loadConfig(file, catalogs, {})
}

function mistakesOf(sink: string): string[] {
  try {
    load(sink)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^.*posture\.yaml:4:/, ''))
  }
  return []
}

describe('the settings that every sink takes', () => {
  test('have defaults: everything, whole, from the latest state on', () => {
    const [{ filter, omit, from, ...rest } = {} as never] = load('delivery: {}').sinks
    expect({ filter, omit, from, delivery: rest.delivery }).toEqual({
      filter: undefined,
      omit: [],
      from: 'state',
      delivery,
    })
  })

  test('stand beside the sink’s own', () => {
    const text =
      'filter: { priority: [P1, P2], account: ["123456789012", "sandbox-*"], class: [2003, vulnerability_finding] }, omit: [unmapped.source, resources.data], from: now, delivery: { batch: 7 }'
    const [sink] = load(text).sinks
    expect(sink).toMatchObject({
      filter: {
        priority: ['P1', 'P2'],
        account: ['123456789012', 'sandbox-*'],
        class: [2003, 'vulnerability_finding'],
      },
      omit: ['unmapped.source', 'resources.data'],
      from: 'now',
      delivery: { ...delivery, batch: 7 },
    })
    expect(Object.keys(sink!.config as object).toSorted()).toEqual(['directory', 'maxAge', 'maxBytes'])
  })

  test.for<[string, string[]]>([
    [
      'filter: { prio: [P1] }',
      [
        '51  sinks.siem.filter.prio  unknown key; remove it, or use one of: priority, state, severity, account, region, resourceType, class, control',
      ],
    ],
    [
      'filter: { priority: [P1, P5], state: [opened] }',
      [
        '66  sinks.siem.filter.priority[1]  not one of the values that are allowed here; did you mean "P1"?',
        '79  sinks.siem.filter.state[0]  not one of the values that are allowed here; did you mean "open"?',
      ],
    ],
    [
      'filter: { account: [123456789012] }',
      ['61  sinks.siem.filter.account[0]  must be a string, but is a number; put it in quotes'],
    ],
    [
      'filter: { control: [] }',
      [
        '60  sinks.siem.filter.control  too few entries; give at least 1 (only these controls, as the source calls them; * and ? stand for any text)',
      ],
    ],
    [
      'omit: [time, resources.dta, resources.data]',
      [
        '48  sinks.siem.omit[0]  time cannot be left out: OCSF requires it; remove it from the list',
        '54  sinks.siem.omit[1]  resources.dta is no attribute of a finding in OCSF 1.6.0; check the spelling; lists are passed through, as in resources.data',
      ],
    ],
    [
      'from: latest',
      ['47  sinks.siem.from  not one of the values that are allowed here; write one of: state, earliest, now'],
    ],
    ['fliter: { priority: [P1] }', ['41  sinks.siem.fliter  unknown key; did you mean "filter"?']],
  ])('%s is told with its place and its remedy', ([text, messages]) => {
    expect(mistakesOf(text)).toEqual(messages)
  })
})
