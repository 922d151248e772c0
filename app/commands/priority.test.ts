import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EvidenceVector } from '../../enrichment/evidence.ts'
import { TABLES } from '../../enrichment/priority/tables.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import { SampleProcess } from './sample-process.ts'
import { rankedFinding, rankingCatalogs, storeFindings } from './sample-ranked-findings.ts'

const HEAD = 'tenant: acme\nstream: { type: embedded, directory: ./data }\n'
const LOCAL = 'sinks: { s: { type: local, path: ./findings.db } }\n'
const severe = (value: 'high' | 'low'): EvidenceVector => ({
  severity: { value, certainty: 'certain', source: 'Prowler' },
})

let sample: SampleProcess
let plain: string
let stricter: string
beforeEach(() => {
  sample = new SampleProcess(rankingCatalogs)
  plain = sample.file('plain.yaml', HEAD + LOCAL)
  stricter = sample.file(
    'stricter.yaml',
    `${HEAD}${LOCAL}enrichment: { priority: { severityDefault: { high: P2 }, dueDays: { P1: 1 } } }\n`,
  )
})
afterEach(() => sample[Symbol.dispose]())

describe('priority table', () => {
  test('prints every table that is shipped, without a configuration', async () => {
    const { code, out, err } = await sample.run('priority', 'table')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^Ruleset default, version \d+, [0-9a-f]{32}$/m)
    expect(out).toMatch(/^internet_sensitive +2 +3 +4 +4$/m)
    expect(out).toMatch(/^identity +none 1, scoped 2, broad 3, admin 4$/m)
    expect(out).toMatch(/^3 +P3 +P2 +P2 +P1$/m)
    expect(out).toMatch(/^exposure +cross_boundary$/m)
    for (const id of Object.keys(TABLES.overrides)) expect(out).toContain(id)
    expect(out.indexOf('ceiling-closed')).toBeLessThan(out.indexOf('floor-attack-path'))
    expect(out).toContain('3 days: at least P1, 14 days: at least P2, 60 days: at least P3')
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
  })

  test('prints those of a configuration, and all of them as JSON', async () => {
    const { out } = await sample.run('priority', 'table', '-c', stricter)
    expect(out).toContain('Ruleset configured')
    expect(out).toMatch(/^its own band +P4 +P4 +P3 +P2 +P2 +P3$/m)
    const { out: json } = await sample.run('priority', 'table', '--json')
    expect(JSON.parse(json)).toMatchObject({ ruleset: { name: 'default' }, tables: TABLES })
  })
})

describe('priority diff', () => {
  test('says how many combinations move and which, and which findings', async () => {
    await storeFindings(sample.directory, [
      rankedFinding('v1:aaaa1111', 'Only severe', severe('high')),
      rankedFinding('v1:aaaa2222', 'Harmless', severe('low')),
      sampleFinding('v1:cccc1111', 1, { title: 'Of an older version' }),
    ])
    const { code, out, err } = await sample.run('priority', 'diff', 'shipped', stricter)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^From default, version \d+, [0-9a-f]{8} to configured, version \d+, [0-9a-f]{8}$/m)
    expect(out).toMatch(/^[\d,]+ of 189,000 combinations move/m)
    expect(out).toContain('1 of 3 current findings move; 1 hold no evidence and were left out')
    expect(out).toContain('aaaa1111  P3 -> P2  Only severe')
    expect(out).not.toContain('Harmless')
    const { out: json } = await sample.run('priority', 'diff', stricter, 'shipped', '-c', plain, '--json')
    const told = JSON.parse(json) as { forms: { moved: number }[]; findings: object }
    expect(told.forms[0]!.moved).toBeGreaterThan(0)
    expect(told.findings).toEqual({
      total: 3,
      withoutEvidence: 1,
      moved: [{ key: 'v1:aaaa1111', title: 'Only severe', from: 'P2', to: 'P3' }],
    })
  }, 60_000)

  test('two equal rulesets move nothing, and without findings it says so', async () => {
    const { code, out, err } = await sample.run('priority', 'diff', 'shipped', plain)
    expect(code).toBe(0)
    expect(out).toMatch(/^Both are the ruleset default, version \d+, [0-9a-f]{8}: nothing moves\.$/)
    expect(err).toContain('holds no findings yet')
  })

  test('without a configuration or a local sink there are no findings to look at', async () => {
    expect((await sample.run('priority', 'diff', 'shipped', 'shipped')).err).toContain('--config names one')
    const none = sample.file('none.yaml', HEAD)
    const { code, err } = await sample.run('priority', 'diff', 'shipped', none)
    expect([code, err.includes('no sink of type local')]).toEqual([0, true])
  })

  test('tables that are not sound are refused with their place', async () => {
    const wrong = sample.file(
      'wrong.yaml',
      `${HEAD}enrichment:\n  priority: { likelihood: { internet: { easy: 1 } } }\n`,
    )
    const { code, out, err } = await sample.run('priority', 'diff', 'shipped', wrong)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('wrong.yaml:4')
  })
})
