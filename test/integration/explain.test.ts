import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { priorityInEvent } from '../../app/format/priority-in-event.ts'
import { prioritise } from '../../enrichment/priority/prioritise.ts'
import { Ruleset } from '../../enrichment/priority/ruleset.ts'
import { TABLES } from '../../enrichment/priority/tables.ts'
import type { StoredFinding } from '../../sinks/local/findings-store.ts'
import { ScratchPipeline } from '../scratch-pipeline.ts'

const STRICTER = 'enrichment: { priority: { consequence: { asset: { prod: 4 } }, severityDefault: { high: P2 } } }\n'

let pipeline: ScratchPipeline
let stricter: ScratchPipeline
/** What each of them holds. */
let findings: readonly StoredFinding[]
let ofStricter: readonly StoredFinding[]
beforeAll(async () => {
  pipeline = new ScratchPipeline()
  stricter = new ScratchPipeline()
  appendFileSync(stricter.config, STRICTER)
  const filled = [pipeline, stricter].map(async (each) => {
    each.addSample('account/prowler.ocsf.json')
    await each.run()
    return findingsOf(each)
  })
  ;[findings, ofStricter] = (await Promise.all(filled)) as [readonly StoredFinding[], readonly StoredFinding[]]
})
afterAll(() => {
  pipeline.remove()
  stricter.remove()
})

async function findingsOf(from: ScratchPipeline): Promise<readonly StoredFinding[]> {
  const { stdout } = await from.command('findings', 'list', '--limit', '0', '--json')
  const lines = stdout.trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as StoredFinding)
}

test('every event of the sample account holds all that its priority needs to be decided again', () => {
  const ruleset = new Ruleset(TABLES)
  expect(findings.length).toBeGreaterThan(100)
  for (const finding of findings) {
    const said = priorityInEvent(finding)
    const { band, score } = prioritise(said!.evidence, ruleset)
    expect([finding.key, said?.band, said?.score, said?.ruleset]).toEqual([finding.key, band, score, ruleset.id])
    expect(band).toBe(finding.priority)
  }
})

test('a finding is explained by its evidence, and a tag is named as the source', async () => {
  const { key, priority } = findings.find((finding) => priorityInEvent(finding)?.evidence.asset !== undefined)!
  const { code, stdout, stderr } = await pipeline.command('explain', key.slice(0, 16))
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain(`\n${priority} (score `)
  expect(stdout).toMatch(/^Asset +prod \(certain, tag environment=production\)$/m)
  expect(stdout).toMatch(/^Ruleset +default, version \d+, [0-9a-f]{32}$/m)
})

test('explain decides by the tables in force, also where others ranked the event', async () => {
  const { key } = ofStricter.find((finding) => priorityInEvent(finding)?.evidence.asset !== undefined)!
  const { code, stdout } = await stricter.command('explain', key, '--if', 'asset=dev', '--json')
  expect(code).toBe(0)
  const told = JSON.parse(stdout) as { now: { band: string }; whatIf: { band: string } }
  expect(told).toMatchObject({ sameRuleset: true, ruleset: { name: 'configured' } })
  expect(told.whatIf.band >= told.now.band).toBe(true)
  // The same configuration without its tables.
  writeFileSync(stricter.config, readFileSync(stricter.config, 'utf8').replace(STRICTER, ''))
  const { stdout: text } = await stricter.command('explain', key)
  expect(text).toContain('The event was ranked by another ruleset (configured, version')
  appendFileSync(stricter.config, STRICTER)
})

test('diff foretells which findings another configuration ranks elsewhere', async () => {
  const { code, stdout } = await pipeline.command('priority', 'diff', 'shipped', stricter.config, '--json')
  expect(code).toBe(0)
  const { findings: told } = JSON.parse(stdout) as {
    findings: { total: number; moved: { key: string; from: string; to: string }[] }
  }
  const now = new Map(ofStricter.map(({ key, priority }) => [key, priority]))
  const moved = findings.filter(({ key, priority }) => now.get(key) !== priority)
  expect(told.total).toBe(findings.length)
  expect(moved.length).toBeGreaterThan(0)
  expect(told.moved.map(({ key, from, to }) => `${key} ${from} ${to}`).toSorted()).toEqual(
    moved.map(({ key, priority }) => `${key} ${priority} ${now.get(key)}`).toSorted(),
  )
})
