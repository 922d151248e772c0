import { describe, expect, onTestFinished, test, type TestContext } from 'vitest'
import { unwatched } from '../../core/condition.ts'
import { awsSecurityHubEvents } from '../../collectors/aws-security-hub-events/aws-security-hub-events.ts'
import { sampleEvent } from '../../collectors/aws-security-hub-events/sample-events.ts'
import { openQueue } from '../../collectors/aws-security-hub-events/sample-queue.ts'
import { HOME, HubBench, sampleFindings, startHub } from '../../collectors/aws-security-hub/sample-hub.ts'
import type { Collector } from '../../collectors/collector.ts'
import { collectOnce } from '../../collectors/once.ts'
import { ScratchStages } from '../scratch-stages.ts'
import type { SecurityHubServer } from '../servers/security-hub/security-hub-server.ts'
import type { SqsServer } from '../servers/sqs/sqs-server.ts'

const LINKED = 'us-east-1'
const FINDINGS = 25
/** Of 5 sample findings one has passed: it opens nothing. */
const OPEN = 20

type Path = 'aggregation' | 'linked' | 'EventBridge' | 'aggregation (v2)'
const SWEEPS: Readonly<Record<Exclude<Path, 'EventBridge'>, object>> = {
  aggregation: { aggregation: { region: HOME } },
  linked: { regions: [LINKED] },
  'aggregation (v2)': { aggregation: { region: HOME }, api: 'v2' },
}

/** The same findings in a linked region and in a queue, and stages that take them by whatever path. */
async function pipeline(context: TestContext) {
  const server = await startHub({ aggregation: { home: HOME } })
  const queue = await openQueue()
  const findings = sampleFindings(FINDINGS, { region: LINKED })
  server.seed(findings)
  const { account, time } = { account: findings[0]!.AwsAccountId, time: new Date().toISOString() }
  await queue.send(findings.map((each) => JSON.stringify(sampleEvent([each], { account, region: LINKED, time }))))
  const stages = await ScratchStages.start('embedded', context)
  const take = async (path: Path): Promise<void> => {
    const instance = await instanceOf(path, server, queue)
    await collectOnce(
      { ...instance, context: { ...instance.context, condition: unwatched }, settings: {} },
      { stream: stages.stream, schemas: stages.schemas, signal: context.signal },
    )
    await stages.settled()
  }
  return { stages, take, queue }
}

async function instanceOf(path: Path, server: SecurityHubServer, queue: SqsServer) {
  const bench = new HubBench(server, path === 'EventBridge' ? {} : SWEEPS[path], Date.now)
  const context = { ...bench.context, name: path.replaceAll(/\W+/g, '-') }
  if (path !== 'EventBridge')
    return { collector: await bench.open(), kind: 'aws-security-hub', runs: 'once', context } as const
  const config = {
    queueUrl: queue.url,
    region: LINKED,
    endpoint: queue.endpoint,
    waitSeconds: 1,
    visibilitySeconds: 30,
    maxMessages: 500,
  }
  const collector: Collector = await awsSecurityHubEvents.create(config, context)
  onTestFinished(async () => collector.close?.())
  return { collector, kind: 'aws-security-hub-events', runs: 'continuously', context } as const
}

/** Keys of the findings that were said, once for each time; and how many scans were complete. */
async function saidIn(stages: ScratchStages) {
  const records = await stages.records('events')
  const events = records.map(({ value }) => stages.schemas.decode('posture-event', value!))
  return {
    keys: events.flatMap((each) => (each.type === 'finding.observed' ? [each.key] : [])),
    scans: events.flatMap((each) => (each.type === 'scan.completed' ? [each.outcome] : [])),
  }
}

const ORDERS: readonly (readonly Path[])[] = [
  ['aggregation', 'linked', 'EventBridge'],
  ['aggregation', 'EventBridge', 'linked'],
  ['linked', 'aggregation', 'EventBridge'],
  ['linked', 'EventBridge', 'aggregation'],
  ['EventBridge', 'aggregation', 'linked'],
  ['EventBridge', 'linked', 'aggregation'],
  ['aggregation (v2)', 'linked', 'EventBridge'],
  ['EventBridge', 'linked', 'aggregation (v2)'],
]

describe('what Security Hub shows in three places', () => {
  test.for(ORDERS.map((order) => ({ order, names: order.join(', ') })))(
    'is one finding and one change by way of $names',
    async ({ order }, context) => {
      const { stages, take, queue } = await pipeline(context)
      for (const [before, path] of order.entries()) {
        await take(path)
        const { keys } = await saidIn(stages)
        expect(keys, `said by way of ${path}`).toHaveLength((before + 1) * FINDINGS)
        expect(new Set(keys).size).toBe(FINDINGS)
        expect(stages.delivered, `changed by way of ${path}`).toHaveLength(OPEN)
      }
      expect(stages.delivered.map(({ revision, state }) => `${revision} ${state}`)).toEqual(
        Array.from({ length: OPEN }, () => '1 open'),
      )
      expect(new Set(stages.delivered.map(({ key }) => key)).size).toBe(OPEN)
      expect(await stages.records('findings')).toHaveLength(OPEN)
      expect((await saidIn(stages)).scans).toEqual(['complete', 'complete'])
      expect(await stages.records('deadLetters')).toEqual([])
      expect(queue.counts).toEqual({ all: 0, held: 0 })
    },
  )
})
