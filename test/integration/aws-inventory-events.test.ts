import { AuthorizeSecurityGroupIngressCommand, DeleteSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2'
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs'
import { Value } from 'typebox/value'
import { expect, onTestFinished, test, type TestContext } from 'vitest'
import { eventsConfigSchema } from '../../collectors/aws-inventory/config.ts'
import { describers } from '../../collectors/aws-inventory/describers.ts'
import { InventoryEvents } from '../../collectors/aws-inventory/inventory-events.ts'
import { InventoryBench } from '../../collectors/aws-inventory/sample-inventory.ts'
import type { CollectedBatch } from '../../collectors/collector.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { SampleAccount } from '../servers/moto/sample-account.ts'
import { SAMPLE_ACCOUNT, SAMPLE_REGION, seedTarget } from '../servers/moto/seed/seeded.ts'

const timeout = 300_000

/** The sample account, and a queue of its changes. */
async function changing(context: TestContext) {
  const account = await SampleAccount.open(context)
  const target = seedTarget(account.moto.url)
  const [ec2, sqs] = [new EC2Client(target), new SQSClient(target)]
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'changes' }))
  const settings = {
    regions: [SAMPLE_REGION],
    endpoint: account.url,
    patience: '1s',
    settle: '1s',
    rate: { perSecond: 1e6, burst: 1e6 },
    queue: { queueUrl: QueueUrl!, region: SAMPLE_REGION, waitSeconds: 1, visibilitySeconds: 2 },
  }
  const bench = new InventoryBench(account)
  const config = Value.Parse(eventsConfigSchema, Value.Default(eventsConfigSchema, settings))
  const collector = new InventoryEvents(config, bench.context, describers)
  onTestFinished(async () => {
    await collector.close()
    ec2.destroy()
    sqs.destroy()
  })
  const tell = async (body: string): Promise<void> => {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }))
  }
  const left = async (): Promise<number> => {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
    )
    return AttributeNames.reduce((sum, each) => sum + Number(Attributes[each]), 0)
  }
  return { account, ec2, collector, tell, left, bench }
}

function call(eventName: string, region = SAMPLE_REGION, account = SAMPLE_ACCOUNT): string {
  const detail = { eventSource: 'ec2.amazonaws.com', eventName, awsRegion: region, readOnly: false }
  return JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', account, region, detail })
}

async function all(batches: AsyncIterable<CollectedBatch>): Promise<{ events: PostureEvent[]; unreadable: number }> {
  const events: PostureEvent[] = []
  let unreadable = 0
  for await (const batch of batches) {
    events.push(...batch.events)
    unreadable += batch.unreadable?.length ?? 0
  }
  return { events, unreadable }
}

test(
  'what has changed is described anew, once, with what is gone, and its messages go',
  { timeout },
  async (context) => {
    const { account, ec2, collector, tell, left } = await changing(context)
    const { officeGroup, openGroup } = account.seeded!.network
    await collector.check(context.signal)
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: officeGroup, IpPermissions }))
    await tell(call('AuthorizeSecurityGroupIngress'))
    await tell(call('AuthorizeSecurityGroupIngress'))
    await tell(call('AuthorizeSecurityGroupIngress', 'eu-west-1'))
    await tell(call('AuthorizeSecurityGroupIngress', SAMPLE_REGION, '999999999999'))
    await tell(call('CreateKeyPair'))
    await tell('not an event')
    const { events, unreadable } = await all(collector.collect(undefined, context.signal))
    expect(unreadable).toBe(1)
    expect(events.filter((each) => each.type === 'scan.completed')).toMatchObject([
      { outcome: 'complete', assets: 4, scope: { types: ['AWS::EC2::SecurityGroup'], regions: [SAMPLE_REGION] } },
    ])
    const group = events.find((each) => each.type === 'asset.observed' && each.asset.uid.endsWith(officeGroup))
    expect(group).toMatchObject({
      document: { ingress: [{ ports: [22, 22], cidrs: ['0.0.0.0/0', '198.51.100.0/24'] }] },
    })
    expect(await left()).toBe(0)
    expect(openGroup).not.toBe(officeGroup)
  },
)

test(
  'a message is not lost when what it names cannot be read, nor deleted before that is durable',
  { timeout },
  async (context) => {
    const { account, collector, tell, left, bench } = await changing(context)
    await tell(call('ReplaceRoute'))
    account.refuse('DescribeRouteTables', 'InternalError', { status: 500 })
    await expect(all(collector.collect(undefined, context.signal))).rejects.toMatchObject({ code: 'AWS_UNAVAILABLE' })
    expect(await left()).toBe(1)
    account.refuse('DescribeRouteTables', 'UnauthorizedOperation', { times: 0 })
    // Whoever stops in the middle leaves the message to the next reader.
    for await (const batch of collector.collect(undefined, context.signal)) {
      expect(batch.events).not.toEqual([])
      break
    }
    expect(await left()).toBe(1)
    const { events } = await all(collector.collect(undefined, context.signal))
    expect(events.filter((each) => each.type === 'scan.completed')).toMatchObject([{ outcome: 'complete', assets: 3 }])
    expect(await left()).toBe(0)
    expect(bench.logged.filter(({ level }) => level === 'error')).toEqual([])
  },
)

test(
  'a change that may not be read is told, and its message goes: the sweep says the rest',
  { timeout },
  async (context) => {
    const { account, ec2, collector, tell, left, bench } = await changing(context)
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: account.seeded!.network.officeGroup })).catch(() => {})
    account.refuse('DescribeSecurityGroups', 'UnauthorizedOperation')
    await tell(call('DeleteSecurityGroup'))
    const { events } = await all(collector.collect(undefined, context.signal))
    expect(events.filter((each) => each.type === 'scan.completed')).toMatchObject([{ outcome: 'failed' }])
    expect(bench.logged.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('ec2:DescribeSecurityGroups'),
    )
    expect(await left()).toBe(0)
  },
)
