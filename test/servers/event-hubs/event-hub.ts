import type { AddressInfo, Server } from 'node:net'
import rhea, { type Connection, type Container, type EventContext, type Message } from 'rhea'
import { cut, hubAddress, letIn, notFound, type HubAddress, type Incoming, type Outgoing } from './amqp.ts'
import { Claims } from './claims.ts'
import { noFaults, type HubFaults } from './faults.ts'
import { checkHub, DEFAULT_GROUP, tierLimits } from './limits.ts'
import { PartitionLog } from './partition-log.ts'
import { forced, Receivers, serverBusy, type AttachedReader } from './receivers.ts'
import type { EventHubOptions, HubCounts, SendOptions } from './options.ts'
import { isNode, RequestNodes } from './request-nodes.ts'
import { Senders } from './senders.ts'
import type { Policy } from './tokens.ts'

/** As the service announces it. */
const IDLE_TIMEOUT_MS = 240_000
const FRAME_BYTES = 65_536
const CREDIT = 300
const POLICY = 'RootManageSharedAccessKey'

export type { EventHubOptions } from './options.ts'

/**
 * One hub of an Event Hubs namespace over AMQP 1.0, in this process: tokens, owner levels, positions, quotas and refusals as
 * the service has them, and faults on demand. rhea frames and counts credit. Not the service's: which partition a key falls to,
 * geo-replication, throughput units; and it keeps all in memory.
 */
export class EventHub {
  readonly faults: HubFaults = noFaults()
  readonly partitions: readonly PartitionLog[]
  readonly #options: Required<Omit<EventHubOptions, 'tls'>> & Pick<EventHubOptions, 'tls'>
  readonly #container: Container
  readonly #connections = new Set<Connection>()
  readonly #claims = new Claims()
  readonly #receivers = new Receivers(this.faults)
  readonly #senders: Senders
  readonly #policy: Policy
  readonly #nodes: RequestNodes
  #connected = 0
  #server: Server | undefined

