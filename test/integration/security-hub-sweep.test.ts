import { setTimeout as sleep } from 'node:timers/promises'
import {
  BatchImportFindingsCommand,
  EnableSecurityHubCommand,
  SecurityHubClient,
  type AwsSecurityFinding,
} from '@aws-sdk/client-securityhub'
import { describe, expect, onTestFinished, test, vi, type TestContext } from 'vitest'
import { unwatched } from '../../core/condition.ts'
import {
  HOME,
  HubBench,
  keysOf,
  sampleFinding,
  sampleFindings,
  startHub,
} from '../../collectors/aws-security-hub/sample-hub.ts'
import { collectOnce } from '../../collectors/once.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { ScratchStages } from '../scratch-stages.ts'
import { sharedMoto } from '../servers/moto/shared-moto.ts'
import type { SecurityHubServer } from '../servers/security-hub/security-hub-server.ts'

const LINKED = 'us-east-1'
/** Of 5 sample findings one has passed: it opens nothing. */
const OPEN = 4 / 5
const FULL_MS = 1000

/** Stages, and a way to sweep into them: as often as it is called, every sweep a full one. */
async function pipeline(context: TestContext, server: SecurityHubServer) {
  const stages = await ScratchStages.start('embedded', context)
  const sweep = async (settings: object, name = 'hub', signal = context.signal): Promise<void> => {
    const bench = new HubBench(server, { full: `${FULL_MS / 1000}s`, ...settings }, Date.now)
    const collector = await bench.open()
    const instance = {
      collector,
      kind: 'aws-security-hub',
      runs: 'once' as const,
      settings: {},
      context: { ...bench.context, name, condition: unwatched },
    }
    await collectOnce(instance, { stream: stages.stream, schemas: stages.schemas, signal })
    await stages.settled()
  }
  return { stages, sweep }
}

async function eventsIn(stages: ScratchStages): Promise<PostureEvent[]> {
  const records = await stages.records('events')
  return records.map(({ value }) => stages.schemas.decode('posture-event', value!))
}

function delivered(stages: ScratchStages): string[] {
  return stages.delivered.map(({ key, revision, state }) => `${key} ${revision} ${state}`)
}

