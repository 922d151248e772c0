import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, describe, test } from 'vitest'
import { PermanentError, TransientError } from '../../core/errors.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { startHub } from '../aws-security-hub/sample-hub.ts'
import type { Calls, Described, Describer, SendOptions } from './describer.ts'
import { InventoryBench, outcomes } from './sample-inventory.ts'

const ACCOUNT = '111122223333'
const schemas = new SchemaRegistry()
const HOUR = 3_600_000

/** Describes VPCs with these numbers, or another type; `then` comes after them. */
function describer(
  name: string,
  give: (calls: Calls) => AsyncIterable<Described>,
  given: Partial<Describer> = {},
): Describer {
  return {
    name,
    service: 'ec2',
    types: ['AWS::EC2::VPC'],
    scope: 'regional',
    permissions: [],
    describe: give,
    ...given,
  }
}

async function* vpcs(calls: Calls, count: number): AsyncGenerator<Described> {
  for (let each = 1; each <= count; each++)
    yield {
      uid: calls.arn('ec2', `vpc/vpc-${each}`),
      document: { type: 'AWS::EC2::VPC', cidrs: [`10.${each}.0.0/16`] },
    }
}

const denied = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('not allowed'), { name: 'UnauthorizedOperation' }))

/** What gives credentials and says whose they are. */
async function sts() {
  return startHub({}, ACCOUNT)
}

describe('a sweep', () => {
  test('states each type in each region: begun, its assets, and how many they were', async () => {
    const ofVpcs = describer('vpcs', (calls) => vpcs(calls, 3))
    const swept = await new InventoryBench(await sts(), { regions: ['eu-west-1', 'us-east-1'] }, [ofVpcs]).sweep()
    expect(swept.error).toBeUndefined()
    expect(outcomes(swept)).toEqual({
      'AWS::EC2::VPC eu-west-1': 'complete 3',
      'AWS::EC2::VPC us-east-1': 'complete 3',
    })
    for (const each of swept.events) schemas.encode('posture-event', each)
    const [started] = swept.events.filter((each) => each.type === 'scan.started')
    expect(started).toMatchObject({
      account: ACCOUNT,
      scope: { types: ['AWS::EC2::VPC'] },
      source: { product: 'aws-inventory' },
    })
    const [{ asset }] = swept.assets as [(typeof swept.assets)[0]]
    expect(asset).toMatchObject({ type: 'AWS::EC2::VPC', provider: 'aws', account: ACCOUNT })
    expect(asset.version.time).toBeGreaterThanOrEqual(started!.scan.time)
    expect(Date.now() - asset.version.time).toBeLessThan(HOUR)
  })

  test('reads what belongs to no region once, under no region', async () => {
    const roles = describer('roles', (calls) => vpcs(calls, 1), { scope: 'global' })
    const swept = await new InventoryBench(await sts(), { regions: ['eu-west-1', 'eu-north-1'] }, [roles]).sweep()
    expect(outcomes(swept)).toEqual({ 'AWS::EC2::VPC': 'complete 1' })
    expect(swept.assets[0]!.asset).toMatchObject({ region: '', uid: `arn:aws:ec2:us-east-1:${ACCOUNT}:vpc/vpc-1` })
  })

  test('leaves out what it is told to', async () => {
    const all = [
      describer('vpcs', (calls) => vpcs(calls, 1)),
      describer('keys', (calls) => vpcs(calls, 9), { service: 'kms' }),
    ]
    const swept = await new InventoryBench(await sts(), { leaveOut: ['kms'] }, all).sweep()
    expect(swept.assets).toHaveLength(1)
  })

  test('streams: a large account comes in batches of bounded size', async () => {
    const many = describer('vpcs', (calls) => vpcs(calls, 20_000))
    const swept = await new InventoryBench(await sts(), {}, [many]).sweep()
    expect(outcomes(swept)).toEqual({ 'AWS::EC2::VPC us-east-1': 'complete 20000' })
    expect(swept.batches).toBeGreaterThanOrEqual(40)
  })

  test('goes on after the last describer that was read whole, and reads the one that was cut off again', async () => {
    const begun: string[] = []
    const named = ['a', 'b', 'c'].map((name) =>
      describer(name, (calls) => {
        begun.push(name)
        return vpcs(calls, name === 'b' ? 1200 : 1)
      }),
    )
    const bench = new InventoryBench(await sts(), {}, named)
    const cut = await bench.sweep(undefined, { batches: 2 })
    expect(begun).toEqual(['a', 'b'])
    const rest = await bench.sweep(cut.position)
    expect(begun).toEqual(['a', 'b', 'b', 'c'])
    expect(rest.completed).toMatchObject([{ assets: 1200 }, { assets: 1 }])
    await bench.sweep(rest.position)
    expect(begun.slice(4)).toEqual(['a', 'b', 'c'])
  })

  test('with other describers or regions begins at the beginning, whatever the position says', async () => {
    const server = await sts()
    const one = describer('a', (calls) => vpcs(calls, 1))
    const two = describer('b', (calls) => vpcs(calls, 1))
    const cut = await new InventoryBench(server, {}, [one, two]).sweep(undefined, { batches: 1 })
    const swept = await new InventoryBench(server, {}, [two, one]).sweep(cut.position)
    expect(swept.completed).toHaveLength(2)
    const bad = await new InventoryBench(server, {}, [one, two]).sweep({ plan: 7, finished: 'x' })
    expect(bad.completed).toHaveLength(2)
  })
})

