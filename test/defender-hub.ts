import { ContainerClient, type BlobItem } from '@azure/storage-blob'
import { onTestFinished, type TestContext } from 'vitest'
import { sampleAssessment } from '../collectors/azure-event-hubs/mapping/sample-defender.ts'
import type { ArrivingSource } from './kills-while-messages-arrive.ts'
import { newContainer } from './servers/azurite/azurite.ts'
import { sharedAzurite } from './servers/azurite/shared-azurite.ts'
import { EventHub, type EventHubOptions } from './servers/event-hubs/event-hub.ts'

export const GROUP = 'posture-stream'
const CLAIM_S = 3

/** A hub to which Defender for Cloud exports, and a container of its own for the checkpoints of those who read it. */
export class DefenderHub implements ArrivingSource {
  readonly hub: EventHub
  readonly container: ContainerClient
  readonly store: string
  readonly environment = {}
  readonly hiddenMs = CLAIM_S * 1000

  private constructor(hub: EventHub, container: ContainerClient, store: string) {
    this.hub = hub
    this.container = container
    this.store = store
  }

  /** It ends with the test. */
  static async open(context: Pick<TestContext, 'skip'>, options: EventHubOptions = {}): Promise<DefenderHub> {
    return DefenderHub.with(await sharedAzurite(context), options)
  }

  /** With the storage account of this connection string. */
  static async with(store: string, options: EventHubOptions = {}): Promise<DefenderHub> {
    const hub = await EventHub.start(options)
    onTestFinished(() => hub.close())
    return new DefenderHub(hub, new ContainerClient(store, await newContainer(store)), store)
  }

  get collector(): string {
    return this.settings()
  }

  /** What a configuration says of the collector, as YAML indented by four after the first line; `changes` likewise. */
  settings(changes = ''): string {
    return `type: azure-event-hubs
    connectionString: "${this.hub.connectionString}"
    consumerGroup: ${GROUP}
    checkpoints: { container: ${this.container.containerName}, connectionString: "${this.store}" }
    waitSeconds: 1
    claimSeconds: ${CLAIM_S}
    ${changes}`
  }

  async send(numbers: readonly number[]): Promise<void> {
    this.hub.send(numbers.map((number) => JSON.stringify(sampleAssessment(number))))
  }

  /** A checkpoint of a partition says that all before it is done with. */
  async left(): Promise<{ readonly all: number; readonly held: number }> {
    const done = await this.checkpoints()
    const all = this.hub.partitions.reduce(
      (sum, { id, last }) => sum + (last?.sequence ?? -1) - (done.get(id) ?? -1),
      0,
    )
    return { all, held: this.hub.counts.receivers > 0 ? all : 0 }
  }

  /** By partition, the sequence number of its checkpoint. */
  async checkpoints(): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>()
    for (const { name, metadata } of await this.#blobs()) {
      const partition = /\/checkpoint\/([^/]+)$/.exec(name)?.[1]
      if (partition !== undefined) found.set(partition, Number(metadata?.['sequencenumber']))
    }
    return found
  }

  /** Whoever has claimed a partition. */
  async owners(): Promise<ReadonlySet<string>> {
    const owners = (await this.#blobs()).map(({ metadata }) => metadata?.['ownerid'] ?? '')
    return new Set(owners.filter((owner) => owner !== ''))
  }

  async #blobs(): Promise<BlobItem[]> {
    const blobs: BlobItem[] = []
    for await (const blob of this.container.listBlobsFlat({ includeMetadata: true })) blobs.push(blob)
    return blobs
  }
}
