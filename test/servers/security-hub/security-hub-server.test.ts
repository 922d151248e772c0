import {
  BatchImportFindingsCommand,
  DescribeHubCommand,
  GetFindingAggregatorCommand,
  GetFindingsCommand,
  GetFindingsV2Command,
  ListFindingAggregatorsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub'
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SecurityHubOptions } from './options.ts'
import { ACCOUNT, clientOf, REGION, sampleFinding } from './sample-finding.ts'
import { SecurityHubServer } from './security-hub-server.ts'

const OTHER = '444455556666'
const get = () => new GetFindingsCommand({})

async function started(options: SecurityHubOptions = {}) {
  const server = await SecurityHubServer.start(options)
  onTestFinished(() => server.stop())
  return server
}

describe('rates', () => {
  const burst = async (count: number, send: () => Promise<unknown>) => {
    const results = await Promise.allSettled(Array.from({ length: count }, send))
    return results.filter(({ status }) => status === 'fulfilled').length
  }

  test('are 6 at once and 3 a second for GetFindings, for each account and region', async () => {
    const server = await started({ rateFactor: 0.01 })
    const client = clientOf(server)
    expect(await burst(10, () => client.send(get()))).toBe(6)
    await expect(client.send(get())).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429 },
    })
    await clientOf(server, { region: 'us-east-1' }).send(get())
    const second = new GetFindingsV2Command({})
    expect(await burst(10, () => client.send(second))).toBe(6)
    await expect(client.send(second)).rejects.toMatchObject({ name: 'ThrottlingException' })
    expect(server.peakRate('GetFindings')).toBe(11)
  })

  test('are 30 at once and 10 a second for the others', async () => {
    const server = await started({ rateFactor: 0.01 })
    const client = clientOf(server)
    const send = () => client.send(new BatchImportFindingsCommand({ Findings: [sampleFinding()] }))
    expect(await burst(33, send)).toBe(30)
    expect(server.calls('BatchImportFindings').filter(({ status }) => status === 429)).toHaveLength(3)
  })

  test('come back with time, as fast as the factor says', async () => {
    const server = await started({ rateFactor: 50 })
    const client = clientOf(server)
    await burst(20, () => client.send(get()))
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(await burst(6, () => client.send(get()))).toBe(6)
  })
})

describe('roles', () => {
  const roleArn = `arn:aws:iam::${OTHER}:role/posture-stream`
  const accounts = [{ id: ACCOUNT }, { id: OTHER }]
  const roles = [{ arn: roleArn, externalId: 'agreed' }]

  function assumed(server: SecurityHubServer, params: { RoleArn: string; ExternalId?: string }) {
    const sts = { endpoint: server.url, region: REGION, maxAttempts: 1 }
    return new SecurityHubClient({
      endpoint: server.url,
      region: REGION,
      maxAttempts: 1,
      credentials: fromTemporaryCredentials({
        masterCredentials: server.credentials(ACCOUNT),
        params: { RoleSessionName: 'test', ...params },
        clientConfig: sts,
      }),
    })
  }

  test('that are assumed act for their account', async () => {
    const server = await started({ accounts, roles })
    const client = assumed(server, { RoleArn: roleArn, ExternalId: 'agreed' })
    const Findings = [sampleFinding({}, { account: OTHER })]
    expect(await client.send(new BatchImportFindingsCommand({ Findings }))).toMatchObject({ SuccessCount: 1 })
    expect(server.findings(OTHER)).toHaveLength(1)
    expect(server.calls().map(({ operation, account }) => [operation, account])).toEqual([
      ['AssumeRole', ACCOUNT],
      ['BatchImportFindings', OTHER],
    ])
  })

  test('are refused without their external id, and where there is no such role', async () => {
    const server = await started({ accounts, roles })
    for (const params of [
      { RoleArn: roleArn },
      { RoleArn: roleArn, ExternalId: 'guessed' },
      { RoleArn: `${roleArn}-2`, ExternalId: 'agreed' },
    ])
      await expect(assumed(server, params).send(get())).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(server.calls('GetFindings')).toEqual([])
  })

  test('end with their credentials', async () => {
    const server = await started({ accounts, roles })
    const client = assumed(server, { RoleArn: roleArn, ExternalId: 'agreed' })
    await client.send(get())
    server.expireCredentials()
    await expect(client.send(get())).rejects.toMatchObject({ name: 'ExpiredTokenException' })
    await clientOf(server).send(get())
  })

  test('nobody else gets in', async () => {
    const server = await started({ accounts, roles })
    const { accessKeyId, secretAccessKey } = await assumed(server, {
      RoleArn: roleArn,
      ExternalId: 'agreed',
    }).config.credentials()
    const withoutToken = {
      endpoint: server.url,
      region: REGION,
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey },
    }
    await expect(new SecurityHubClient(withoutToken).send(get())).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    })
    await expect(clientOf(server, { account: '777788889999' }).send(get())).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    })
    const { status } = await fetch(`${server.url}/findings`, { method: 'POST', body: '{}' })
    expect(status).toBe(403)
  })
})

