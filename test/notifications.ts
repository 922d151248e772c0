import { onTestFinished } from 'vitest'
import type { CollectedBatch, Collector } from '../collectors/collector.ts'
import { gcpPubsub } from '../collectors/gcp-pubsub/gcp-pubsub.ts'
import type { Config } from '../collectors/gcp-pubsub/config.ts'
import { sampleNotification } from '../collectors/gcp-pubsub/mapping/sample-scc.ts'
import { notedContext } from './noted-context.ts'
import type { FindingObserved } from '../schemas/generated/posture-event.ts'
import type { ArrivingSource, ReadSource } from './kills-while-messages-arrive.ts'
import type { PubsubServer } from './servers/pubsub/pubsub-server.ts'

/** The shortest that Pub/Sub takes. */
export const DEADLINE_S = 10

/** Never aborted. */
export const going = new AbortController().signal

/** A message with one finding. */
export const bodyOf = (number: number, changes = {}): string => JSON.stringify(sampleNotification(number, changes))
export const bodies = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, number) => bodyOf(from + number))

/** A subscription as what a pipeline reads, with other settings of the collector in YAML, each on a line of its own. */
export function readSubscription(
  { subscription, endpoint }: Pick<PubsubServer, 'subscription' | 'endpoint'>,
  settings: readonly string[] = [],
): ReadSource {
  const lines = [`subscription: "${subscription}"`, `endpoint: "${endpoint}"`, 'waitSeconds: 1', ...settings]
  return { environment: {}, collector: ['type: gcp-pubsub', ...lines].join('\n    ') }
}

/** The subscription as what notifications arrive at. */
export function arrivingNotifications(server: PubsubServer): ArrivingSource {
  return {
    ...readSubscription(server, [`ackDeadlineSeconds: ${DEADLINE_S}`]),
    hiddenMs: DEADLINE_S * 1000,
    send: (numbers) => server.publish(numbers.map((number) => bodyOf(number))),
    left: () => server.counts(),
  }
}

/** The collector in this process, with what it says and counts; an empty endpoint is none. It ends with the test. */
export async function newReader(
  server: PubsubServer,
  { endpoint = server.endpoint, ...settings }: Partial<Config> = {},
) {
  const { context, logged, counts } = notedContext('scc')
  const collector = await gcpPubsub.create(
    {
      subscription: server.subscription,
      ...(endpoint === '' ? {} : { endpoint }),
      waitSeconds: 1,
      ackDeadlineSeconds: DEADLINE_S,
      maxMessages: 500,
      maxBytes: 50_000_000,
      ...settings,
    },
    context,
  )
  onTestFinished(() => collector.close?.())
  return { collector, logged, counts }
}

/** Runs a sweep as a run until idle does: the next batch is asked for when this one is published, until one is empty. */
export async function sweep(
  collector: Collector,
  publish: (batch: CollectedBatch) => Promise<void> | void = () => {},
  signal = going,
) {
  const batches: CollectedBatch[] = []
  for await (const batch of collector.collect(undefined, signal)) {
    await publish(batch)
    signal.throwIfAborted()
    if (batch.read === 0) break
    batches.push(batch)
  }
  const findings = batches.flatMap(({ events }) => events) as FindingObserved[]
  return { batches, findings, unreadable: batches.flatMap(({ unreadable }) => unreadable ?? []) }
}

/** The numbers of the findings, in the order in which they came. */
export const numbersOf = (findings: readonly FindingObserved[]): number[] =>
  findings.map(({ identity }) => Number(/(\d+)$/.exec(identity.resource)![1]))
