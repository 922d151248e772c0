import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyContext, anyState } from '../../../test/oracle/any-finding.ts'
import type { FindingContext } from '../../enricher.ts'
import { ITEMS, LADDERS } from '../../evidence.ts'
import { NO_INTELLIGENCE, type Intelligence } from '../../intelligence.ts'
import { TABLES } from '../tables.ts'
import { evidenceOf } from './evidence-of.ts'
import { OBSERVED, sampleFinding, type SampleChanges } from './sample-finding.ts'

const of = (changes: SampleChanges, context: FindingContext = {}) =>
  evidenceOf(sampleFinding(changes), context, NO_INTELLIGENCE, TABLES)
const values = (changes: SampleChanges) => {
  const vector = of(changes)
  const known = ITEMS.flatMap((item) => {
    const evidence = vector[item]
    return evidence === undefined ? [] : [[item, `${evidence.value} ${evidence.certainty}`] as const]
  })
  return Object.fromEntries(known)
}
const typed = (product: string, type: string, title = 'It is so') =>
  values({ product, control: 'anything', description: { types: [type], title, severity: 'unknown' } })

describe('what a source states', () => {
  test('comes with who says it, when, and in which words', () => {
    const description = { categories: ['internet-exposed'] }
    const grounds = { source: 'Prowler', observedAt: OBSERVED }
    const evidence = ['control ec2_instance_public_ip', 'category internet-exposed']
    expect(of({ control: 'ec2_instance_public_ip', description })).toEqual({
      severity: { value: 'high', certainty: 'certain', ...grounds },
      exploitability: { value: 'conditional', certainty: 'certain', ...grounds, evidence },
      exposure: { value: 'internet', certainty: 'possible', ...grounds, evidence },
    })
  })

  test('is absent where nobody says anything, and so is an unknown severity', () => {
    expect(of({ control: 'a_check_of_next_year', description: { severity: 'unknown' } })).toEqual({})
  })

  test('by category alone, is a possible exposure and no more', () => {
    const description = { categories: ['internet-exposed', 'gen-ai'], severity: 'unknown' as const }
    expect(of({ control: 'a_check_of_next_year', description })).toEqual({
      exposure: {
        value: 'internet',
        certainty: 'possible',
        source: 'Prowler',
        observedAt: OBSERVED,
        evidence: ['category internet-exposed'],
      },
    })
  })

  test('of a guard that is off exposes nothing yet, whatever its category', () => {
    const description = { categories: ['internet-exposed'], severity: 'unknown' as const }
    expect(values({ control: 's3_bucket_level_public_access_block', description })).toEqual({
      exploitability: 'conditional certain',
    })
  })

  test.each([
    ['prowler', 's3_bucket_public_access', 'easy', { exposure: 'internet_sensitive', anonymousAccess: 'read' }],
    ['security-hub', 'S3.3', 'easy', { exposure: 'internet_sensitive', anonymousAccess: 'write' }],
    [
      'prowler',
      'ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22',
      'conditional',
      { exposure: 'internet_sensitive' },
    ],
    ['security-hub', 'EC2.19', 'conditional', { exposure: 'internet_sensitive' }],
    ['security-hub', 'RDS.2', 'conditional', { exposure: 'internet_sensitive' }],
    ['prowler', 'iam_policy_allows_privilege_escalation', 'conditional', { identity: 'admin' }],
    ['security-hub', 'IAM.1', 'conditional', { identity: 'admin' }],
    ['prowler', 'awslambda_function_no_secrets_in_variables', 'easy', { liveSecret: 'yes' }],
    ['security-hub', 'CodeBuild.2', 'easy', { liveSecret: 'yes' }],
    ['prowler', 'iam_rotate_access_key_90_days', 'conditional', {}],
    ['prowler', 'cloudtrail_multi_region_enabled', 'hygiene', {}],
    ['security-hub', 'EC2.8', 'conditional', {}],
    ['security-hub', 'S3.9', 'hygiene', {}],
  ])('%s %s is %s, and the rest is possible: %j', (product, control, exploitability, rest) => {
    const possible = Object.fromEntries(Object.entries(rest).map(([item, value]) => [item, `${value} possible`]))
    const description = { severity: 'unknown' as const }
    expect(values({ product, control, description })).toEqual({
      exploitability: `${exploitability} certain`,
      ...possible,
    })
  })

  test("is not read into another product's control of the same name", () => {
    expect(values({ product: 'night-watch', control: 'S3.3', description: { severity: 'unknown' } })).toEqual({})
  })

  test.each([
    [
      'inspector',
      'Software and Configuration Checks/AWS Security Best Practices/Network Reachability',
      'Port 22 is reachable from an Internet Gateway - TCP',
      { exploitability: 'conditional possible', exposure: 'internet_sensitive possible' },
    ],
    [
      'inspector',
      'Software and Configuration Checks/AWS Security Best Practices/Network Reachability',
      'Port 443 is reachable from an Internet Gateway - TCP',
      { exploitability: 'conditional possible', exposure: 'internet possible' },
    ],
    [
      'inspector',
      'Software and Configuration Checks/AWS Security Best Practices/Network Reachability',
      'Port 22 is reachable from a Peered VPC',
      { exploitability: 'conditional possible', exposure: 'cross_boundary possible' },
    ],
    [
      'macie',
      'Sensitive Data Identifications/PII/SensitiveData:S3Object-Personal',
      'An object holds names',
      { data: 'confidential possible' },
    ],
    [
      'macie',
      'SensitiveData:S3Object/Credentials',
      'An object holds keys',
      { data: 'restricted possible', liveSecret: 'yes possible' },
    ],
    [
      'guardduty',
      'Effects/Data Exfiltration/Exfiltration:S3-AnomalousBehavior',
      'Data leaves',
      { exploitability: 'active possible' },
    ],
    ['guardduty', 'UnauthorizedAccess:EC2/SSHBruteForce', 'Somebody tries', {}],
    [
      'guardduty',
      'Policy:S3/BucketAnonymousAccessGranted',
      'Open',
      { exploitability: 'easy possible', exposure: 'internet_sensitive possible', anonymousAccess: 'read possible' },
    ],
    [
      'access-analyzer',
      'Software and Configuration Checks/AWS Security Best Practices/External Access Granted',
      'Another account',
      { exploitability: 'conditional possible', exposure: 'cross_boundary possible' },
    ],
    [
      'cloud-custodian',
      'Software and Configuration Checks/AWS Security Best Practices/public-ip',
      'ebs-post-finding',
      { exploitability: 'conditional possible', exposure: 'internet possible' },
    ],
    ['night-watch', 'TTPs/Initial Access', 'A door', {}],
  ])('%s of type %s titled %s is %j', (product, type, title, expected) => {
    expect(typed(product, type, title)).toEqual(expected)
  })
})