describe('faults', () => {
  test('come as often as was asked for, where they were asked for', async () => {
    const server = await started()
    const client = clientOf(server)
    server.next(1, { exception: 'InternalException', retryAfter: '3' }, { operation: 'GetFindings' })
    await client.send(new DescribeHubCommand({}))
    await expect(client.send(get())).rejects.toMatchObject({
      name: 'InternalException',
      $response: { headers: { 'retry-after': '3' } },
    })
    server.next(1, { status: 503, html: '<html>Service Unavailable</html>' })
    await expect(client.send(get())).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } })
    server.next(1, { hangUp: true }, { region: REGION })
    await expect(client.send(get())).rejects.toThrow()
    server.next(1, { json: { Findings: [null] } })
    expect((await client.send(get())).Findings).toHaveLength(1)
    server.next(1, { exception: 'AccessDeniedException' }, { region: 'us-east-1' })
    await client.send(get())
    server.behave()
    await clientOf(server, { region: 'us-east-1' }).send(get())
  })

  test('can come after the work was done', async () => {
    const server = await started()
    server.next(1, { status: 502, html: '' }, { done: true })
    const command = new BatchImportFindingsCommand({ Findings: [sampleFinding()] })
    await expect(clientOf(server).send(command)).rejects.toThrow()
    expect(server.findings()).toHaveLength(1)
  })

  test('can be those of single findings', async () => {
    const server = await started()
    server.failFindings(['b'], 1)
    const Findings = [sampleFinding({ Id: 'a' }), sampleFinding({ Id: 'b' })]
    const send = () => clientOf(server).send(new BatchImportFindingsCommand({ Findings }))
    expect((await send()).FailedFindings).toMatchObject([{ Id: 'b', ErrorCode: 'InternalError' }])
    expect((await send()).FailedFindings).toEqual([])
  })

  test('can be a hub that is off, or out of bounds', async () => {
    const server = await started({ accounts: [{ id: ACCOUNT, enabledIn: [REGION] }] })
    const client = clientOf(server)
    const elsewhere = clientOf(server, { region: 'us-east-1' })
    await client.send(get())
    await expect(elsewhere.send(get())).rejects.toMatchObject({ name: 'InvalidAccessException' })
    server.disable({ account: ACCOUNT })
    await expect(client.send(new DescribeHubCommand({}))).rejects.toMatchObject({ name: 'InvalidAccessException' })
    const { FailedFindings } = await client.send(new BatchImportFindingsCommand({ Findings: [sampleFinding()] }))
    expect(FailedFindings).toMatchObject([{ ErrorCode: 'InvalidAccess' }])
    server.enable()
    server.deny('GetFindings')
    await expect(client.send(get())).rejects.toMatchObject({ name: 'AccessDeniedException' })
    server.behave()
    await client.send(get())
  })

  test('can be slowness', async () => {
    const server = await started()
    server.latency(80, 'GetFindings')
    const began = performance.now()
    await clientOf(server).send(get())
    expect(performance.now() - began).toBeGreaterThan(70)
  })
})

test('a call is noted, with who made it and how it went', async () => {
  const server = await started({ clock: () => 1_790_000_000_000 })
  const { $metadata } = await clientOf(server).send(new GetFindingsCommand({ MaxResults: 7 }))
  expect($metadata.httpStatusCode).toBe(200)
  expect(server.calls()).toEqual([
    {
      operation: 'GetFindings',
      account: ACCOUNT,
      region: REGION,
      input: { MaxResults: 7 },
      bytes: 16,
      status: 200,
      error: undefined,
      at: 1_790_000_000_000,
    },
  ])
})

test('the clock of the server is in its answers', async () => {
  const ahead = Date.now() + 3 * 24 * 3600 * 1000
  const server = await started({ clock: () => ahead })
  const { headers } = await fetch(server.url)
  expect(Date.parse(headers.get('date')!)).toBe(Math.floor(ahead / 1000) * 1000)
})

test('the hub and its aggregation are described', async () => {
  const server = await started({ aggregation: { home: REGION, linked: ['us-east-1'] } })
  const client = clientOf(server)
  expect((await client.send(new DescribeHubCommand({}))).HubArn).toBe(
    `arn:aws:securityhub:${REGION}:${ACCOUNT}:hub/default`,
  )
  const { FindingAggregators } = await client.send(new ListFindingAggregatorsCommand({}))
  const { FindingAggregatorArn } = FindingAggregators![0]!
  expect(await client.send(new GetFindingAggregatorCommand({ FindingAggregatorArn }))).toMatchObject({
    FindingAggregationRegion: REGION,
    RegionLinkingMode: 'SPECIFIED_REGIONS',
    Regions: ['us-east-1'],
  })
})

test('a stop refuses connections until the same server starts again, with what it had', async () => {
  const server = await started()
  server.seed([sampleFinding()])
  await server.stop()
  await expect(clientOf(server).send(get())).rejects.toThrow()
  await server.startAgain()
  expect((await clientOf(server).send(get())).Findings).toHaveLength(1)
  server.remove('posture-stream/sample')
  expect(server.findings()).toEqual([])
})
