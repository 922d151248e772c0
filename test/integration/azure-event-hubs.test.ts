import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { azureEventHubs } from '../../collectors/azure-event-hubs/azure-event-hubs.ts'
import { defenderFindings } from '../../collectors/azure-event-hubs/mapping/sample-defender-findings.ts'
import {
  sampleAssessment,
  sampleRegulatoryAssessment,
} from '../../collectors/azure-event-hubs/mapping/sample-defender.ts'
import { Secret } from '../../core/secret.ts'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import { DefenderHub, GROUP } from '../defender-hub.ts'
import { collectWith, pipelineOf } from '../kills-while-messages-arrive.ts'
import { expectOracle } from '../oracle/expect-oracle.ts'
import { ended, type ScratchPipeline } from '../scratch-pipeline.ts'
import { EntraAuthority } from '../servers/entra-authority.ts'
import { makeProxyCertificates } from '../servers/faulty-proxy-certificates.ts'
import { WebSocketBridge } from '../servers/web-socket-bridge.ts'

const MEASURED = 5000
const numbers = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index)
const keysOf = (...pipelines: readonly ScratchPipeline[]): Set<string> =>
  new Set(pipelines.flatMap((each) => each.written()).map(({ finding_info }) => finding_info.uid_alt))

test('everything that Defender may export leaves as OCSF that the oracle accepts', async (context) => {
  const hub = await DefenderHub.open(context)
  const pipeline = pipelineOf(hub)
  const bodies = defenderFindings.map(({ body }) => JSON.stringify(body))
  hub.hub.send([...bodies, JSON.stringify(sampleRegulatoryAssessment('1.3.1')), '<html>Bad gateway</html>'])
  const { in: read, changed, deadLetters } = await pipeline.run()
  expect({ read, deadLetters }).toEqual({ read: bodies.length + 2, deadLetters: 1 })
  expect(changed).toBeGreaterThan(10)
  expectOracle(pipeline, changed, context)
})

test('what is exported of a standard stands in the findings of its assessment, whichever comes first', async (context) => {
  const hub = await DefenderHub.open(context)
  const pipeline = pipelineOf(hub)
  const requirements = () =>
    pipeline.written().map((event) => (event as { compliance?: { requirements?: string[] } }).compliance?.requirements)
  await hub.send([0])
  hub.hub.send([JSON.stringify(sampleRegulatoryAssessment('1.3.1'))])
  await pipeline.run()
  expect(requirements().at(-1)).toEqual(['PCI-DSS-4 1.3.1'])
  await hub.send([1])
  expect(await pipeline.run()).toMatchObject({ in: 1, changed: 1, open: 2 })
  expect(requirements().at(-1)).toEqual(['PCI-DSS-4 1.3.1'])
  hub.hub.send([JSON.stringify(sampleRegulatoryAssessment('1.4'))])
  expect(await pipeline.run()).toMatchObject({ in: 1, changed: 2, open: 2 })
  expect(requirements().slice(-2)).toEqual([
    ['PCI-DSS-4 1.3.1', 'PCI-DSS-4 1.4'],
    ['PCI-DSS-4 1.3.1', 'PCI-DSS-4 1.4'],
  ])
})

test('what Defender exports becomes findings, that change once and are read once', async (context) => {
  const hub = await DefenderHub.open(context)
  const pipeline = pipelineOf(hub)
  await hub.send(numbers(12))
  expect(await pipeline.run()).toMatchObject({ in: 12, changed: 12, open: 12, deadLetters: 0 })
  expect(await hub.left()).toEqual({ all: 0, held: 0 })
  expect(await pipeline.run()).toMatchObject({ in: 0, changed: 0, open: 12 })

  const healthy = { code: 'Healthy', statusChangeDate: '2026-11-25T13:00:00.0000000Z' }
  const bodies = numbers(3).map((number) => {
    const { properties, ...rest } = sampleAssessment(number)
    return JSON.stringify({ ...rest, properties: { ...(properties as object), status: healthy } })
  })
  hub.hub.send([...bodies, '<html>Bad gateway</html>'])
  expect(await pipeline.run()).toMatchObject({ in: 4, changed: 3, open: 9, resolved: 3, deadLetters: 1 })
  const { stdout } = await pipeline.command('dead-letters', 'list')
  expect(stdout).toContain('MESSAGE_NOT_JSON')
  expect(stdout).toMatch(/from defender\/[0-3]\/\d+/)
})