describe('what enrichers found out', () => {
  const proved: FindingContext = {
    exposure: { value: 'none', certainty: 'certain', source: 'a graph' },
    identity: { value: 'scoped', certainty: 'possible', source: 'a graph' },
    data: { value: 'restricted', certainty: 'certain', source: 'tag data=restricted' },
    path: { value: 'long', certainty: 'certain', source: 'a graph' },
    asset: { value: 'prod', certainty: 'certain', source: 'tag env=prod' },
  }

  test('stands as it is, and what is proved beats what the source only states', () => {
    const found = of({ control: 'ec2_instance_public_ip' }, proved)
    expect(found).toMatchObject({
      exposure: proved.exposure!,
      data: proved.data,
      path: proved.path,
      asset: proved.asset,
    })
  })

  test('says what the source states worse than what is proved, and says nothing where the source agrees', () => {
    const claim = { value: 'internet', source: 'Prowler', evidence: ['control ec2_instance_public_ip'] }
    expect(of({ control: 'ec2_instance_public_ip' }, proved).exposure?.overruled).toEqual([claim])
    for (const value of ['internet', 'internet_sensitive'] as const) {
      const exposure = { value, certainty: 'certain', source: 'a graph' } as const
      expect(of({ control: 'ec2_instance_public_ip' }, { exposure }).exposure).toEqual(exposure)
    }
  })

  test('about access without signing in decides too', () => {
    const anonymousAccess = { value: 'no', certainty: 'certain', source: 'inventory' } as const
    expect(of({ control: 's3_bucket_public_access' }, { anonymousAccess }).anonymousAccess).toEqual({
      ...anonymousAccess,
      overruled: [{ value: 'read', source: 'Prowler', evidence: ['control s3_bucket_public_access'] }],
    })
  })

  test('about access without signing in is left out where there is nothing to exploit by itself', () => {
    const anonymousAccess = { value: 'read', certainty: 'certain', source: 'inventory' } as const
    const access = (control: string) => of({ control }, { anonymousAccess }).anonymousAccess
    expect(access('s3_bucket_lifecycle_enabled')).toBeUndefined()
    expect(access('s3_bucket_level_public_access_block')).toEqual(anonymousAccess)
  })

  test('beside a statement that is no more certain, the worse counts', () => {
    expect(of({ control: 'iam_policy_allows_privilege_escalation' }, proved).identity).toMatchObject({
      value: 'admin',
      source: 'Prowler',
    })
  })
})

