import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findingKey } from '../../../schemas/finding-key.ts'
import { SchemaRegistry } from '../../../schemas/registry.ts'
import type { JsonObject } from '../../records/fields.ts'
import type { MappedFinding } from '../../records/mapped.ts'
import { formatOf, mapperOf } from './record-format.ts'

const samples = join(import.meta.dirname, '../../../test/samples')
const schemas = new SchemaRegistry()

function mapped(...path: string[]): MappedFinding[] {
  const records = JSON.parse(readFileSync(join(samples, ...path), 'utf8')) as JsonObject[]
  return records.flatMap(
    (record) => mapperOf(record, 'auto')(record, { zone: 'UTC', reportedAt: 0, withoutData: false }) ?? [],
  )
}

const keyOf = ({ statement }: MappedFinding): string => findingKey('acme', statement.identity)
const byKey = (findings: MappedFinding[]): Map<string, MappedFinding> =>
  new Map(findings.map((each) => [keyOf(each), each]))

function asEvent({ statement, at }: MappedFinding): unknown {
  const { identity } = statement
  const envelope = { type: 'finding.observed', id: 'e1', time: at, tenant: 'acme', collector: 'nightly' }
  return { ...envelope, key: findingKey('acme', identity), ...statement }
}

describe.each(['scan-1', 'scan-2', 'after-fix-and-mute'])('%s', (scan) => {
  const ocsf = mapped(scan, 'prowler.ocsf.json')
  const asff = mapped(scan, 'prowler.asff.json')

  test('every record becomes a valid event, and none needed a repair', () => {
    for (const each of [...ocsf, ...asff]) {
      expect(() => schemas.check('posture-event', asEvent(each))).not.toThrow()
      expect(each.statement.flags).toEqual([])
    }
  })

  test('every record has a key of its own', () => {
    expect([byKey(ocsf).size, byKey(asff).size]).toEqual([ocsf.length, asff.length])
  })

  test('OCSF and ASFF give the same keys; only what has no verdict is missing in ASFF', () => {
    const others = byKey(asff)
    const missing = ocsf.filter((each) => !others.has(keyOf(each)))
    expect(ocsf.length - missing.length).toBe(asff.length)
    expect(missing.map(({ statement }) => statement.verdict.word)).toEqual(missing.map(() => 'MANUAL'))
  })

  test('both have one verdict, unless the mute hid it in ASFF, and one mute, subject and time', () => {
    const others = byKey(ocsf)
    for (const each of asff) {
      const other = others.get(keyOf(each))
      const facts = ({ statement, at }: MappedFinding) => ({
        at,
        verdictAt: statement.verdict.at,
        muted: statement.mute?.muted,
        uid: statement.resources[0].uid,
        type: statement.resources[0].type,
        tags: new Set(statement.resources[0].tags.map(({ name, value }) => `${name}=${value}`)),
        severity: statement.description.severity,
        title: statement.description.title,
        account: statement.cloud.account,
      })
      expect(facts(each)).toEqual(facts(other!))
      const verdict = each.statement.mute?.muted === true ? 'none' : other?.statement.verdict.value
      expect(each.statement.verdict.value).toBe(verdict)
    }
  })

  test('ASFF names the standards that OCSF names, and no requirement that OCSF does not', () => {
    const others = byKey(ocsf)
    for (const each of asff) {
      const full = new Map(
        others.get(keyOf(each))?.statement.description.standards.map(({ name, requirements }) => [name, requirements]),
      )
      for (const { name, requirements } of each.statement.description.standards)
        expect(full.get(name)).toEqual(expect.arrayContaining(requirements))
    }
  })
})

test('scan-1 has 187 that fail, 216 that pass and two that say neither', () => {
  const count = (value: string): number =>
    mapped('scan-1', 'prowler.ocsf.json').filter(({ statement }) => statement.verdict.value === value).length
  expect([count('fail'), count('pass'), count('none')]).toEqual([187, 216, 2])
})

test('what was muted: 17 records, of which 13 fail, which ASFF does not say', () => {
  for (const [file, failing] of [
    ['prowler.ocsf.json', 13],
    ['prowler.asff.json', 0],
  ] as const) {
    const muted = mapped('after-fix-and-mute', file).filter(({ statement }) => statement.mute?.muted === true)
    expect(muted).toHaveLength(17)
    expect(muted.filter(({ statement }) => statement.verdict.value === 'fail')).toHaveLength(failing)
  }
})

test('two scans of one account give the same keys', () => {
  const keys = (scan: string): string[] => mapped(scan, 'prowler.ocsf.json').map(keyOf).toSorted()
  expect(keys('scan-1')).toEqual(keys('scan-2'))
})

test("a user's two access keys are two findings, the same in both forms", () => {
  const discriminators = (file: string): string[] =>
    mapped('scan-1', file)
      .flatMap(({ statement: { identity } }) => identity.discriminator || [])
      .toSorted()
  expect(discriminators('prowler.ocsf.json')).toEqual(['access-key-slot=1', 'access-key-slot=2'])
  expect(discriminators('prowler.asff.json')).toEqual(['access-key-slot=1', 'access-key-slot=2'])
})

test('Cloud Custodian is read under its own name, with the time that it wrote in microseconds', () => {
  const [first, ...others] = mapped('cloud-custodian.asff.json')
  expect(others).toHaveLength(2)
  expect(() => schemas.check('posture-event', asEvent(first!))).not.toThrow()
  expect(first).toMatchObject({
    at: Date.parse('2026-11-25T13:36:59.737Z'),
    statement: {
      identity: {
        product: 'cloud-custodian',
        provider: 'aws',
        account: '123456789012',
        region: '',
        control: 'ebs-post-finding',
        resource: 'arn:aws:ec2:us-east-1:123456789012:instance/i-53b1d9a12f7c8cfff',
        discriminator: '',
      },
      source: { name: 'CloudCustodian', version: '0.9.53', format: 'asff' },
      kind: 'compliance',
      verdict: { value: 'fail', word: 'FAILED' },
      description: { severity: 'high' },
      flags: [],
    },
  })
  expect(first?.statement.mute).toBeUndefined()
  expect(first?.statement.workflow).toBeUndefined()
})

test('each sample is known for what it is', () => {
  const first = (...path: string[]): JsonObject =>
    (JSON.parse(readFileSync(join(samples, ...path), 'utf8')) as JsonObject[])[0]!
  expect(formatOf(first('scan-1', 'prowler.ocsf.json'))).toBe('prowler-ocsf')
  expect(formatOf(first('scan-1', 'prowler.asff.json'))).toBe('asff')
  expect(formatOf(first('cloud-custodian.asff.json'))).toBe('asff')
})