  private constructor(options: EventHubOptions) {
    this.#options = {
      hub: 'defender',
      partitions: 4,
      consumerGroups: ['posture-stream'],
      tier: 'standard',
      rights: ['Listen', 'Send'],
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      port: 0,
      ...options,
    }
    const { hub, partitions, consumerGroups, tier, rights } = this.#options
    checkHub(tier, hub, partitions, consumerGroups)
    this.partitions = Array.from({ length: partitions }, (_, id) => new PartitionLog(String(id)))
    this.#policy = { name: POLICY, key: 'a2V5IG9mIHRoZSBwb2xpY3k=', rights }
    this.#senders = new Senders({
      partitions: this.partitions,
      limitBytes: tierLimits[tier].publicationBytes,
      faults: this.faults,
      appended: (log) => this.#receivers.pump(log),
    })
    this.#nodes = new RequestNodes({
      hub,
      partitions: this.partitions,
      policies: [this.#policy],
      faults: this.faults,
      claims: this.#claims,
    })
    this.#container = rhea.create_container({ id: 'event-hub', autoaccept: false })
    this.#listen()
  }

  static async start(options: EventHubOptions = {}): Promise<EventHub> {
    const hub = new EventHub(options)
    await hub.open()
    return hub
  }

  /** After `close`: at the same address, with all that was in it. */
  async open(): Promise<void> {
    const { tls, idleTimeoutMs, port } = this.#options
    this.#server = this.#container.listen({
      host: '127.0.0.1',
      port: port === 0 ? this.port : port,
      max_frame_size: FRAME_BYTES,
      idle_time_out: idleTimeoutMs,
      receiver_options: { autoaccept: false, credit_window: CREDIT },
      ...(tls === undefined ? {} : { transport: 'tls' as const, ...tls }),
    } as Parameters<Container['listen']>[0])
    const server = this.#server
    await new Promise<void>((resolve, reject) => server.once('error', reject).once('listening', resolve))
    this.#port = (server.address() as AddressInfo).port
  }

  #port = 0

  get port(): number {
    return this.#port
  }

  get name(): string {
    return this.#options.hub
  }

  /** The host of the namespace, with its port. */
  get namespace(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Of the hub: it names it, and lets the SDK speak without TLS where this hub does. */
  get connectionString(): string {
    return `${this.namespaceConnectionString};EntityPath=${this.name}`
  }

  get namespaceConnectionString(): string {
    const plain = this.#options.tls === undefined ? ';UseDevelopmentEmulator=true' : ''
    const { name, key } = this.#policy
    return `Endpoint=sb://${this.namespace};SharedAccessKeyName=${name};SharedAccessKey=${key}${plain}`
  }

  get counts(): HubCounts {
    const receivers = this.#receivers.attached.length
    return {
      ...this.#nodes.counts,
      connections: this.#connected,
      ...this.#senders.counts,
      ...this.#receivers.counts,
      receivers,
    }
  }

  /** Who reads now. */
  get readers(): readonly AttachedReader[] {
    return this.#receivers.attached
  }

  /** Appends events as if somebody had sent them, all to one partition or in turn to each. */
  send(bodies: readonly (string | Buffer)[], { partition, key, properties, contentType }: SendOptions = {}): void {
    for (const body of bodies) {
      const log = partition === undefined ? this.#senders.choose(key) : this.partitions[Number(partition)]
      if (log === undefined) throw new RangeError(`The hub has no partition ${partition}`)
      this.#senders.append(log, {
        body: rhea.message.data_section(Buffer.from(body)),
        ...(properties === undefined ? {} : { application_properties: { ...properties } }),
        ...(contentType === undefined ? {} : { content_type: contentType }),
        ...(key === undefined ? {} : { message_annotations: { 'x-opt-partition-key': key } }),
      })
    }
  }

  /** The retention time of the oldest events of a partition is over. */
  expire(partition: string | number, count: number): void {
    this.partitions[Number(partition)]?.expire(count)
  }

  /** Cuts all connections; or closes them, as the service does before its upgrades. */
  disconnect(how: 'cut' | 'forced' = 'cut'): void {
    for (const connection of this.#connections)
      if (how === 'cut') cut(connection)
      else connection.close(forced())
  }

  /** Detaches all receivers with `com.microsoft:server-busy`. */
  detach(): void {
    for (const link of this.#receivers.links) {
      this.#receivers.detach(link)
      link.close(serverBusy())
    }
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.#claims.close()
    this.disconnect()
    if (server !== undefined) await new Promise((resolve) => server.close(resolve))
  }

  #listen(): void {
    const container = this.#container
    letIn(container)
    container.on('connection_open', ({ connection }: EventContext) => {
      this.#connections.add(connection)
      this.#connected += 1
    })
    container.on('disconnected', ({ connection }: EventContext) => this.#gone(connection))
    container.on('sender_open', ({ sender }: EventContext) => this.#receiverAsks(sender as Outgoing))
    container.on('sendable', ({ sender }: EventContext) => this.#receivers.more(sender as Outgoing))
    container.on('sender_close', ({ sender }: EventContext) => this.#receivers.detach(sender as Outgoing))
    container.on('receiver_open', ({ receiver }: EventContext) => this.#senderAsks(receiver as Incoming))
    container.on('message', (context: EventContext) => this.#message(context))
    // Whoever does not listen to them is ended by them.
    for (const event of [
      'connection_error',
      'session_error',
      'receiver_error',
      'sender_error',
      'protocol_error',
      'error',
    ])
      container.on(event, () => {})
  }

  #gone(connection: Connection): void {
    this.#connections.delete(connection)
    for (const link of this.#receivers.links) if (link.connection === connection) this.#receivers.detach(link)
  }

  #receiverAsks(link: Outgoing): void {
    const address = link.source?.address ?? ''
    link.set_source({ ...link.source, address })
    if (isNode(address)) return this.#nodes.attach(link)
    const found = this.#find(address)
    const refusal =
      found === undefined
        ? notFound(address)
        : (this.#claims.guard(link, address, 'Listen') ?? this.#receivers.attach(link, found, this.partitions))
    if (refusal !== undefined) link.close(refusal)
  }

  #senderAsks(link: Incoming): void {
    const address = link.target?.address ?? ''
    link.set_target({ ...link.target, address })
    if (isNode(address)) return
    const found = this.#find(address)
    const refusal =
      found === undefined
        ? notFound(address)
        : (this.#claims.guard(link, address, 'Send') ?? this.#senders.attach(link, found))
    if (refusal !== undefined) link.close(refusal)
  }

  #find(address: string): HubAddress | undefined {
    const found = hubAddress(address)
    const groups = [DEFAULT_GROUP, ...this.#options.consumerGroups].map((group) => group.toLowerCase())
    const known =
      found?.hub.toLowerCase() === this.name.toLowerCase() &&
      (found.group === undefined || groups.includes(found.group.toLowerCase()))
    return known ? found : undefined
  }

  #message({ connection, receiver, message, delivery }: EventContext): void {
    const address = receiver!.target?.address ?? ''
    if (!isNode(address)) return this.#senders.receive(receiver as Incoming, delivery!, message as Message | Buffer)
    delivery!.accept()
    this.#nodes.receive(connection, address, message!)
  }
}