test('another consumer group begins at the start, or at the latest', async (context) => {
  const hub = await DefenderHub.open(context, { consumerGroups: [GROUP, 'second', 'third'] })
  await hub.send(numbers(8))
  const pipeline = pipelineOf(hub)
  await pipeline.run()
  collectWith(pipeline, hub.settings().replace(`consumerGroup: ${GROUP}`, 'consumerGroup: second'))
  expect(await pipeline.run()).toMatchObject({ in: 8, changed: 0 })
  const third = hub.settings('startFrom: latest').replace(`consumerGroup: ${GROUP}`, 'consumerGroup: third')
  collectWith(pipeline, third)
  await sleep(5)
  expect(await pipeline.run()).toMatchObject({ in: 0 })
  await hub.send(numbers(4, 8))
  expect(await pipeline.run()).toMatchObject({ in: 4, changed: 4 })
})

test('two pipelines share the partitions; one that was stopped for a while and goes on loses nothing', async (context) => {
  const hub = await DefenderHub.open(context)
  const [one, other] = [pipelineOf(hub), pipelineOf(hub)]
  const run = (pipeline: ScratchPipeline) =>
    pipeline.spawn(['run', '--config', pipeline.config, '--log-level', 'error', '--summary', 'json'])
  const children = [run(one), run(other)] as const
  const ends = children.map(ended)
  await until(async () => hub.hub.counts.receivers === 4 && (await hub.owners()).size === 2)
  await sleep(1000)
  const { evicted } = hub.hub.counts
  for (let from = 0; from < 200; from += 10) {
    if (from === 40) children[0].kill('SIGSTOP')
    if (from === 140) {
      // Its claims have expired: the other reads all, and it does not know yet.
      await until(() => hub.hub.counts.evicted >= evicted + 2)
      children[0].kill('SIGCONT')
    }
    await hub.send(numbers(10, from))
    await sleep(80)
  }
  await until(async () => (await hub.left()).all === 0)
  await sleep(500)
  for (const child of children) child.kill('SIGTERM')
  for (const { code, stderr } of await Promise.all(ends)) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(keysOf(one, other).size).toBe(200)
})

test('check says of each thing that is missing what it is and how to mend it', async (context) => {
  const hub = await DefenderHub.open(context)
  const pipeline = pipelineOf(hub)
  const check = async (change: (settings: string) => string): Promise<string> => {
    collectWith(pipeline, change(hub.settings()))
    const { stdout, stderr } = await pipeline.command('check')
    return (stdout + stderr).replaceAll(/\s+/g, ' ')
  }
  const well = await check((settings) => settings)
  expect(well).toContain('ok collectors.hub')
  expect(well).toContain('defender has 4 partitions, with 0 messages to read; 4 of them have not been read')
  const { containerName } = hub.container
  const cases: [string, string, string][] = [
    [`consumerGroup: ${GROUP}`, 'consumerGroup: other', 'there is no such hub or consumer group'],
    [';EntityPath=defender', ';EntityPath=other', 'there is no such hub or consumer group'],
    [
      'SharedAccessKey=a2V5',
      'SharedAccessKey=b2V5',
      'Azure does not take the key or token; check the connection string',
    ],
    [`container: ${containerName}`, 'container: nothing-there', 'create the container, or correct'],
    ['AccountKey=Eby8', 'AccountKey=Fby8', 'Azure does not take the key or token of the storage account'],
    [`consumerGroup: ${GROUP}`, `eventHub: other\n    consumerGroup: ${GROUP}`, 'leave out eventHub'],
  ]
  for (const [from, to, remedy] of cases) {
    expect(hub.settings()).toContain(from)
    expect(await check((settings) => settings.replace(from, to))).toContain(remedy)
  }
  expect(await hub.checkpoints()).toEqual(new Map())
})

test('check says how much lies before us, what is gone, and who reads', async (context) => {
  const hub = await DefenderHub.open(context)
  const pipeline = pipelineOf(hub)
  await hub.send(numbers(8))
  await pipeline.run()
  await hub.send(numbers(20, 8))
  hub.hub.expire(0, 4)
  const { stdout } = await pipeline.command('check')
  const said = stdout.replaceAll(/\s+/g, ' ')
  expect(said).toContain('defender has 4 partitions, with 18 messages to read.')
  expect(said).toContain("2 messages of 1 partitions were older than the hub's retention")
  expect(said).toContain(`Nobody reads it with ${GROUP} now.`)
  const child = pipeline.spawn(['run', '--config', pipeline.config, '--log-level', 'warn'])
  const end = ended(child)
  await until(() => hub.hub.counts.receivers === 4)
  const meanwhile = await pipeline.command('check')
  child.kill('SIGTERM')
  const { stderr } = await end
  expect(meanwhile.stdout.replaceAll(/\s+/g, ' ')).toContain('1 reader has claimed 4 partitions')
  expect(stderr).toContain('deleted 2 messages of partition 0')
})