test('a control as long as a book takes no time', () => {
  const started = performance.now()
  expect(values({ control: '_logging'.repeat(20_000), description: { severity: 'unknown' } })).toEqual({})
  expect(typed('guardduty', '/UnauthorizedAccess'.repeat(20_000))).toEqual({})
  expect(performance.now() - started).toBeLessThan(2000)
})

const anyScore = fc.option(
  fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), percentile: fc.constant(0.5) }),
  { nil: undefined },
)
const anyFeed = fc.option(fc.record({ at: fc.nat(), count: fc.nat() }), { nil: undefined })
const anyIntelligence: fc.Arbitrary<Intelligence> = fc
  .record({
    epss: anyFeed,
    kev: anyFeed,
    score: anyScore,
    entry: fc.option(fc.record({ addedAt: fc.double(), ransomware: fc.boolean() }), { nil: undefined }),
  })
  .map(({ epss, kev, score, entry }) => ({
    epss,
    kev,
    epssOf: () => (epss === undefined ? undefined : score),
    kevOf: () => (kev === undefined ? undefined : entry),
  }))
const anyControl = fc.constantFrom('S3.2', 'IAM.1', 's3_bucket_public_access', 'x', 'ec2_instance_secrets_user_data')

describe('whatever a finding holds', () => {
  test('its evidence is on its ladder, names its source, and nothing that is only stated is certain', () => {
    const states = fc.record({
      state: anyState,
      product: fc.constantFrom('prowler', 'security-hub', 'macie'),
      control: anyControl,
    })
    fc.assert(
      fc.property(states, anyContext, anyIntelligence, ({ state, product, control }, context, intelligence) => {
        const finding = { ...state, identity: { ...state.identity, product, control } }
        const vector = evidenceOf(finding, context, intelligence, TABLES)
        for (const item of ITEMS) {
          const evidence = vector[item]
          if (evidence === undefined) continue
          expect(LADDERS[item]).toContain(evidence.value)
          expect(evidence.source).not.toBe('')
          const own = new Set(['exploitability', 'severity'])
          const isProved = item in context && context[item as 'exposure']?.certainty === 'certain'
          if (evidence.certainty === 'certain' && !own.has(item)) expect(isProved).toBe(true)
          if (isProved) {
            const { overruled: _, ...proved } = context[item as 'exposure']!
            expect(evidence).toMatchObject(proved)
          }
        }
        if (intelligence.kev === undefined) expect(vector.cve?.kev).toBeUndefined()
        if (!finding.description.vulnerabilities?.some(({ uid }) => uid.startsWith('CVE-')))
          expect(vector).not.toHaveProperty('cve')
      }),
      { numRuns: 300 },
    )
  })

  test('whether it passes or fails changes nothing', () => {
    fc.assert(
      fc.property(anyState, anyContext, (state, context) => {
        const other = { ...state, state: 'resolved' as const, members: {} }
        expect(evidenceOf(other, context, NO_INTELLIGENCE, TABLES)).toEqual(
          evidenceOf(state, context, NO_INTELLIGENCE, TABLES),
        )
      }),
      { numRuns: 50 },
    )
  })
})
