import { describe, expect, test } from 'vitest'
import { ownFindingId } from '../../schemas/security-hub-marks.ts'
import { sampleFinding } from '../sample-findings.ts'
import { sinkContract } from '../sink.contract.ts'
import { ACCOUNT, held, newHub, openHub, OTHER_ACCOUNT, pump, REGION, send } from './sample-hub.ts'
import { securityHub } from './security-hub.ts'

const signal = new AbortController().signal
const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${String(index).padStart(4, '0')}`)

sinkContract('security-hub', async () => {
  const server = await newHub()
  return { takes: securityHub.takes, open: () => openHub(server), held: async () => held(server) }
})

describe('importing', () => {
  test('sends up to 100 findings a call, all of which the limits take', async () => {
    const server = await newHub()
    const sink = await openHub(server)
    const findings = keys(250).map((key) => sampleFinding(key))
    expect(new Set(await send(sink, ...findings))).toEqual(new Set(['delivered']))
    const calls = server.calls('BatchImportFindings')
    expect(calls.map(({ input }) => (input['Findings'] as unknown[]).length)).toEqual([100, 100, 50])
    expect(held(server)).toHaveLength(250)
  })

  test('keeps a call under 6 MB', async () => {
    const server = await newHub()
    const sink = await openHub(server)
    const tags = Array.from({ length: 50 }, (_, index) => ({ name: `tag-${index}`, value: 'v'.repeat(250) }))
    const findings = keys(100).map((key) => {
      const finding = sampleFinding(key)
      const resources = Array.from({ length: 14 }, (_, index) => ({ uid: `arn:aws:s3:::b-${index}`, tags }))
      return { ...finding, event: { ...finding.event, resources } }
    })
    expect(new Set(await send(sink, ...findings))).toEqual(new Set(['delivered']))
    const sizes = server.calls('BatchImportFindings').map(({ bytes }) => bytes)
    expect(sizes.length).toBeGreaterThan(2)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6_000_000)
  })

  test('a closed finding is archived, and a relapse makes it active again', async () => {
    const server = await newHub()
    const sink = await openHub(server)
    const states: unknown[] = []
    for (const [revision, state] of [
      [1, 'open'],
      [2, 'resolved'],
      [3, 'open'],
      [4, 'gone'],
    ] as const) {
      await send(sink, sampleFinding('a', revision, { state }))
      states.push(server.findings()[0]!.RecordState)
    }
    expect(states).toEqual(['ACTIVE', 'ARCHIVED', 'ACTIVE', 'ARCHIVED'])
  })

  test("an analyst's suppression, note, severity, verification and fields survive", async () => {
    const server = await newHub()
    const sink = await openHub(server)
    await send(sink, sampleFinding('a', 1))
    const analyst = {
      Workflow: { Status: 'SUPPRESSED' },
      Note: { Text: 'Accepted by me.', UpdatedBy: 'alice' },
      Severity: { Label: 'LOW' },
      VerificationState: 'BENIGN_POSITIVE',
      UserDefinedFields: { ticket: 'SEC-1' },
      Criticality: 7,
      Types: ['Effects'],
    }
    server.asAnalyst(ownFindingId('a'), analyst)
    const critical = sampleFinding('a', 2, { title: 'Another title', priority: 'P1' })
    expect(
      await send(sink, { ...critical, event: { ...critical.event, severity_id: 5, severity: 'Critical' } }),
    ).toEqual(['delivered'])
    expect(server.findings()[0]).toMatchObject({
      ...analyst,
      Title: 'Another title',
      FindingProviderFields: { Severity: { Label: 'CRITICAL' } },
    })
    const rules = server.violations().map(({ rule }) => rule)
    expect(rules).not.toContain('analyst-field-sent')
    expect(rules).not.toContain('provider-field-sent')
    expect(rules).not.toContain('older-updated-at')
    expect(rules).not.toContain('created-at-changed')
  })

  test('what fails in a batch is tried again or set aside by its own code, and nobody else with it', async () => {
    const server = await newHub()
    const sink = await openHub(server)
    const findings = keys(100).map((key) => sampleFinding(key))
    server.failFindings([ownFindingId('k0017')], 99, 'InvalidInput')
    server.failFindings([ownFindingId('k0040')], 1, 'InternalError')
    server.failFindings([ownFindingId('k0041')], 1, 'ConcurrentUpdateError')
    const outcomes = await send(sink, ...findings)
    expect([outcomes[17], outcomes[40], outcomes[41]]).toEqual([
      'SECURITY_HUB_INVALID_INPUT',
      'SECURITY_HUB_INTERNAL_ERROR',
      'SECURITY_HUB_CONCURRENT_UPDATE_ERROR',
    ])
    expect(outcomes.filter((each) => each === 'delivered')).toHaveLength(97)
    expect(await pump(sink, findings)).toEqual(['SECURITY_HUB_INVALID_INPUT'])
    expect(held(server)).toHaveLength(99)
  })

  test('a call that is refused as a whole is halved until the finding that is to blame stands alone', async () => {
    const server = await newHub()
    const sink = await openHub(server)
    // 8, 4, 4 with the blame among the first: refused at 8, 4, 2 and 1.
    server.next(4, { exception: 'InvalidInputException' }, { operation: 'BatchImportFindings' })
    const outcomes = await send(sink, ...keys(8).map((key) => sampleFinding(key)))
    expect(outcomes).toEqual(['SECURITY_HUB_REQUEST_REFUSED', ...Array.from({ length: 7 }, () => 'delivered')])
  })

  test('a finding without a time of its own is set aside alone', async () => {
    const server = await newHub()
    const sink = await openHub(server)
    const broken = { ...sampleFinding('b'), event: {} }
    const findings = [sampleFinding('a'), { ...broken, event: { cloud: { account: { uid: ACCOUNT } } } }]
    expect(await send(sink, ...findings)).toEqual(['delivered', 'SECURITY_HUB_FINDING_INCOMPLETE'])
  })
})

describe('a place for each finding', () => {
  test('is its account and region, by an assumed role with its external id', async () => {
    const roleArn = `arn:aws:iam::${OTHER_ACCOUNT}:role/posture-stream`
    const server = await newHub({
      accounts: [{ id: ACCOUNT }, { id: OTHER_ACCOUNT }],
      roles: [{ arn: roleArn, externalId: 'secret-handshake' }],
    })
    const other = { account: OTHER_ACCOUNT, regions: ['us-east-1'], roleArn, externalId: 'secret-handshake' }
    const destinations = [{ account: ACCOUNT, regions: ['us-east-1', REGION] }, other]
    const sink = await openHub(server, { destinations })
    await sink.check(signal)
    const elsewhere = sampleFinding('c')
    const findings = [
      sampleFinding('a'),
      sampleFinding('b', 1, { account: OTHER_ACCOUNT }),
      { ...elsewhere, event: { ...elsewhere.event, resources: [{ uid: 'x', region: 'ap-south-1' }] } },
      sampleFinding('d', 1, { account: '999999999999' }),
    ]
    expect(await send(sink, ...findings)).toEqual([
      'delivered',
      'delivered',
      'delivered',
      'SECURITY_HUB_NO_DESTINATION',
    ])
    expect(held(server, ACCOUNT, REGION)).toEqual(['a@1'])
    expect(held(server, OTHER_ACCOUNT, 'us-east-1')).toEqual(['b@1'])
    expect(held(server, ACCOUNT, 'us-east-1')).toEqual(['c@1'])
  })

  test('is one for all other accounts, where that is wanted; whose they are stands in their fields', async () => {
    const server = await newHub()
    const sink = await openHub(server, { otherAccounts: ACCOUNT })
    expect(await send(sink, sampleFinding('a', 1, { account: 'azure-subscription' }))).toEqual(['delivered'])
    const [finding] = server.findings()
    expect(finding).toMatchObject({
      AwsAccountId: ACCOUNT,
      ProductFields: { 'posture-stream/account': 'azure-subscription' },
    })
  })

  test('is not taken for another account than the credentials are of', async () => {
    const server = await newHub({ accounts: [{ id: ACCOUNT }, { id: OTHER_ACCOUNT }] })
    const sink = await openHub(server, { destinations: [{ account: OTHER_ACCOUNT, regions: [REGION] }] })
    const wrong = { code: 'SECURITY_HUB_WRONG_ACCOUNT', fault: 'configuration' }
    await expect(sink.check(signal)).rejects.toMatchObject(wrong)
    await expect(send(sink, sampleFinding('a', 1, { account: OTHER_ACCOUNT }))).rejects.toMatchObject(wrong)
    expect(server.calls('BatchImportFindings')).toEqual([])
  })

  test('that cannot be written to does not keep findings from the others', async () => {
    const server = await newHub()
    const sink = await openHub(server, { destinations: [{ account: ACCOUNT, regions: [REGION, 'us-east-1'] }] })
    server.disable({ region: 'us-east-1' })
    const elsewhere = sampleFinding('b')
    const event = { ...elsewhere.event, resources: [{ uid: 'x', region: 'us-east-1' }] }
    const outcomes = await send(sink, sampleFinding('a'), { ...elsewhere, event })
    expect(outcomes).toEqual(['delivered', 'SECURITY_HUB_NOT_ENABLED'])
    expect(held(server)).toEqual(['a@1'])
  })
})

describe('the pace', () => {
  test('is never above the documented rate, however many partitions deliver', async () => {
    const server = await newHub({ rateFactor: 1 })
    const sink = await openHub(server, { callsPerSecond: 9 })
    const batches = keys(50).map((key) => [sampleFinding(key)])
    const began = performance.now()
    const outcomes = await Promise.all(batches.map((batch) => send(sink, ...batch)))
    expect(outcomes.flat().filter((each) => each !== 'delivered')).toEqual([])
    expect(server.calls('BatchImportFindings').filter(({ error }) => error !== undefined)).toEqual([])
    expect(server.peakRate('BatchImportFindings')).toBeLessThanOrEqual(35)
    expect(performance.now() - began).toBeGreaterThan(2500)
    expect(held(server)).toHaveLength(50)
  }, 20_000)

  test('waits when others have used up the quota', async () => {
    const server = await newHub()
    const sink = await openHub(server)
    server.next(3, { exception: 'ThrottlingException' }, { operation: 'BatchImportFindings' })
    expect(await pump(sink, [sampleFinding('a'), sampleFinding('b')], 1)).toEqual([])
    expect(held(server)).toEqual(['a@1', 'b@1'])
  }, 20_000)
})
