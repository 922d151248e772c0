import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PubSub, type CreateSubscriptionOptions } from '@google-cloud/pubsub'
import { PassThroughClient } from 'google-auth-library'
import { onTestFinished, type TestContext } from 'vitest'
import { freePorts } from '../free-ports.ts'
import { ServerProcess } from '../server-process.ts'
import { pubsubProgram, whyNoPubsub } from './program.ts'

const READY = 'listening on'
const READY_MS = 30_000
const PROJECT = 'acme-security'
const NAME = 'posture-stream'
const TOPIC = `projects/${PROJECT}/topics/scc`

/** What became of the messages; see control.go. */
export interface MessageCounts {
  readonly all: number
  readonly held: number
  readonly deliveries: number
  readonly givenBack: number
}

/** gRPC methods that can be refused. */
type Refusable = 'StreamingPull' | 'GetSubscription' | 'Acknowledge' | 'ModifyAckDeadline'

/** pstest, with one topic and one subscription to it. It cannot outlive this process. */
export class PubsubServer {
  /** In full. */
  readonly subscription = `projects/${PROJECT}/subscriptions/${NAME}`
  readonly #ports: readonly number[]
  readonly #directory = mkdtempSync(join(tmpdir(), 'posture-stream-pubsub-'))
  readonly #client: PubSub
  #server: ServerProcess | undefined
  #starts = 0

  private constructor(ports: readonly number[]) {
    this.#ports = ports
    this.#client = new PubSub({
      projectId: PROJECT,
      apiEndpoint: this.endpoint,
      emulatorMode: true,
      authClient: new PassThroughClient(),
    })
  }

  /** One for this test, without a message. Skips the test, with the reason, where there can be none. */
  static async forTest(
    { skip }: Pick<TestContext, 'skip'>,
    options?: CreateSubscriptionOptions,
  ): Promise<PubsubServer> {
    const why = whyNoPubsub()
    if (why !== undefined) return skip(why)
    const server = await PubsubServer.start(options)
    onTestFinished(() => server.stop())
    return server
  }

  /** One that is stopped by whoever starts it. Rejects where there can be none. */
  static async start(options?: CreateSubscriptionOptions): Promise<PubsubServer> {
    await pubsubProgram.build()
    const server = new PubsubServer(await freePorts(2))
    try {
      await server.startAgain(options)
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /** For `endpoint` of the collector. */
  get endpoint(): string {
    return `http://localhost:${this.#ports[0]}`
  }

  /** After `kill`: nothing is left of what was there, but the topic and the subscription are made anew. */
  async startAgain(options: CreateSubscriptionOptions = {}): Promise<void> {
    this.#starts += 1
    const [port, control] = this.#ports
    this.#server = new ServerProcess({
      command: pubsubProgram.path,
      args: ['-port', String(port), '-control-port', String(control)],
      log: join(this.#directory, `start-${this.#starts}.log`),
      leftovers: this.#directory,
    })
    await this.#server.logged(READY, READY_MS)
    await this.#client.createTopic(TOPIC)
    await this.#client.createTopic(`${TOPIC}-dead`)
    await this.subscribe(options)
  }

  async subscribe(options: CreateSubscriptionOptions = {}): Promise<void> {
    await this.#client.createSubscription(TOPIC, NAME, options)
  }

  async unsubscribe(): Promise<void> {
    await this.#client.subscription(NAME).delete()
  }

  /** Where messages have a key, they are of one order. */
  async publish(bodies: readonly (string | Buffer)[], keyOf?: (index: number) => string): Promise<void> {
    const topic = this.#client.topic(TOPIC, keyOf === undefined ? {} : { messageOrdering: true })
    await Promise.all(
      bodies.map((body, index) =>
        topic.publishMessage({
          data: Buffer.from(body),
          ...(keyOf === undefined ? {} : { orderingKey: keyOf(index) }),
        }),
      ),
    )
  }

  async counts(): Promise<MessageCounts> {
    const response = await fetch(`http://localhost:${this.#ports[1]}/counts`)
    return (await response.json()) as MessageCounts
  }

  /** Every call of a method, from now on, with a status of gRPC. */
  async refuse(method: Refusable, code: number): Promise<void> {
    await this.#tell(`refuse/${method}/${code}`)
  }

  /** Whoever asks is told that they have not this permission. */
  async deny(permission: string): Promise<void> {
    await this.#tell(`deny/${permission}`)
  }

  /** Nothing is refused or denied any more. */
  async permit(): Promise<void> {
    await this.#tell('permit')
  }

  /** New streams end after so long, as those of Google do after some minutes. */
  async endStreamsAfter(ms: number): Promise<void> {
    await this.#tell(`stream-timeout/${ms}`)
  }

  /** It answers no more, and lets nobody go. */
  stall(): void {
    this.#server?.signal('SIGSTOP')
  }

  /** Ends it as a crash does: it forgets everything. */
  async kill(): Promise<void> {
    await this.#server?.kill()
  }

  async #tell(path: string): Promise<void> {
    const response = await fetch(`http://localhost:${this.#ports[1]}/${path}`, { method: 'POST' })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  }

  async stop(): Promise<void> {
    await this.#client.close()
    await this.#server?.kill()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
