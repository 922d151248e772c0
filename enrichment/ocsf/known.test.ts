import { describe, expect, test } from 'vitest'
import { anyState } from '../../test/oracle/any-finding.ts'
import { samplePriority } from '../../test/sample-priority.ts'
import * as fc from 'fast-check'
import type { Vulnerability } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { FindingContext } from '../enricher.ts'
import type { Evidence, EvidenceVector, Rung } from '../evidence.ts'
import { assigneesOf, resourcesOf } from './affected.ts'
import { findingInfo } from './finding-info.ts'
import { knownOf } from './known.ts'
import { vulnerabilitiesOf } from './vulnerabilities.ts'

const [any] = fc.sample(anyState, { numRuns: 1, seed: 1 }) as [FindingState]
const { owner: _owner, ...unassigned } = any
const finding: FindingState = { ...unassigned, resources: [{ uid: 'arn:aws:s3:::b', tags: [] }] }
const assigned: FindingState = { ...finding, owner: 'alice' }
const payments = { name: 'payments', source: 'tag team=payments' }

describe('who answers for a finding', () => {
  const subject = (of: FindingState, context: FindingContext) => resourcesOf(of, context, false)[0]

  test('is the team that owns the resource', () => {
    expect(subject(finding, { owner: payments })).toMatchObject({ owner: { name: 'payments' } })
    expect(assigneesOf(finding, 'payments')).toEqual({ assignee_group: { name: 'payments' } })
  })

  test('is first the person whom a decision assigned it to', () => {
    expect(subject(assigned, { owner: payments })).toMatchObject({ owner: { name: 'alice' } })
    expect(assigneesOf(assigned, 'payments')).toEqual({
      assignee: { name: 'alice' },
      assignee_group: { name: 'payments' },
    })
  })

  test('is nobody where nobody is known', () => {
    expect(subject(finding, {})).not.toHaveProperty('owner')
    expect(assigneesOf(finding, undefined)).toEqual({})
    expect(assigneesOf({ ...finding, owner: '' }, '')).toEqual({})
  })
})

describe('what a resource is', () => {
  const subject = (context: FindingContext) => resourcesOf(finding, context, false)[0]
  const data = (value: Rung<'data'>, certainty: 'certain' | 'possible'): FindingContext => ({
    data: { value, certainty, source: 'tag data=x' },
  })
  const classifier_details = { type: 'rule', name: 'tag data=x' }

  test.each<[Rung<'data'>, number, string]>([
    ['internal', 99, 'Internal'],
    ['confidential', 2, 'Confidential'],
    ['restricted', 6, 'Restricted'],
  ])('data that is %s has confidentiality %i, %s, with who says so', (rung, confidentiality_id, confidentiality) => {
    const stated = { data_classifications: [{ confidentiality_id, confidentiality, classifier_details }] }
    expect(subject(data(rung, 'possible'))).toMatchObject(stated)
  })

  test('that it holds no data needs proof', () => {
    expect(subject(data('none', 'possible'))).not.toHaveProperty('data_classifications')
    expect(subject(data('none', 'certain'))).toMatchObject({
      data_classifications: [{ confidentiality_id: 1, confidentiality: 'Not Confidential', classifier_details }],
    })
  })

  test('has its criticality only where that is certain', () => {
    const asset = (certainty: 'certain' | 'possible'): FindingContext => ({
      asset: { value: 'crown_jewel', certainty, source: 'rule' },
    })
    expect(subject(asset('certain'))).toHaveProperty('criticality', 'crown_jewel')
    expect(subject(asset('possible'))).not.toHaveProperty('criticality')
  })
})