describe('an account with a role', () => {
  const reader = `arn:aws:iam::${ACCOUNT}:role/reader`
  const accounts = [{ roleArn: reader, externalId: 'ours' }]
  const asking = ['a', 'b', 'c'].map((name) =>
    describer(name, async function* (calls) {
      const client = (): STSClient => calls.client(name, (options) => new STSClient(options))
      const ask = async (options: SendOptions) => client().send(new GetCallerIdentityCommand({}), options)
      const { Account } = await calls.send('sts:GetCallerIdentity', ask)
      expect(Account).toBe(ACCOUNT)
      yield* vpcs(calls, 1)
    }),
  )

  test('is entered once, however many clients there are', async () => {
    const server = await startHub({ roles: [{ arn: reader, externalId: 'ours' }] }, ACCOUNT)
    const swept = await new InventoryBench(server, { accounts, regions: ['eu-west-1', 'us-east-1'] }, asking).sweep()
    expect(swept.error).toBeUndefined()
    expect(swept.completed.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 6 }, () => 'complete'))
    expect(server.calls('AssumeRole')).toHaveLength(1)
  })

  test('is entered again where its credentials expire in the middle', async () => {
    const server = await startHub({ roles: [{ arn: reader, externalId: 'ours' }] }, ACCOUNT)
    const expiring = describer('z', async function* (calls) {
      server.expireCredentials()
      yield* asking[0]!.describe(calls)
    })
    const swept = await new InventoryBench(server, { accounts }, [expiring, asking[1]!]).sweep()
    expect(swept.error).toBeUndefined()
    expect(swept.completed.map(({ outcome }) => outcome)).toEqual(['complete', 'complete'])
    expect(server.calls('AssumeRole')).toHaveLength(2)
  })
})

