import {
  EventHubConsumerClient,
  RetryMode,
  type CheckpointStore,
  type EventHubConsumerClientOptions,
} from '@azure/event-hubs'
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob'
import type { TokenCredential } from '@azure/identity'
import { ContainerClient, type StoragePipelineOptions } from '@azure/storage-blob'
import type { Config } from '../config.ts'
import { credentialOf } from '../credential.ts'
import type { HubAddress } from '../hub-address.ts'

/** Its own waits are short: what lasts longer is told, and tried again, by whoever runs the collector. */
const HUB_RETRIES = {
  maxRetries: 3,
  retryDelayInMs: 300,
  maxRetryDelayInMs: 5000,
  mode: RetryMode.Exponential,
  timeoutInMs: 30_000,
} as const
const STORE_RETRIES = { maxTries: 3, tryTimeoutInMs: 10_000, retryDelayInMs: 500, maxRetryDelayInMs: 3000 }

/** Makes the SDK's clients as they are configured. */
export class HubClients {
  readonly #config: Config
  readonly #address: HubAddress
  #credential: Promise<TokenCredential> | undefined

  constructor(config: Config, address: HubAddress) {
    this.#config = config
    this.#address = address
  }

  async container(): Promise<ContainerClient> {
    const { container, connectionString } = this.#config.checkpoints!
    const options: StoragePipelineOptions = { retryOptions: STORE_RETRIES }
    if (connectionString !== undefined) return new ContainerClient(connectionString.reveal(), container, options)
    return new ContainerClient(container, await this.#signIn(), options)
  }

  async store(): Promise<CheckpointStore> {
    return new BlobCheckpointStore(await this.container())
  }

  /** Of a reader that shares the partitions by this store. */
  async reader(name: string, store: CheckpointStore): Promise<EventHubConsumerClient> {
    const { consumerGroup, claimSeconds, connectionString, namespace } = this.#config
    const { eventHub } = this.#address
    const options: EventHubConsumerClientOptions = {
      ...(await this.#options()),
      identifier: name,
      loadBalancingOptions: {
        strategy: 'greedy',
        // A claim is renewed several times before it expires.
        updateIntervalInMs: (claimSeconds * 1000) / 6,
        partitionOwnershipExpirationIntervalInMs: claimSeconds * 1000,
      },
    }
    return connectionString !== undefined
      ? new EventHubConsumerClient(consumerGroup, connectionString.reveal(), eventHub, store, options)
      : new EventHubConsumerClient(consumerGroup, namespace!, eventHub, await this.#signIn(), store, options)
  }

  /** Of somebody who only looks, and takes no partition from anybody. */
  async onlooker(): Promise<EventHubConsumerClient> {
    const { consumerGroup, connectionString, namespace } = this.#config
    const { eventHub } = this.#address
    const options = await this.#options()
    return connectionString !== undefined
      ? new EventHubConsumerClient(consumerGroup, connectionString.reveal(), eventHub, options)
      : new EventHubConsumerClient(consumerGroup, namespace!, eventHub, await this.#signIn(), options)
  }

  async #options(): Promise<EventHubConsumerClientOptions> {
    const retryOptions = { ...HUB_RETRIES }
    if (!this.#config.webSockets) return { retryOptions }
    return { retryOptions, webSocketOptions: { webSocket: WebSocket } }
  }

  #signIn(): Promise<TokenCredential> {
    this.#credential ??= credentialOf(this.#config)
    return this.#credential
  }
}