test('nothing that a run writes holds a key, whatever Azure refuses', async (context) => {
  const hub = await DefenderHub.open(context)
  const pipeline = pipelineOf(hub)
  const canary = Buffer.from('canary-of-the-hub').toString('base64')
  pipeline.environment = { HUB: hub.hub.connectionString.replace(/SharedAccessKey=[^;]+/, `SharedAccessKey=${canary}`) }
  collectWith(pipeline, hub.settings().replace(hub.hub.connectionString, '${HUB}'))
  const child = pipeline.start('--log-level', 'debug')
  const end = ended(child)
  await until(() => hub.hub.counts.refusedTokens > 4)
  await sleep(2000)
  child.kill('SIGTERM')
  const outputs = [await end, await pipeline.command('check')]
  const said = outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n')
  expect(said).toContain('EVENT_HUBS_CREDENTIALS')
  for (const secret of [canary, 'canary-of-the-hub', 'sig=']) {
    expect(said).not.toContain(secret)
    expect(filesWith(secret, pipeline.directory)).toEqual([])
  }
})

test('an application of Entra ID reads with its tokens, and a wrong secret is told', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'entra-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const { ca, good } = await makeProxyCertificates(directory)
  const hub = await DefenderHub.open(context, { tls: good })
  const authority = await EntraAuthority.start(good, 'canary-client-secret')
  onTestFinished(() => authority.stop())
  const pipeline = pipelineOf(hub)
  pipeline.environment = { NODE_EXTRA_CA_CERTS: ca, CLIENT_SECRET: 'canary-client-secret' }
  const signedIn = hub.settings().replace(
    `connectionString: "${hub.hub.connectionString}"`,
    `namespace: "localhost:${hub.hub.port}"
    eventHub: defender
    identity: { tenantId: contoso.example, clientId: posture-stream, clientSecret: "\${CLIENT_SECRET}", authority: "${authority.url}" }`,
  )
  collectWith(pipeline, signedIn)
  await hub.send(numbers(5))
  expect(await pipeline.run()).toMatchObject({ in: 5, open: 5 })
  expect(authority.given).toBeGreaterThan(0)

  pipeline.environment = { ...pipeline.environment, CLIENT_SECRET: 'canary-wrong' }
  const { stdout, stderr } = await pipeline.command('check')
  expect(stdout + stderr).toContain('Entra ID gives no token; check identity')
  expect(stdout + stderr).not.toContain('canary')
})

test('where only port 443 is open, it is read through WebSockets', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'web-sockets-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const { ca, good } = await makeProxyCertificates(directory)
  const hub = await DefenderHub.open(context)
  const bridge = await WebSocketBridge.start(good, hub.hub.port)
  onTestFinished(() => bridge.stop())
  const pipeline = pipelineOf(hub)
  pipeline.environment = { NODE_EXTRA_CA_CERTS: ca }
  const { connectionString } = hub.hub
  const through = connectionString.replace(/sb:\/\/[^;]+/, `sb://localhost:${bridge.port}`)
  collectWith(pipeline, hub.settings('webSockets: true').replace(connectionString, through))
  await hub.send(numbers(50))
  expect(await pipeline.run()).toMatchObject({ in: 50, open: 50 })
  expect(bridge.asked[0]).toBe('/$servicebus/websocket AMQPWSB10')
})

test(`${MEASURED} messages are read, mapped and checkpointed`, async (context) => {
  const hub = await DefenderHub.open(context)
  await hub.send(numbers(MEASURED))
  const log = (): void => {}
  const collector = await azureEventHubs.create(
    {
      connectionString: new Secret(hub.hub.connectionString),
      consumerGroup: GROUP,
      protocol: 'amqp',
      webSockets: false,
      checkpoints: { container: hub.container.containerName, connectionString: new Secret(hub.store) },
      claimSeconds: 60,
      startFrom: 'earliest',
      waitSeconds: 1,
      maxMessages: 500,
    },
    {
      name: 'hub',
      tenant: 'acme',
      clock: Date.now,
      log: { debug: log, info: log, warn: log, error: log },
      metrics: { count: log, gauge: log, observe: log },
    },
  )
  const before = { cpu: process.cpuUsage(), at: performance.now() }
  const keys = new Set<string>()
  for await (const { read, events } of collector.collect(undefined, new AbortController().signal)) {
    if (read === 0) break
    for (const event of events) keys.add((event as FindingObserved).key)
  }
  const { user, system } = process.cpuUsage(before.cpu)
  const [cpuSeconds, seconds] = [(user + system) / 1e6, (performance.now() - before.at) / 1000]
  console.log(
    `${keys.size} messages in ${seconds.toFixed(1)} s, of which the empty end takes one: ${(keys.size / cpuSeconds).toFixed(0)} messages per CPU second, the hub's own work included`,
  )
  expect(keys.size).toBe(MEASURED)
  expect((await hub.left()).all).toBe(0)
})

async function until(holds: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It did not come to hold')
    await sleep(20)
  }
}

function filesWith(secret: string, directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => readFileSync(file).includes(secret))
}
