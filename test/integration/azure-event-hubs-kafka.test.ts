import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { defenderFindings } from '../../collectors/azure-event-hubs/mapping/sample-defender-findings.ts'
import { sampleAssessment } from '../../collectors/azure-event-hubs/mapping/sample-defender.ts'
import { Inbox } from '../../collectors/messages/inbox.ts'
import type { Message } from '../../collectors/messages/message.ts'
import { Secret } from '../../core/secret.ts'
import { newEndpoint, hubCluster } from '../kafka-hub-reader.ts'
import type { KafkaHub } from '../kafka-hub.ts'
import { pipelineOf } from '../kills-while-messages-arrive.ts'
import { expectOracle } from '../oracle/expect-oracle.ts'
import { ended, type ScratchPipeline } from '../scratch-pipeline.ts'
import { bearerToken } from '../servers/kafka/security.ts'

const going = new AbortController().signal
const namespace = hubCluster()
const newHub = namespace.newHub

function newPipeline(hub: KafkaHub): ScratchPipeline {
  return pipelineOf({ collector: hub.yaml(), environment: hub.environment })
}

function assessments(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => JSON.stringify(sampleAssessment(from + index)))
}

describe('by the real command', () => {
  test('everything that Defender may export leaves as OCSF that the oracle accepts', async (context) => {
    const hub = await newHub()
    const pipeline = newPipeline(hub)
    await hub.send(defenderFindings.map(({ body }) => JSON.stringify(body)))
    const { in: read, changed, deadLetters } = await pipeline.run()
    expect({ read, deadLetters }).toEqual({ read: defenderFindings.length, deadLetters: 0 })
    expect(changed).toBeGreaterThan(10)
    expectOracle(pipeline, changed, context)
  })

  test('messages become findings, once; what is none is a dead letter, an empty one is passed over; the next run reads nothing twice', async () => {
    const hub = await newHub()
    const pipeline = newPipeline(hub)
    await hub.send([...assessments(0, 12), '<html>Bad gateway</html>', null])
    expect(await pipeline.run()).toMatchObject({ in: 13, changed: 12, open: 12, deadLetters: 1 })
    expect(await hub.left()).toBe(0)
    expect(await pipeline.run()).toMatchObject({ in: 0, changed: 0, open: 12 })
    await hub.send(assessments(10, 15))
    expect(await pipeline.run()).toMatchObject({ in: 5, changed: 3, open: 15 })
    const { stdout } = await pipeline.command('dead-letters', 'list')
    expect(stdout).toContain('MESSAGE_NOT_JSON')
    expect(stdout).toContain(`${hub.eventHub}/`)
  })

  test('a reader that stands still loses its partitions to the other, and when it goes on nothing is lost', async () => {
    const hub = await newHub()
    const pipelines = [newPipeline(hub), newPipeline(hub)]
    const children = pipelines.map((each) => each.spawn(['run', '--config', each.config, '--log-level', 'warn']))
    const ends = children.map((child) => ended(child))
    const [child] = children
    await expect.poll(() => hub.readers(), { timeout: 30_000 }).toBe(2)
    await hub.send(assessments(0, 200))
    await expect.poll(() => hub.left(), { timeout: 30_000 }).toBe(0)
    child!.kill('SIGSTOP')
    await hub.send(assessments(200, 400))
    await expect.poll(() => hub.left(), { timeout: 60_000 }).toBe(0)
    expect(await hub.readers()).toBe(1)
    child!.kill('SIGCONT')
    await expect.poll(() => hub.readers(), { timeout: 60_000 }).toBe(2)
    await hub.send(assessments(400, 600))
    await expect.poll(() => hub.left(), { timeout: 60_000 }).toBe(0)
    for (const each of children) each.kill('SIGTERM')
    expect((await Promise.all(ends)).map(({ code }) => code)).toEqual([0, 0])
    const written = pipelines.map((each) => new Set(each.written().map(({ finding_info }) => finding_info.uid_alt)))
    expect(written[0]!.union(written[1]!).size).toBe(600)
    expect(Math.min(...written.map(({ size }) => size))).toBeGreaterThan(0)
  })

  test('without a connection string the hub is read with a token of Entra ID, which a managed identity gets', async () => {
    const hub = await newHub()
    const asked: string[] = []
    const server = createServer(({ url }, response) => {
      asked.push(new URL(url!, 'http://localhost').searchParams.get('resource') ?? '')
      const expires_on = String(Math.floor(Date.now() / 1000) + 3600)
      response.writeHead(200, { 'content-type': 'application/json' })
      const access_token = bearerToken(namespace.cluster.security.hubUser.username)
      response.end(JSON.stringify({ access_token, expires_on, token_type: 'Bearer', resource: 'any' }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { connectionString: _, ...settings } = hub.settings()
    const { port } = server.address() as AddressInfo
    const pipeline = pipelineOf({
      collector: JSON.stringify({ type: 'azure-event-hubs', ...settings, namespace: 'localhost' }),
      environment: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/token`, IDENTITY_HEADER: 'header' },
    })
    await hub.send(assessments(0, 6))
    expect(await pipeline.run()).toMatchObject({ in: 6, open: 6 })
    expect(new Set(asked)).toEqual(new Set(['https://localhost']))
    expect(asked.length).toBeLessThan(3)
  })

  test('check says yes to a hub that may be read, and no secret is in what is said of one that may not', async () => {
    const hub = await newHub()
    const pipeline = newPipeline(hub)
    await hub.send(assessments(0, 6))
    const checked = await pipeline.command('check')
    expect(checked).toMatchObject({ code: 0 })
    expect(checked.stdout.replaceAll(/\s+/g, ' ')).toContain(
      `${hub.eventHub} has 4 partitions, with 6 messages to read; 4 of them have not been read with this consumer group, and begin at the earliest. Nobody reads it with ${hub.consumerGroup} now.`,
    )
    pipeline.environment = { HUB: hub.environment['HUB']!.replace('bGlz', 'CANARY') }
    const { code, stdout, stderr } = await pipeline.command('check')
    expect(code).not.toBe(0)
    expect(stdout + stderr).toContain('check connectionString or identity')
    expect(stdout + stderr).not.toContain('CANARY')
  })
})

describe('what the hub refuses is said, with how to mend it', () => {
  const refused = (code: string, words: string) => ({
    code,
    fault: 'configuration',
    message: expect.stringContaining(words),
  })

  test.each([
    [
      'a wrong key',
      'EVENT_HUBS_CREDENTIALS',
      'connectionString',
      (hub: KafkaHub) =>
        hub.settings({
          connectionString: new Secret('Endpoint=sb://localhost/;SharedAccessKeyName=listen;SharedAccessKey=CANARY'),
        }),
    ],
    [
      'a certificate of an unknown authority',
      'EVENT_HUBS_UNREACHABLE',
      'kafka.ca',
      (hub: KafkaHub) => hub.settings({ kafka: { brokers: [...namespace.cluster.security.saslSsl] } }),
    ],
  ] as const)('%s', async (_, code, words, settingsOf) => {
    const endpoint = newEndpoint(settingsOf(await newHub()))
    const began = performance.now()
    await expect(endpoint.check(going)).rejects.toMatchObject(refused(code, words))
    await expect(endpoint.open(new Inbox<Message>(), going)).rejects.toMatchObject(refused(code, words))
    expect(performance.now() - began).toBeLessThan(20_000)
  })

  test('a hub that is not there, or not any more', async () => {
    const hub = await newHub()
    await hub.remove()
    const endpoint = newEndpoint(hub.settings())
    const missing = refused('EVENT_HUBS_NOT_FOUND', 'eventHub')
    await expect(endpoint.check(going)).rejects.toMatchObject(missing)
    await expect(endpoint.open(new Inbox<Message>(), going)).rejects.toMatchObject(missing)
  })

  test('a hub that may not be read', async () => {
    const hub = await newHub({ allowed: false })
    await expect(newEndpoint(hub.settings()).check(going)).rejects.toMatchObject(
      refused('EVENT_HUBS_ACCESS_DENIED', 'Listen'),
    )
  })

  test('a consumer group that may not be used', async () => {
    const hub = await newHub()
    const endpoint = newEndpoint(hub.settings({ consumerGroup: 'of-others' }))
    await expect(endpoint.check(going)).rejects.toMatchObject(refused('EVENT_HUBS_ACCESS_DENIED', 'Listen'))
  })

  test('a namespace that nobody answers for, and waiting for it ends when the signal aborts', async () => {
    const hub = await newHub()
    const endpoint = newEndpoint(hub.settings({ kafka: { brokers: ['localhost:1'] } }))
    await expect(endpoint.check(going)).rejects.toMatchObject({ code: 'EVENT_HUBS_UNREACHABLE', fault: 'outage' })
    await expect(endpoint.check(AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})
