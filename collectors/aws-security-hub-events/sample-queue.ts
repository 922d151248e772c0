import { onTestFinished } from 'vitest'
import { notedContext } from '../../test/noted-context.ts'
import type { FindingObserved } from '../../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { SqsServer } from '../../test/servers/sqs/sqs-server.ts'
import type { CollectedBatch, Collector } from '../collector.ts'
import { awsSecurityHubEvents } from './aws-security-hub-events.ts'
import { sampleEvent, sampleFinding } from './sample-events.ts'

const schemas = new SchemaRegistry()
/** Never aborted. */
export const going = new AbortController().signal

interface Settings {
  readonly visibilitySeconds?: number
  readonly maxMessages?: number
}

/** A queue that says soon that it is empty; it ends with the test. */
export async function openQueue(): Promise<SqsServer> {
  process.env['AWS_ACCESS_KEY_ID'] ??= 'test'
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test'
  const sqs = await SqsServer.start()
  sqs.longestWaitMs = 100
  onTestFinished(() => sqs.stop())
  return sqs
}

/** A collector of that queue, with what it says and counts. */
export async function openCollector(sqs: SqsServer, settings: Settings = {}) {
  const { context, logged, counts } = notedContext('hub')
  const config = {
    queueUrl: sqs.url,
    region: 'eu-west-1',
    endpoint: sqs.endpoint,
    waitSeconds: 20,
    visibilitySeconds: 30,
    maxMessages: 500,
    ...settings,
  }
  const collector = await awsSecurityHubEvents.create(config, context)
  onTestFinished(() => collector.close?.())
  return { collector, logged, counts }
}

/** Runs a sweep as the runner does: the next batch is asked for when this one has been published. */
export async function sweep(
  collector: Collector,
  publish: (batch: CollectedBatch) => Promise<void> | void = () => {},
  signal = going,
) {
  const batches: CollectedBatch[] = []
  for await (const batch of collector.collect(undefined, signal)) {
    await publish(batch)
    batches.push(batch)
  }
  const events = batches.flatMap((batch) => batch.events)
  for (const event of events) schemas.check('posture-event', event)
  const unreadable = batches.flatMap((batch) => batch.unreadable ?? [])
  return { batches, unreadable, findings: events as FindingObserved[] }
}

const bucketOf = ({ identity }: FindingObserved): string => identity.resource
/** The resources of findings, each once. */
export const buckets = (findings: readonly FindingObserved[]): string[] =>
  [...new Set(findings.map(bucketOf))].toSorted()
/** A message with one finding. */
export const bodyOf = (number: number, changes = {}): string =>
  JSON.stringify(sampleEvent([sampleFinding(number, changes)]))
export const bodies = (count: number): string[] => Array.from({ length: count }, (_, number) => bodyOf(number))