describe('what cannot be read', () => {
  test('by a refusal is failed where nothing came and partial where something did; it is no error', async () => {
    const refused = describer('a', async function* (calls) {
      await calls.send('ec2:DescribeVpcs', denied)
      yield* vpcs(calls, 1)
    })
    const halfway = describer(
      'b',
      async function* (calls) {
        yield* vpcs(calls, 2)
        await calls.send('ec2:DescribeSubnets', denied)
      },
      { scope: 'global' },
    )
    const bench = new InventoryBench(await sts(), {}, [refused, halfway])
    const swept = await bench.sweep()
    expect(swept.error).toBeUndefined()
    expect(outcomes(swept)).toEqual({ 'AWS::EC2::VPC us-east-1': 'failed 0', 'AWS::EC2::VPC': 'partial 2' })
    for (const { reason } of swept.completed) expect(reason).toMatch(/is denied; grant it/)
    expect(bench.logged.map(({ level }) => level)).toEqual(['warn', 'warn'])
  })

  test('of one type leaves the other types complete', async () => {
    const both = describer(
      'both',
      async function* (calls) {
        yield* vpcs(calls, 1)
        yield { refused: ['AWS::EC2::Subnet'], reason: 'not those' }
      },
      { types: ['AWS::EC2::VPC', 'AWS::EC2::Subnet'] },
    )
    const swept = await new InventoryBench(await sts(), {}, [both]).sweep()
    expect(outcomes(swept)).toEqual({
      'AWS::EC2::VPC us-east-1': 'complete 1',
      'AWS::EC2::Subnet us-east-1': 'failed 0',
    })
  })

  test('for a while is waited for', async () => {
    let failures = 2
    const busy = (): Promise<string> =>
      failures-- > 0
        ? Promise.reject(Object.assign(new Error('slow down'), { name: 'RequestLimitExceeded' }))
        : Promise.resolve('')
    const throttled = describer('a', async function* (calls) {
      await calls.send('ec2:DescribeVpcs', busy)
      yield* vpcs(calls, 1)
    })
    const swept = await new InventoryBench(await sts(), { patience: '1m' }, [throttled]).sweep()
    expect(swept.error).toBeUndefined()
    expect(outcomes(swept)).toEqual({ 'AWS::EC2::VPC us-east-1': 'complete 1' })
  })

  test('for good is named at the end, and holds up nothing else', async () => {
    const down = describer('a', async function* (calls) {
      const refuse = () => Promise.reject(new TransientError('AWS_UNAVAILABLE', 'it is down', { fault: 'outage' }))
      await calls.send('ec2:DescribeSubnets', refuse)
      yield* vpcs(calls, 1)
    })
    const last = describer('b', (calls) => vpcs(calls, 3))
    const swept = await new InventoryBench(await sts(), { patience: '1s' }, [down, last]).sweep()
    expect(swept.completed.map(({ outcome, assets }) => [outcome, assets])).toEqual([
      ['failed', 0],
      ['complete', 3],
    ])
    expect(swept.error).toBeInstanceOf(PermanentError)
    expect(swept.error).toMatchObject({ code: 'INVENTORY_INCOMPLETE', message: expect.stringContaining('it is down') })
  })

  test('because its role is not there is failed for every type, and the other accounts are read', async () => {
    const reader = `arn:aws:iam::${ACCOUNT}:role/reader`
    const server = await startHub({ roles: [{ arn: reader }] }, ACCOUNT)
    const accounts = ['arn:aws:iam::444455556666:role/none', reader]
    const ofVpcs = describer('vpcs', (calls) => vpcs(calls, 1))
    const settings = { accounts: accounts.map((roleArn) => ({ roleArn })), stsEndpoint: server.url }
    const bench = new InventoryBench(server, settings, [ofVpcs])
    const swept = await bench.sweep()
    expect(Object.fromEntries(swept.completed.map(({ scope, outcome }) => [scope.account, outcome]))).toEqual({
      [ACCOUNT]: 'complete',
      '444455556666': 'failed',
    })
    expect(swept.error).toMatchObject({ code: 'INVENTORY_INCOMPLETE' })
    await expect(bench.open().check(new AbortController().signal)).rejects.toMatchObject({ code: /^AWS_/ })
    // The next sweep is one of everything again.
    expect((await bench.sweep(swept.position)).completed).toHaveLength(2)
  })

  test('because a record cannot hold it is set aside, and its type is not complete', async () => {
    const huge = describer('vpcs', async function* (calls) {
      yield* vpcs(calls, 1)
      yield { uid: 'arn:huge', document: { type: 'AWS::EC2::VPC', cidrs: ['x'.repeat(1_000_000)] } }
    })
    const swept = await new InventoryBench(await sts(), {}, [huge]).sweep()
    expect(swept.unreadable).toMatchObject([{ origin: 'arn:huge', error: { code: 'ASSET_TOO_LARGE' } }])
    expect(outcomes(swept)).toEqual({ 'AWS::EC2::VPC us-east-1': 'partial 1' })
  })
})

describe('an attempt', () => {
  test('tells what there is, what there is not, and what is refused apart', async () => {
    const seen: unknown[] = []
    const failing = (name: string, status: number) => () =>
      Promise.reject(Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } }))
    const asking = describer('vpcs', async function* (calls) {
      seen.push(await calls.attempt('s3:A', () => Promise.resolve(7)))
      seen.push(await calls.attempt('s3:B', failing('NoSuchBucketPolicy', 404), ['NoSuchBucketPolicy']))
      seen.push(await calls.attempt('s3:C', failing('AccessDenied', 403)))
      seen.push(await calls.attempt('s3:D', failing('MethodNotAllowed', 405)))
      yield* vpcs(calls, 0)
    })
    await new InventoryBench(await sts(), {}, [asking]).sweep()
    expect(seen).toEqual([
      { value: 7 },
      { absent: 'NoSuchBucketPolicy' },
      { refused: expect.stringContaining('s3:C in us-east-1 is denied') },
      { refused: expect.stringContaining('answered 405') },
    ])
  })
})
