import type { EventHubConsumerClient } from '@azure/event-hubs'
import type { ContainerClient } from '@azure/storage-blob'
import type { Asking } from './asking.ts'
import type { HubClients } from './hub-clients.ts'
import { within } from '../within.ts'

const CLOSE_MS = 5000

/** Nothing of ours is called so. */
const NO_BLOB = 'posture-stream-check'
const LOOK_SECONDS = 0.2

/**
 * Whether the hub is there, the consumer group too, and both may be read, and whether checkpoints may be listed and written.
 * No partition is taken from anybody, and nothing is written. Rejects with an error of ours (`EVENT_HUBS_…`, `CHECKPOINTS_…`).
 */
export async function checkHub(clients: HubClients, asking: Asking, signal: AbortSignal): Promise<void> {
  const client = await asking.hub(() => clients.onlooker())
  try {
    const [first = '0'] = await asking.hub(() => client.getPartitionIds({ abortSignal: signal }))
    await asking.hub(() => lookInto(client, first, signal))
  } finally {
    await within(CLOSE_MS, client.close())
  }
  const container = await asking.store(() => clients.container())
  await asking.store(() => tryContainer(container, signal))
}

/** Reads from the end on, without an owner level: that is refused where somebody reads with one, which says as much. */
async function lookInto(client: EventHubConsumerClient, partition: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const subscription = client.subscribe(
    partition,
    {
      processEvents: async () => resolve(),
      processError: async (error) => {
        const { code } = error as { readonly code?: unknown }
        if (code === 'ReceiverDisconnectedError' || code === 'QuotaExceededError') resolve()
        else reject(error)
      },
    },
    { startPosition: { enqueuedOn: Date.now() }, maxBatchSize: 1, maxWaitTimeInSeconds: LOOK_SECONDS },
  )
  try {
    await promise
  } finally {
    signal.removeEventListener('abort', onAbort)
    await subscription.close()
  }
}

/** Writing is tried on a blob that does not exist: whoever may not is refused before that is looked at. */
async function tryContainer(container: ContainerClient, abortSignal: AbortSignal): Promise<void> {
  await container.listBlobsFlat({ abortSignal }).byPage({ maxPageSize: 1 }).next()
  try {
    await container.getBlobClient(NO_BLOB).setMetadata({}, { abortSignal })
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'BlobNotFound') throw error
  }
}
