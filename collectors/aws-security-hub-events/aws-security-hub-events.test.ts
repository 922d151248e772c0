import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Context } from '../../core/component.ts'
import { ownFindingId } from '../../schemas/security-hub-marks.ts'
import type { SqsServer } from '../../test/servers/sqs/sqs-server.ts'
import { ASKED, asffFindings, ocsfFindings } from '../asff/sample-findings.ts'
import { awsSecurityHubEvents } from './aws-security-hub-events.ts'
import { sampleEvent, sampleFinding, sampleNotification } from './sample-events.ts'
import { bodies, bodyOf, buckets, openCollector, openQueue, sweep } from './sample-queue.ts'

let sqs: SqsServer
beforeEach(async () => {
  sqs = await openQueue()
})
const bench = (settings = {}) => openCollector(sqs, settings)

describe('what messages become', () => {
  test('every finding of an event becomes one event of ours, and the message goes', async () => {
    await sqs.send([
      JSON.stringify(sampleEvent([sampleFinding(1), sampleFinding(2, { AwsAccountId: '444455556666' })])),
    ])
    const { collector } = await bench()
    const { findings, batches } = await sweep(collector)
    expect(findings.map(({ type, identity }) => [type, identity.account, identity.resource])).toEqual([
      ['finding.observed', '111122223333', 'arn:aws:s3:::bucket-1'],
      ['finding.observed', '444455556666', 'arn:aws:s3:::bucket-2'],
    ])
    expect(findings[0]?.scan).toBeUndefined()
    expect(batches.reduce((sum, { read }) => sum + read, 0)).toBe(2)
    expect(batches.every(({ position }) => position === undefined)).toBe(true)
    expect(sqs.counts.all).toBe(0)
  })

  test('a workflow that nothing stamps counts from the event, not from when it was read', async () => {
    await sqs.send([bodyOf(1, { Workflow: { Status: 'NOTIFIED' } })])
    const { findings } = await sweep((await bench()).collector)
    expect(findings[0]?.workflow?.at).toBe(Date.UTC(2026, 10, 25, 12, 0, 5))
  })

  test('the same event, again or through SNS, has the same id; the same finding later has another', async () => {
    const later = sampleEvent([sampleFinding(1)], { time: '2026-11-25T13:00:00Z' })
    await sqs.send([bodyOf(1), bodyOf(1), JSON.stringify(sampleNotification(bodyOf(1))), JSON.stringify(later)])
    const { findings } = await sweep((await bench()).collector)
    expect(findings).toHaveLength(4)
    expect(new Set(findings.map(({ id }) => id)).size).toBe(2)
  })

  test('a poison message becomes a dead letter with its bytes, and leaves the queue when that is durable', async () => {
    const page = '<html><body>Bad gateway ü</body></html>'
    await sqs.send([page, bodyOf(1)])
    const { collector } = await bench()
    const { unreadable, findings } = await sweep(collector, () => expect(sqs.counts.all).toBe(2))
    expect(unreadable.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([page])
    expect(unreadable[0]?.error).toMatchObject({ code: 'MESSAGE_NOT_JSON' })
    expect(unreadable[0]?.origin).toMatch(/^findings\/[0-9a-f-]{36}$/)
    expect(findings).toHaveLength(1)
    expect(sqs.counts.all).toBe(0)
  })

  test('of a message with findings that cannot be read the others are, and the message is set aside once', async () => {
    const body = JSON.stringify(sampleEvent([null, sampleFinding(1), { Id: 'nothing else' }, sampleFinding(2)]))
    await sqs.send([body])
    const { findings, unreadable, batches } = await sweep((await bench()).collector)
    expect(buckets(findings)).toEqual(['arn:aws:s3:::bucket-1', 'arn:aws:s3:::bucket-2'])
    expect(unreadable.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([body])
    expect(unreadable[0]?.error.message).toContain('2 of its 4 findings could not be read, the first of them at 0')
    expect(batches[0]?.read).toBe(4)
  })

  test('a message of nothing but rubbish is set aside without looking at all of it', async () => {
    await sqs.send([`[${'0,'.repeat(500_000)}0]`])
    const { unreadable } = await sweep((await bench()).collector)
    expect(unreadable[0]?.error.message).toContain('at least 1000 of its 500001 findings could not be read')
  })

  test.each([
    ['Findings Imported V2', ocsfFindings],
    ['Security Hub Findings - Imported', asffFindings],
  ])('every finding of an event "%s" becomes what its mapping says', async (type, samples) => {
    const event = (body: unknown) => sampleEvent([body], { 'detail-type': type, time: new Date(ASKED).toISOString() })
    await sqs.send(samples.map(({ body }) => JSON.stringify(event(body))))
    const { findings, unreadable } = await sweep((await bench()).collector)
    expect(unreadable).toEqual([])
    expect(findings).toMatchObject(samples.map(({ statement }) => statement))
  })

  test('other events fill no dead letters: they are counted, named once, and deleted', async () => {
    const other = JSON.stringify(sampleEvent([], { 'detail-type': 'GuardDuty Finding' }))
    await sqs.send([other, other, bodyOf(1), other])
    const { collector, counts, logged } = await bench()
    const { unreadable, findings } = await sweep(collector)
    expect([findings.length, unreadable.length, sqs.counts.all]).toEqual([1, 0, 0])
    expect(counts['posture_collector_messages_passed_over_total']).toBe(3)
    expect(logged.filter((message) => message.includes('narrow the EventBridge rule'))).toHaveLength(1)
  })

  test('a finding that is too large goes without the data of its resources, and says so', async () => {
    const Details = { Other: { text: 'x'.repeat(300_000) } }
    await sqs.send([bodyOf(1, { Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::bucket-1', Details }] })])
    const { findings } = await sweep((await bench()).collector)
    expect(findings[0]?.flags).toContain('resource_data_omitted')
    expect(JSON.stringify(findings[0]).length).toBeLessThan(10_000)
  })

  test('half of a surrogate is repaired and says so', async () => {
    await sqs.send([bodyOf(1, { Title: 'bucket \ud800' })])
    const { collector, counts } = await bench()
    const { findings } = await sweep(collector)
    expect(findings[0]?.description.title).toBe('bucket \ufffd')
    expect(counts['posture_collector_repairs_total']).toBe(1)
  })

  test('what we wrote into Security Hub ourselves is read and says nothing', async () => {
    const ProductArn = 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default'
    await sqs.send([bodyOf(1, { Id: ownFindingId('v1:0123456789abcdef0123456789abcdef'), ProductArn })])
    const { batches, findings, unreadable } = await sweep((await bench()).collector)
    expect([batches[0]?.read, findings.length, unreadable.length, sqs.counts.all]).toEqual([1, 0, 0, 0])
  })

  test('a batch stays small, however many messages wait', async () => {
    await sqs.send(bodies(450))
    const { batches, findings } = await sweep((await bench()).collector, () => sleep(20))
    expect(buckets(findings)).toHaveLength(450)
    expect(Math.max(...batches.map(({ events }) => events.length))).toBeLessThanOrEqual(200)
  })
})

describe('settings', () => {
  const context = {} as Context
  const create = async (queueUrl: string, more = {}) =>
    awsSecurityHubEvents.create(
      { queueUrl, waitSeconds: 20, visibilitySeconds: 120, maxMessages: 500, ...more },
      context,
    )

  test.each([
    'https://sqs.eu-west-1.amazonaws.com/111122223333/findings',
    'https://sqs.cn-north-1.amazonaws.com.cn/111122223333/findings',
    'https://vpce-0a-1b.sqs.eu-west-1.vpce.amazonaws.com/111122223333/findings',
  ])('the region stands in %s', async (queueUrl) => {
    await (await create(queueUrl)).close?.()
  })

  test('a URL that names none asks for one', async () => {
    await expect(create('https://queue.example.com/111122223333/findings')).rejects.toMatchObject({
      code: 'REGION_MISSING',
    })
  })

  test('an external id asks for a role', async () => {
    const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/findings'
    await expect(create(queueUrl, { externalId: 'ours' })).rejects.toMatchObject({ code: 'ROLE_MISSING' })
  })
})
