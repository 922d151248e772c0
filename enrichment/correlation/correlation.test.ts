import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Identity, Standard } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import { Overlay } from '../state/overlay.ts'
import { correlation } from './correlation.ts'
import type { CorrelationConfig } from './groups.ts'

const FSBP = 'AWS-Foundational-Security-Best-Practices'
const empty = new Overlay({ get: () => undefined, keys: () => [], findingsOf: () => [], findingsWithCve: () => [] })

interface Found extends Partial<Identity> {
  readonly tenant?: string
  readonly standards?: readonly Standard[]
  readonly verdict?: 'fail' | 'absent'
}

function finding({ tenant = 'acme', standards = [], verdict = 'fail', ...identity }: Found): FindingState {
  const version = { time: 1, sequence: 0, digest: '' }
  return {
    type: 'finding',
    key: `v1:${'0'.repeat(32)}`,
    tenant,
    identity: {
      product: 'prowler',
      provider: 'aws',
      account: '111122223333',
      region: '',
      control: 'a_check',
      resource: 'arn:aws:s3:::bkt-1',
      discriminator: '',
      ...identity,
    },
    source: { product: 'prowler', format: 'prowler-ocsf' },
    kind: 'compliance',
    state: 'open',
    revision: 1,
    members: { '': { verdict, archived: false, standards: [...standards] } },
    description: { title: 't', severity: 'low', types: [], standards: [], categories: [] },
    descriptionVersion: version,
    describedBy: { collector: 'nightly', format: 'prowler-ocsf', member: '' },
    resources: [{ uid: 'arn:aws:s3:::bkt-1', tags: [] }],
    cloud: { provider: 'aws', account: '111122223333' },
    firstSeen: 1,
    lastSeen: 1,
    acceptedAt: 1,
    flags: [],
  }
}

const uidOf = (found: Found, config: CorrelationConfig = {}): string | undefined =>
  correlation(config).enrich(finding(found), empty, {}).correlation
const hub = (control: string, more: Found = {}): Found => ({ product: 'security-hub', control, ...more })
const names = (...requirements: string[]): Found => ({ standards: [{ name: FSBP, requirements }] })

describe('by what a finding states itself', () => {
  test("a check that names a control of Security Hub correlates with that control's finding on the resource", () => {
    expect(uidOf(names('S3.8'))).toMatch(/^[0-9a-f]{32}$/)
    expect(uidOf(names('S3.8'))).toBe(uidOf(hub('S3.8')))
    expect(uidOf(names('S3.8'))).not.toBe(uidOf(hub('S3.17')))
  })

  test.each<[string, Found]>([
    ['tenant', { tenant: 'other' }],
    ['account', { account: '444455556666' }],
    ['resource', { resource: 'arn:aws:s3:::bkt-2' }],
    ['region, where the resource does not fix it', { region: 'eu-west-1' }],
  ])('never with another %s', (_what, change) => {
    expect(uidOf({ ...names('S3.8'), ...change })).not.toBe(uidOf(hub('S3.8')))
    expect(uidOf({ ...names('S3.8'), ...change })).toBe(uidOf(hub('S3.8', change)))
  })

  test('what tells findings of one source apart does not keep them from those of another', () => {
    expect(uidOf({ ...names('IAM.3'), discriminator: 'access-key-slot=1' })).toBe(uidOf(hub('IAM.3')))
  })

  test('a check that names several is with the first in natural order, whatever the order in which they stand', () => {
    expect(uidOf(names('S3.17', 'S3.8', 'IAM.22'))).toBe(uidOf(hub('IAM.22')))
    fc.assert(
      fc.property(fc.shuffledSubarray(['S3.8', 'S3.17', 'S3.100'], { minLength: 3 }), (order) => {
        expect(uidOf(names(...order))).toBe(uidOf(hub('S3.8')))
        const apart = order.map((requirement) => ({ name: FSBP, requirements: [requirement] }))
        expect(uidOf({ standards: apart })).toBe(uidOf(hub('S3.8')))
      }),
    )
  })

  test("a standard's version makes no difference, another standard does", () => {
    expect(uidOf({ standards: [{ name: `${FSBP}-1.0.0`, requirements: ['S3.8'] }] })).toBe(uidOf(hub('S3.8')))
    for (const name of ['CIS-3.0', `My-${FSBP}`, `${FSBP}-Extended`])
      expect(uidOf({ standards: [{ name, requirements: ['S3.8'] }] })).toBeUndefined()
  })

  test.each(['', 's3.8', 'S3', 'S3.8.1', '2.1.4', 'S3.8 and more'])('%j is no control of Security Hub', (control) => {
    expect(uidOf(names(control))).toBeUndefined()
    expect(uidOf(hub(control || 'x'))).toBeUndefined()
  })

  test('a fix changes nothing about what is equivalent', () => {
    expect(uidOf({ ...names('S3.8'), verdict: 'absent' })).toBe(uidOf(names('S3.8')))
  })
})

describe('by the configuration', () => {
  const groups: CorrelationConfig = {
    'ssh-open': [
      { product: 'security-hub', control: 'EC2.13' },
      { product: 'checkov', control: 'CKV_AWS_24' },
    ],
    alone: [{ product: 'prowler', control: 'special' }],
  }

  test('controls of one group correlate, and with them what states to be equivalent to one of them', () => {
    const [checkov, ours] = [{ product: 'checkov', control: 'CKV_AWS_24' }, hub('EC2.13')]
    expect(uidOf(checkov)).toBeUndefined()
    expect(uidOf(checkov, groups)).toBe(uidOf(ours, groups))
    expect(uidOf(names('EC2.13'), groups)).toBe(uidOf(ours, groups))
    expect(uidOf(names('EC2.2', 'EC2.13'), groups)).toBe(uidOf(ours, groups))
  })

  test('a control that stands in it is in that group alone', () => {
    const special = { ...names('S3.8'), control: 'special' }
    expect(uidOf(special)).toBe(uidOf(hub('S3.8')))
    expect(uidOf(special, groups)).not.toBe(uidOf(hub('S3.8'), groups))
  })

  test('the id depends on the name of the group, not on who else is in it', () => {
    const [first, ...more] = groups['ssh-open']!
    const grown = { 'ssh-open': [...more, { product: 'trivy', control: 'AVD-AWS-0107' }, first!] }
    expect(uidOf(hub('EC2.13'), grown)).toBe(uidOf(hub('EC2.13'), groups))
    expect(uidOf(hub('EC2.13'), { ssh: groups['ssh-open']! })).not.toBe(uidOf(hub('EC2.13'), groups))
  })

  test('what it says nothing of stays as it was', () => {
    expect(uidOf(names('S3.8'), groups)).toBe(uidOf(names('S3.8')))
  })
})