describe('Security Hub, swept through the pipeline', () => {
  test('every open finding comes once; a second full sweep changes nothing', async (context) => {
    const server = await startHub()
    server.seed(sampleFindings(500))
    const { stages, sweep } = await pipeline(context, server)
    await sweep({ regions: [HOME] })
    expect(stages.delivered).toHaveLength(500 * OPEN)
    const before = delivered(stages)
    await sleep(FULL_MS)
    await sweep({ regions: [HOME] })
    expect(delivered(stages)).toEqual(before)
    const completed = (await eventsIn(stages)).filter((each) => each.type === 'scan.completed')
    expect(completed).toMatchObject([{ outcome: 'complete' }, { outcome: 'complete' }])
    expect(stages.said.filter(({ message }) => /counts as partial/.test(message))).toEqual([])
  })

  test('expired and repeated tokens and throttling lose nothing and change nothing twice', async (context) => {
    const server = await startHub()
    server.seed(sampleFindings(500))
    server.repeatToken(1)
    server.next(3, { exception: 'TooManyRequestsException', status: 429 }, { operation: 'GetFindings' })
    const { stages, sweep } = await pipeline(context, server)
    const expiring = setInterval(() => {
      if (server.calls('GetFindings').length >= 5) server.expireTokens()
      if (server.calls('GetFindings').length >= 5) clearInterval(expiring)
    }, 1)
    await sweep({ regions: [HOME] })
    clearInterval(expiring)
    expect(stages.delivered).toHaveLength(500 * OPEN)
    expect(new Set(stages.delivered.map(({ key }) => key)).size).toBe(500 * OPEN)
    const completed = (await eventsIn(stages)).filter((each) => each.type === 'scan.completed')
    expect(completed).toMatchObject([{ outcome: 'complete', findings: 500 }])
    expect(stages.said.filter(({ message }) => /counts as partial/.test(message))).toEqual([])
  })

  test('what a full sweep does not see any more closes; what a failed one does not see stays open', async (context) => {
    const server = await startHub()
    server.seed(sampleFindings(210))
    const { stages, sweep } = await pipeline(context, server)
    await sweep({ regions: [HOME] })
    server.remove(sampleFinding(0).Id)
    await sleep(FULL_MS)
    server.next(1, { status: 403, html: '<html>' }, { operation: 'GetFindings' })
    await expect(sweep({ regions: [HOME, LINKED], concurrency: 1 })).rejects.toMatchObject({
      code: 'SECURITY_HUB_INCOMPLETE',
    })
    await stages.settled()
    expect(stages.delivered.filter(({ state }) => state !== 'open')).toEqual([])
    await sleep(FULL_MS)
    await sweep({ regions: [HOME, LINKED] })
    expect(stages.delivered.filter(({ state }) => state !== 'open').map(({ state }) => state)).toEqual(['resolved'])
  })

  test('a sweep that is cut in two closes what is absent in the end', async (context) => {
    const server = await startHub()
    server.seed(sampleFindings(250))
    const { stages, sweep } = await pipeline(context, server)
    await sweep({ regions: [HOME] })
    server.remove(sampleFinding(0).Id)
    await sleep(FULL_MS)
    const ends = new AbortController()
    server.latency(100, 'GetFindings')
    const calls = server.calls('GetFindings').length
    const cutting = setInterval(() => {
      if (server.calls('GetFindings').length >= calls + 2) ends.abort()
    }, 5)
    await expect(sweep({ regions: [HOME] }, 'hub', ends.signal)).rejects.toThrow(/abort/i)
    clearInterval(cutting)
    await sweep({ regions: [HOME] })
    expect(stages.delivered.filter(({ state }) => state !== 'open').map(({ state }) => state)).toEqual(['resolved'])
    const completed = (await eventsIn(stages)).filter((each) => each.type === 'scan.completed')
    expect(completed.map(({ outcome }) => outcome)).toEqual(['complete', 'partial', 'complete'])
  })

  test('a finding that is archived closes, and opens again when it is active', async (context) => {
    const server = await startHub()
    server.seed([sampleFinding(1)])
    const { stages, sweep } = await pipeline(context, server)
    const states = () => stages.delivered.map(({ state }) => state)
    for (const [n, RecordState] of ['ACTIVE', 'ARCHIVED', 'ACTIVE'].entries()) {
      server.remove(sampleFinding(1).Id)
      server.seed([{ ...sampleFinding(1, { at: Date.now() - 60_000 + n }), RecordState }])
      await sweep({ regions: [HOME], full: '24h' })
    }
    expect(states()).toEqual(['open', 'resolved', 'open'])
  })

  const home = { name: 'home', settings: { aggregation: { region: HOME } } }
  const linked = { name: 'linked', settings: { regions: [LINKED] } }
  const orders = [
    [home, linked],
    [linked, home],
    [home, linked, home],
  ]
  test.for(orders.map((order) => ({ order, names: order.map(({ name }) => name).join(', ') })))(
    'a finding is one, whether it is read $names',
    async ({ order }, context) => {
      const server = await startHub({ aggregation: { home: HOME } })
      server.seed(sampleFindings(25, { region: LINKED }))
      const { stages, sweep } = await pipeline(context, server)
      for (const { name, settings } of order) {
        await sleep(FULL_MS)
        await sweep(settings, name)
      }
      expect(stages.delivered).toHaveLength(25 * OPEN)
      expect(new Set(stages.delivered.map(({ revision }) => revision))).toEqual(new Set([1]))
    },
  )
})

test("moto's Security Hub, which keeps no order and knows no filter, is swept whole, as an assumed role", async (context) => {
  const url = await sharedMoto(context)
  const region = 'sa-east-1'
  const account = '123456789012'
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  onTestFinished(() => void vi.unstubAllEnvs())
  const client = new SecurityHubClient({ endpoint: url, region })
  await client.send(new EnableSecurityHubCommand({}))
  const findings = sampleFindings(250, { account, region }) as AwsSecurityFinding[]
  for (const from of [200, 100, 0])
    await client.send(new BatchImportFindingsCommand({ Findings: findings.slice(from, from + 100) }))
  client.destroy()
  const bench = new HubBench(
    { url },
    { regions: [region], accounts: [{ roleArn: `arn:aws:iam::${account}:role/reader` }] },
  )
  await (await bench.open()).check(context.signal)
  const first = await bench.sweep()
  expect(first.error).toBeUndefined()
  expect(keysOf(first).size).toBe(250)
  expect(first.completed).toMatchObject([{ outcome: 'complete', findings: 250 }])
  expect(keysOf(await bench.sweep(first.position))).toEqual(keysOf(first))
})