describe('the traits of a finding', () => {
  const traits = (known: EvidenceVector, categories: string[] = []) =>
    findingInfo({ ...finding, description: { ...finding.description, categories } }, known)['traits']
  const exposure = (value: Rung<'exposure'>): EvidenceVector => ({
    exposure: { value, certainty: 'possible', source: 'Prowler', evidence: ['category internet-exposed'] },
  })

  test('say how far it can be reached, how surely, and what that rests on', () => {
    expect(traits(exposure('internet'))).toEqual([
      { category: 'Reachability', name: 'internet', type: 'possible', values: ['category internet-exposed'] },
    ])
  })

  test('say nothing of what nobody outside can reach, nor of what is not known', () => {
    for (const known of [exposure('none'), exposure('internal'), {}]) expect(traits(known)).toBeUndefined()
  })

  test('are what the source itself says only while no more is known', () => {
    expect(traits(exposure('internet'), ['internet-exposed', 'encryption'])).toHaveLength(1)
    expect(traits(exposure('none'), ['internet-exposed'])).toBeUndefined()
    expect(traits({}, ['internet-exposed'])).toEqual([{ category: 'Reachability', name: 'internet-exposed' }])
  })

  test('name the CVE that is being exploited', () => {
    const uid = 'CVE-2024-3094'
    expect(traits({ cve: { uid, kev: true } })).toEqual([
      { category: 'Vulnerability', name: 'known-exploited', values: [uid] },
    ])
    expect(traits({ cve: { uid, kev: false } })).toBeUndefined()
    expect(traits({ cve: { uid } })).toBeUndefined()
  })
})

describe('the scores of a vulnerability', () => {
  const uid = 'CVE-2024-3094'
  const made = (vulnerability: Partial<Vulnerability>, cve?: EvidenceVector['cve']) => {
    const description = { ...finding.description, vulnerabilities: [{ uid, ...vulnerability }] }
    return vulnerabilitiesOf(description, {}, cve)[0]
  }

  test('are those of its source', () => {
    const cvss = [
      { version: '3.1', score: 9.8, vector: 'CVSS:3.1/AV:N' },
      { version: '2.0', score: 7 },
    ]
    expect(made({ epss: 0.00042, cvss, publicExploit: false })).toMatchObject({
      cve: {
        uid,
        epss: { score: '0.00042' },
        cvss: [
          { version: '3.1', base_score: 9.8, vector_string: 'CVSS:3.1/AV:N' },
          { version: '2.0', base_score: 7 },
        ],
      },
      is_exploit_available: false,
    })
  })

  test('are those of FIRST where they are known, whatever the case of the id', () => {
    const known = { uid: uid.toLowerCase(), epss: 0.9, epssPercentile: 0.99 }
    expect(made({ epss: 0.1 }, known)).toMatchObject({ cve: { epss: { score: '0.9', percentile: 0.99 } } })
    expect(made({ epss: 0.1 }, { ...known, uid: 'CVE-2024-0001' })).toMatchObject({ cve: { epss: { score: '0.1' } } })
  })

  test('sort as texts as their numbers do', () => {
    const scores = [0, 1e-9, 0.00001, 0.0001, 0.5, 0.99999, 1]
    const texts = scores.map((epss) => (made({ epss }) as { cve: { epss: { score: string } } }).cve.epss.score)
    expect(texts).toEqual(['0', '0', '0.00001', '0.0001', '0.5', '0.99999', '1'])
    expect(texts.toSorted()).toEqual(texts)
  })

  test.each<[boolean | undefined, EvidenceVector['cve'], boolean | undefined]>([
    [undefined, undefined, undefined],
    [false, { uid }, false],
    [false, { uid, kev: true }, true],
    [false, { uid, publicExploit: true }, true],
    [true, { uid, kev: false, publicExploit: false }, true],
    [undefined, { uid, kev: false }, undefined],
  ])('an exploit that its source says %j of, known as %j, is available: %j', (publicExploit, cve, available) => {
    const one = made(publicExploit === undefined ? {} : { publicExploit }, cve)
    expect(one?.['is_exploit_available']).toBe(available)
  })

  test('of what is no CVE have no place', () => {
    expect(made({ uid: 'GHSA-aaaa-bbbb-cccc', epss: 0.5, cvss: [{ version: '3.1', score: 9.8 }] })).toMatchObject({
      advisory: { uid: 'GHSA-aaaa-bbbb-cccc' },
    })
  })
})

test('what the priority was decided by counts before what an enricher found', () => {
  const asset = (value: Rung<'asset'>): Evidence<'asset'> => ({ value, certainty: 'certain', source: 'rule' })
  const priority = samplePriority('P1', { evidence: { asset: asset('crown_jewel') } })
  expect(knownOf({ asset: asset('dev'), priority })).toEqual({ asset: asset('crown_jewel') })
  expect(knownOf({ asset: asset('dev') })).toEqual({ asset: asset('dev') })
})
