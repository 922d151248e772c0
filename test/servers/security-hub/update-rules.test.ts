import { BatchImportFindingsCommand, BatchUpdateFindingsCommand } from '@aws-sdk/client-securityhub'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { HubPlace } from './options.ts'
import { ACCOUNT, clientOf, REGION, sampleFinding } from './sample-finding.ts'
import { SecurityHubServer } from './security-hub-server.ts'

const at = (minute: number) => `2026-11-25T10:${String(minute).padStart(2, '0')}:00.000Z`
const Id = 'posture-stream/sample'
const ProductArn = sampleFinding().ProductArn

async function started() {
  const server = await SecurityHubServer.start({ clock: () => Date.parse(at(30)) })
  onTestFinished(() => server.stop())
  const client = clientOf(server)
  return {
    server,
    async send(change: object = {}) {
      const answer = await client.send(new BatchImportFindingsCommand({ Findings: [sampleFinding(change)] }))
      expect(answer.FailedFindings).toEqual([])
      return server.findings()[0]!
    },
    async update(change: object, identifiers = [{ Id, ProductArn }]) {
      const command = new BatchUpdateFindingsCommand({ FindingIdentifiers: identifiers, ...change })
      const { ProcessedFindings, UnprocessedFindings } = await client.send(command)
      return { done: ProcessedFindings!.length, codes: UnprocessedFindings!.map(({ ErrorCode }) => ErrorCode) }
    },
    rules: () => server.violations().map(({ rule }) => rule),
  }
}

describe('a new finding', () => {
  test('is completed', async () => {
    const { send, rules } = await started()
    expect(await send({ RecordState: undefined })).toMatchObject({
      RecordState: 'ACTIVE',
      Workflow: { Status: 'NEW' },
      Region: REGION,
      ProductName: 'Default',
      ProcessedAt: at(30),
      Severity: { Label: 'HIGH', Normalized: 70, Original: '8.1' },
      Types: ['Software and Configuration Checks/Posture/S3'],
      ProductFields: { 'aws/securityhub/FindingId': `${ProductArn}/${Id}` },
    })
    expect(rules()).toEqual([])
  })

  test('fills FindingProviderFields from what it has at the top', async () => {
    const { send } = await started()
    const Severity = { Normalized: 40, Original: 'x' }
    const { FindingProviderFields } = await send({ FindingProviderFields: undefined, Severity, Types: ['TTPs'] })
    expect(FindingProviderFields).toEqual({ Severity: { Label: 'MEDIUM', Original: 'x' }, Types: ['TTPs'] })
  })

  test('may have a note of its provider, and must have one time', async () => {
    const { send, rules } = await started()
    const Note = { Text: 'first', UpdatedBy: 'us', UpdatedAt: at(0) }
    expect(await send({ Note, UpdatedAt: at(1) })).toMatchObject({ Note })
    expect(rules()).toEqual(['created-at-not-updated-at'])
  })
})

describe('an update of the provider', () => {
  test('replaces the finding where it is later, and is ignored where it is older or equal', async () => {
    const { send, rules } = await started()
    await send({ SourceUrl: 'https://example.test' })
    const later = await send({ UpdatedAt: at(2), Title: 'later' })
    expect(later).toMatchObject({ Title: 'later', UpdatedAt: at(2), CreatedAt: at(0) })
    expect(later.SourceUrl).toBeUndefined()
    expect(await send({ UpdatedAt: at(1), Title: 'older' })).toMatchObject({ Title: 'later' })
    expect(await send({ UpdatedAt: '2026-11-25T11:02:00+01:00', Title: 'equal' })).toMatchObject({ Title: 'later' })
    expect(rules()).toEqual(['older-updated-at', 'equal-updated-at'])
  })

  test('may come once more, as after an answer that was lost', async () => {
    const { send, rules } = await started()
    await send()
    await send()
    await send({ UpdatedAt: at(1), Title: 'later' })
    expect(await send({ UpdatedAt: at(1), Title: 'later' })).toMatchObject({ Title: 'later' })
    expect(rules()).toEqual([])
  })

  test('does not change CreatedAt', async () => {
    const { send, rules } = await started()
    await send()
    expect(await send({ CreatedAt: at(5), UpdatedAt: at(5) })).toMatchObject({ CreatedAt: at(0), UpdatedAt: at(5) })
    expect(rules()).toEqual(['created-at-changed'])
  })

  test('leaves alone what is the customer’s', async () => {
    const { send, server, rules } = await started()
    await send()
    const set = {
      Note: { Text: 'mine', UpdatedBy: 'an analyst' },
      UserDefinedFields: { ticket: '1' },
      VerificationState: 'FALSE_POSITIVE',
      Workflow: { Status: 'SUPPRESSED' },
    }
    server.asAnalyst(Id, set)
    const Note = { Text: 'ours', UpdatedBy: 'us', UpdatedAt: at(1) }
    const sent = { Note, UserDefinedFields: { a: 'b' }, VerificationState: 'UNKNOWN', Workflow: { Status: 'NEW' } }
    expect(await send({ UpdatedAt: at(1), ...sent })).toMatchObject({
      ...set,
      Note: { ...set.Note, UpdatedAt: at(30) },
    })
    expect(rules()).toEqual(Array.from({ length: 4 }, () => 'analyst-field-sent'))
  })

  test('changes the severity through FindingProviderFields until the customer has set it', async () => {
    const { send, server, rules } = await started()
    await send()
    const low = { Severity: { Label: 'LOW' }, Types: ['TTPs'] }
    expect(await send({ UpdatedAt: at(1), FindingProviderFields: low })).toMatchObject(low)
    server.asAnalyst(Id, { Severity: { Label: 'CRITICAL' } })
    const after = await send({ UpdatedAt: at(2), FindingProviderFields: { ...low, Types: ['Effects'] } })
    expect(after).toMatchObject({ Severity: { Label: 'CRITICAL', Normalized: 90 }, Types: ['Effects'] })
    expect(after.FindingProviderFields?.Severity).toEqual({ Label: 'LOW' })
    expect(rules()).toEqual([])
    await send({ UpdatedAt: at(3), Severity: { Label: 'LOW' } })
    expect(rules()).toEqual(['provider-field-sent'])
  })
})

