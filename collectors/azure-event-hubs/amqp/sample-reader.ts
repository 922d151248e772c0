import { setTimeout as sleep } from 'node:timers/promises'
import type { Checkpoint, CheckpointStore, PartitionOwnership } from '@azure/event-hubs'
import { onTestFinished } from 'vitest'
import { Secret } from '../../../core/secret.ts'
import { EventHub, type EventHubOptions } from '../../../test/servers/event-hubs/event-hub.ts'
import { notedContext } from '../../../test/noted-context.ts'
import { Inbox } from '../../messages/inbox.ts'
import type { Message } from '../../messages/message.ts'
import type { Config } from '../config.ts'
import { hubAddress } from '../hub-address.ts'
import { AmqpEndpoint } from './amqp-endpoint.ts'
import { HubClients } from './hub-clients.ts'

/** Checkpoints and claims in memory, with versions as blobs have them. */
export class MemoryStore implements CheckpointStore {
  readonly claims = new Map<string, PartitionOwnership>()
  readonly checkpoints = new Map<string, Checkpoint>()
  /** Every checkpoint that was saved, as `partition/sequence number`. */
  readonly saved: string[] = []
  #version = 0

  async listOwnership(): Promise<PartitionOwnership[]> {
    return [...this.claims.values()].map((claim) => ({ ...claim }))
  }

  async claimOwnership(wanted: PartitionOwnership[]): Promise<PartitionOwnership[]> {
    return wanted.flatMap((claim) => {
      if (claim.etag !== undefined && claim.etag !== this.claims.get(claim.partitionId)?.etag) return []
      const claimed = { ...claim, etag: String(++this.#version), lastModifiedTimeInMs: Date.now() }
      this.claims.set(claim.partitionId, claimed)
      return [claimed]
    })
  }

  async updateCheckpoint(checkpoint: Checkpoint): Promise<void> {
    this.checkpoints.set(checkpoint.partitionId, checkpoint)
    this.saved.push(`${checkpoint.partitionId}/${checkpoint.sequenceNumber}`)
  }

  async listCheckpoints(): Promise<Checkpoint[]> {
    return [...this.checkpoints.values()]
  }
}

/** A hub of the tests, which ends with the test. */
export async function openHub(options: EventHubOptions = {}): Promise<EventHub> {
  const hub = await EventHub.start(options)
  onTestFinished(() => hub.close())
  return hub
}

export function configOf(hub: EventHub, changes: Partial<Config> = {}): Config {
  return {
    connectionString: new Secret(hub.connectionString),
    consumerGroup: 'posture-stream',
    protocol: 'amqp',
    webSockets: false,
    checkpoints: { container: 'checkpoints', connectionString: new Secret('UseDevelopmentStorage=true') },
    claimSeconds: 3,
    startFrom: 'earliest',
    waitSeconds: 1,
    maxMessages: 100,
    ...changes,
  }
}

/** A reader of a hub with its inbox; it ends with the test. */
export async function openReader(
  hub: EventHub,
  store: CheckpointStore,
  { reader = 'first', ...changes }: Partial<Config> & { readonly reader?: string } = {},
) {
  const config = configOf(hub, changes)
  const address = hubAddress(config)
  class Clients extends HubClients {
    override async store(): Promise<CheckpointStore> {
      return store
    }
  }
  const { context, logged, counts } = notedContext('defender')
  const endpoint = new AmqpEndpoint(config, context, address, new Clients(config, address))
  const inbox = new Inbox<Message>()
  const stop = new AbortController()
  const subscription = await endpoint.open(inbox, stop.signal, reader)
  const close = async (): Promise<void> => {
    inbox.close(new Error('the test is over'))
    await subscription.close()
  }
  onTestFinished(close)
  return { inbox, subscription, close, logged, counts, signal: stop.signal }
}

/** Takes what comes until nothing has come for a while, and says of each that it is durable. */
export async function takeAll(
  { inbox, signal }: Awaited<ReturnType<typeof openReader>>,
  all: Message[] = [],
): Promise<Message[]> {
  for (;;) {
    const { messages, done } = await inbox.next(1000, 20_000, signal)
    done()
    if (messages.length === 0) return all
    all.push(...messages)
  }
}

/** Resolves as soon as it holds; rejects after ten seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (holds()) return
    await sleep(10)
  }
  throw new Error('It did not come to hold')
}
