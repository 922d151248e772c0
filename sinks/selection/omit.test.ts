import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { validateOcsf } from '../../schemas/ocsf/validator.ts'
import { toOcsf } from '../../enrichment/ocsf/ocsf.ts'
import { anyContext, anyEmission, anyState, KINDS } from '../../test/oracle/any-finding.ts'
import { projection } from './omit.ts'
import { Omittable } from './omittable.ts'
import { sampleFinding } from '../sample-findings.ts'
import type { PostureFinding } from '../sink.ts'

function findingOf(event: object): PostureFinding {
  return { ...sampleFinding('a'), event: { ...event }, bytes: Buffer.from(JSON.stringify(event)) }
}

describe('leaving attributes out', () => {
  const finding = findingOf({
    message: 'm',
    unmapped: { source: { a: 1 }, state: 'open' },
    resources: [{ uid: '1', data: { x: [1] } }, { uid: '2' }, 'odd', null],
    remediation: null,
  })

  test.for<[string[], object]>([
    [['message'], { message: undefined }],
    [['unmapped.source'], { unmapped: { state: 'open' } }],
    [['resources.data'], { resources: [{ uid: '1' }, { uid: '2' }, 'odd', null] }],
    [['resources.data', 'resources.uid', 'unmapped'], { resources: [{}, {}, 'odd', null], unmapped: undefined }],
    [['unmapped.source', 'unmapped'], { unmapped: undefined }],
    [['unmapped', 'unmapped.source.a'], { unmapped: undefined }],
    [['resources.data.x.y', 'remediation.desc', 'message.text'], {}],
  ])('%j', ([paths, change]) => {
    const expected = JSON.parse(JSON.stringify({ ...finding.event, ...change })) as unknown
    const left = projection(paths)(finding)
    expect(left.event).toEqual(expected)
    expect(JSON.parse(left.bytes.toString())).toEqual(expected)
    expect({ ...left, event: 0, bytes: 0 }).toEqual({ ...finding, event: 0, bytes: 0 })
  })

  test('an event that has none of them is the same, bytes and all', () => {
    const written = { ...finding, bytes: Buffer.from(` ${finding.bytes.toString()}`) }
    expect(projection(['cloud', 'resources.tags', 'message.x'])(written)).toBe(written)
  })

  test('changes no other’s event', () => {
    const before = structuredClone(finding.event)
    projection(['resources.data', 'unmapped.source'])(finding)
    expect(finding.event).toEqual(before)
  })
})

describe('what may be left out', () => {
  const omittable = new Omittable()

  test.for([
    'unmapped.source',
    'unmapped',
    'resources.data',
    'resources.data.policy',
    'resources',
    'resources.tags',
    'remediation',
    'vulnerabilities.affected_packages',
    'enrichments',
    'observables',
    'message',
    'time_dt',
    'cloud.region',
    'finding_info.desc',
  ])('%s may', (path) => {
    expect(omittable.problemOf(path)).toBeUndefined()
  })

  test.for<[string, string]>([
    ['class_uid', 'OCSF requires it'],
    ['time', 'OCSF requires it'],
    ['metadata', 'OCSF requires it'],
    ['metadata.product', 'OCSF requires it'],
    ['finding_info.uid', 'OCSF requires it'],
    ['cloud', 'OCSF requires it'],
    ['compliance', 'OCSF requires it'],
    ['vulnerabilities', 'OCSF requires it'],
    ['vulnerabilities.cve', 'OCSF requires one of advisory, cve, cwe'],
    ['resources.uid', 'OCSF requires one of name, uid'],
    ['cloud.account.name', 'OCSF requires one of name, uid'],
    ['finding_info.uid_alt', 'it is the key of the finding'],
    ['metadata.sequence', 'it is the revision of the finding'],
    ['status_id', 'without it nobody sees that a finding is closed'],
  ])('%s may not, and it is said why', ([path, why]) => {
    expect(omittable.problemOf(path)?.problem).toBe(`${path} cannot be left out: ${why}`)
  })

  test.for([
    ['unmaped.source', 'unmaped'],
    ['resources.dta', 'resources.dta'],
    ['message.text', 'message.text'],
    ['metadata.', 'metadata.'],
    ['constructor', 'constructor'],
    ['resources[0].data', 'resources[0]'],
  ])('%s is told as no attribute', ([path, named]) => {
    expect(omittable.problemOf(path!)?.problem).toBe(`${named} is no attribute of a finding in OCSF 1.6.0`)
  })

  test('of any event of ours that is valid leaves a valid one', () => {
    const broken = new Map<string, readonly string[]>()
    let tried = 0
    for (const event of someEvents()) {
      for (const path of pathsOf(event)) {
        if (omittable.problemOf(path) !== undefined) continue
        const problems = validateOcsf(projection([path])(findingOf(event)).event)
        tried += 1
        if (problems.length > 0) broken.set(path, problems)
      }
    }
    expect([...broken]).toEqual([])
    expect(tried).toBeGreaterThan(2500)
  })
})

/** As enrichment writes them, of every kind; always the same. */
function someEvents(): Readonly<Record<string, unknown>>[] {
  const draws = fc.sample(fc.tuple(anyState, anyContext, anyEmission), { seed: 20_251_125, numRuns: 60 })
  return draws.map(([state, context, emission], at) =>
    toOcsf({ ...state, kind: KINDS[at % KINDS.length]! }, context, emission),
  )
}

/** Every path in an event, down to where it is free in its form. */
function pathsOf(value: unknown, path = ''): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((entry) => [...pathsOf(entry, path)]))
  if (typeof value !== 'object' || value === null || /^(unmapped\.|resources\.data|enrichments\.data)/.test(`${path}.`))
    return new Set()
  const members = Object.entries(value).map(
    ([name, member]) => [path === '' ? name : `${path}.${name}`, member] as const,
  )
  return new Set(members.flatMap(([below, member]) => [below, ...pathsOf(member, below)]))
}