describe('the workflow', () => {
  const status = async (first: object, workflow: string, then: object) => {
    const { send, server } = await started()
    await send(first)
    server.asAnalyst(Id, { Workflow: { Status: workflow } })
    return (await send({ UpdatedAt: at(1), ...then })).Workflow?.Status
  }
  const passed = { Compliance: { Status: 'PASSED' } }
  const archived = { RecordState: 'ARCHIVED' }

  test.for(['RESOLVED', 'NOTIFIED'])('returns from %s to NEW with the problem', async (workflow) => {
    expect(await status(archived, workflow, {})).toBe('NEW')
    for (const Status of ['FAILED', 'WARNING', 'NOT_AVAILABLE'])
      expect(await status(passed, workflow, { Compliance: { Status } })).toBe('NEW')
    expect(await status({}, workflow, {})).toBe(workflow)
  })

  test('stays SUPPRESSED', async () => {
    expect(await status(archived, 'SUPPRESSED', {})).toBe('SUPPRESSED')
    expect(await status(passed, 'SUPPRESSED', { Compliance: { Status: 'FAILED' } })).toBe('SUPPRESSED')
    expect(await status({}, 'SUPPRESSED', passed)).toBe('SUPPRESSED')
  })

  test('is RESOLVED when the check passes', async () => {
    expect(await status({}, 'NEW', passed)).toBe('RESOLVED')
  })
})

describe('an update of the customer', () => {
  test('changes its fields, and not UpdatedAt', async () => {
    const { send, update, server } = await started()
    await send()
    const change = {
      Note: { Text: 'n', UpdatedBy: 'me' },
      UserDefinedFields: { a: '1' },
      Workflow: { Status: 'NOTIFIED' },
    }
    expect(await update(change)).toEqual({ done: 1, codes: [] })
    expect(server.findings()[0]).toMatchObject({
      ...change,
      Note: { ...change.Note, UpdatedAt: at(30) },
      UpdatedAt: at(0),
    })
    await update({ UserDefinedFields: { b: '2' } })
    expect(server.findings()[0]?.UserDefinedFields).toEqual({ b: '2' })
  })

  test('fails finding by finding', async () => {
    const { send, update, server } = await started()
    await send()
    const Workflow = { Status: 'NOTIFIED' }
    const known = { Id, ProductArn }
    expect(await update({ Workflow }, [known, { Id: 'no', ProductArn }])).toEqual({
      done: 1,
      codes: ['FindingNotFound'],
    })
    const twice = ['DuplicatedFindingIdentifier', 'DuplicatedFindingIdentifier']
    expect(await update({ Workflow }, [known, known])).toEqual({ done: 0, codes: twice })
    const wrong = [
      { Note: { Text: '', UpdatedBy: 'me' } },
      { UserDefinedFields: { 'a b': 'c' } },
      { Workflow: { Status: 'X' } },
    ]
    for (const change of [...wrong, {}]) expect((await update(change)).codes).toEqual(['InvalidInput'])
    server.failFindings([Id], 1, 'ConcurrentUpdateError')
    expect((await update({ Workflow })).codes).toEqual(['ConcurrentUpdateError'])
    server.failFindings([Id])
    expect((await update({ Workflow })).codes).toEqual(['InternalFailure'])
    expect(await update({ Workflow })).toEqual({ done: 1, codes: [] })
  })

  test('is for 1 to 100 findings', async () => {
    const { update } = await started()
    for (const count of [0, 101]) {
      const identifiers = Array.from({ length: count }, (_, n) => ({ Id: `f${n}`, ProductArn }))
      await expect(update({ Confidence: 1 }, identifiers)).rejects.toMatchObject({ name: 'InvalidInputException' })
    }
  })

  test('that would make a finding larger than 240 KB is not made', async () => {
    const { send, update } = await started()
    await send({ Vulnerabilities: [{ Id: 'x'.repeat(238_000) }] })
    expect((await update({ UserDefinedFields: { a: 'x'.repeat(1000) } })).codes).toEqual(['FindingSizeExceeded'])
  })
})

test('a finding is forgotten 90 days after its provider last sent it', async () => {
  let now = Date.parse(at(0))
  const server = await SecurityHubServer.start({ clock: () => now })
  onTestFinished(() => server.stop())
  const place: HubPlace = { account: ACCOUNT, region: REGION }
  server.seed([sampleFinding()], place)
  now += 90 * 24 * 3600 * 1000 - 1
  server.asAnalyst(Id, { Confidence: 1 })
  expect(server.findings()).toHaveLength(1)
  now += 1
  expect(server.findings()).toEqual([])
})
