import type { Checkpoint, EventHubConsumerClient, PartitionOwnership, PartitionProperties } from '@azure/event-hubs'
import type { Config } from '../config.ts'
import type { Asking } from './asking.ts'
import type { HubClients } from './hub-clients.ts'
import { within } from '../within.ts'

const CLOSE_MS = 5000

/** What lies before a reader of the hub, and who reads it now, in sentences. */
export async function hubOutlook(
  clients: HubClients,
  asking: Asking,
  config: Config,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const client = await asking.hub(() => clients.onlooker())
  try {
    const { fullyQualifiedNamespace: host, eventHubName: hub } = client
    const partitions = await asking.hub(() => partitionsOf(client, signal))
    const store = await asking.store(() => clients.store())
    const args = [host, hub, config.consumerGroup, { abortSignal: signal }] as const
    const checkpoints = await asking.store(() => store.listCheckpoints(...args))
    const claims = await asking.store(() => store.listOwnership(...args))
    return [said(hub, partitions, checkpoints, config), ...lost(partitions, checkpoints), readers(claims, config)]
  } finally {
    await within(CLOSE_MS, client.close())
  }
}

async function partitionsOf(client: EventHubConsumerClient, abortSignal: AbortSignal): Promise<PartitionProperties[]> {
  const ids = await client.getPartitionIds({ abortSignal })
  return Promise.all(ids.map((id) => client.getPartitionProperties(id, { abortSignal })))
}

function said(
  hub: string,
  partitions: readonly PartitionProperties[],
  checkpoints: readonly Checkpoint[],
  config: Config,
): string {
  const before = partitions.reduce((sum, each) => sum + ahead(each, checkpointOf(each, checkpoints), config), 0)
  const begun = partitions.filter((each) => checkpointOf(each, checkpoints) !== undefined).length
  const unread = partitions.length - begun
  const fresh =
    unread === 0
      ? ''
      : `; ${unread} of them have not been read with this consumer group, and begin at the ${config.startFrom}`
  return `${hub} has ${partitions.length} partitions, with ${before} messages to read${fresh}.`
}

/** How many messages a reader would be given. */
function ahead(
  { isEmpty, beginningSequenceNumber, lastEnqueuedSequenceNumber }: PartitionProperties,
  checkpoint: number | undefined,
  { startFrom }: Config,
): number {
  if (isEmpty || (checkpoint === undefined && startFrom === 'latest')) return 0
  const next = Math.max(beginningSequenceNumber, (checkpoint ?? -1) + 1)
  return Math.max(0, lastEnqueuedSequenceNumber - next + 1)
}

/** What the hub deleted before anybody had read it. */
function lost(partitions: readonly PartitionProperties[], checkpoints: readonly Checkpoint[]): string[] {
  let [count, where] = [0, 0]
  for (const each of partitions) {
    const checkpoint = checkpointOf(each, checkpoints)
    const missed = checkpoint === undefined || each.isEmpty ? 0 : each.beginningSequenceNumber - checkpoint - 1
    if (missed > 0) [count, where] = [count + missed, where + 1]
  }
  if (count === 0) return []
  return [
    `${count} messages of ${where} partitions were older than the hub's retention before they were read: they are gone.`,
  ]
}

function checkpointOf({ partitionId }: PartitionProperties, checkpoints: readonly Checkpoint[]): number | undefined {
  return checkpoints.find((each) => each.partitionId === partitionId)?.sequenceNumber
}

function readers(claims: readonly PartitionOwnership[], { claimSeconds, consumerGroup }: Config): string {
  const since = Date.now() - claimSeconds * 1000
  const owned = claims.filter(({ ownerId, lastModifiedTimeInMs = 0 }) => ownerId !== '' && lastModifiedTimeInMs > since)
  const owners = new Set(owned.map(({ ownerId }) => ownerId)).size
  if (owners === 0) return `Nobody reads it with ${consumerGroup} now.`
  return `${owners} ${owners === 1 ? 'reader has' : 'readers have'} claimed ${owned.length} partitions with ${consumerGroup}.`
}
