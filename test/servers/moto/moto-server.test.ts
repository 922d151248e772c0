import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import { whyNoMoto } from './available.ts'
import { EventBridge } from './event-bridge.ts'
import { MotoServer } from './moto-server.ts'
import { sharedMoto } from './shared-moto.ts'

/** The first of them on a machine makes moto's Python. */
const timeout = 900_000
const region = 'eu-north-1'

function sqsAt(endpoint: string): SQSClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new SQSClient({ endpoint, region, credentials, maxAttempts: 1 })
  onTestFinished(() => client.destroy())
  return client
}

async function bodies(sqs: SQSClient, QueueUrl: string): Promise<(string | undefined)[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }))
  return Messages.map(({ Body }) => Body)
}

test('all who ask for the shared server are given the same, and events reach a queue', { timeout }, async (context) => {
  const [url, again] = await Promise.all([sharedMoto(context), sharedMoto(context)])
  expect(again).toBe(url)
  const sqs = sqsAt(url)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'moto-server-test' }))
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: QueueUrl!, AttributeNames: ['QueueArn'] }),
  )
  const events = new EventBridge(url, region)
  await events.forward('moto-server-test', { source: ['example.test'] }, Attributes!['QueueArn']!)
  await events.put([
    { Source: 'example.other', DetailType: 'x', Detail: '{}' },
    { Source: 'example.test', DetailType: 'Findings', Detail: '{"findings":[{"Id":"a"}]}' },
  ])
  const [body, ...others] = await bodies(sqs, QueueUrl!)
  expect(others).toEqual([])
  expect(JSON.parse(body!)).toMatchObject({
    source: 'example.test',
    'detail-type': 'Findings',
    detail: { findings: [{ Id: 'a' }] },
  })
})

test('comes back at the same address, empty, after it was killed', { timeout }, async ({ skip }) => {
  const why = await whyNoMoto()
  if (why !== undefined) return skip(why)
  const server = await MotoServer.start()
  onTestFinished(() => server.stop())
  const sqs = sqsAt(server.url)
  const create = () => sqs.send(new CreateQueueCommand({ QueueName: 'gone' }))
  const { QueueUrl } = await create()
  await sqs.send(new SendMessageCommand({ QueueUrl: QueueUrl!, MessageBody: 'lost' }))
  await server.kill()
  await expect(bodies(sqs, QueueUrl!)).rejects.toThrow()
  await server.startAgain()
  await create()
  expect(await bodies(sqs, QueueUrl!)).toEqual([])
})
