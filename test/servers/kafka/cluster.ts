import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../free-ports.ts'
import type { JavaRuntime } from '../java.ts'
import { KafkaNode } from './node.ts'
import { kafkaRuntime } from './runtime.ts'
import { makeCertificates, scramUsers, securityProperties, hubUser, stranger, user, type Security } from './security.ts'
import { addressOf, serverProperties, type NodePorts } from './settings.ts'
import { findCoordinator, topicPartitions, type TopicPartition } from './wire.ts'

const STOP_MS = 30_000

export interface ClusterOptions {
  readonly brokers: 1 | 3
  /** `sasl-ssl` adds two guarded listeners to the plain one; `plain` unless told. */
  readonly security?: 'plain' | 'sasl-ssl'
  /** More lines for server.properties; they come last and win. */
  readonly config?: readonly string[]
  /** More options for Java; they come last and win. */
  readonly jvm?: readonly string[]
  /** Keeps data and logs here when the cluster stops, and goes on from them; a folder that is removed unless told. */
  readonly directory?: string
  readonly signal?: AbortSignal
}

interface ClusterParts {
  readonly ports: readonly NodePorts[]
  readonly nodes: readonly KafkaNode[]
  readonly security: Security | undefined
  readonly directory: string
  readonly keep: boolean
}

/** Real Kafka brokers on 127.0.0.1, numbered from 1. They end with this process, whatever it dies of. */
export class KafkaCluster implements AsyncDisposable {
  /** The addresses of the plain listener, of broker 1 first. */
  readonly brokers: readonly string[]
  readonly directory: string
  readonly #security: Security | undefined
  readonly #nodes: readonly KafkaNode[]
  readonly #keep: boolean

  private constructor(parts: ClusterParts) {
    this.brokers = parts.ports.map(({ plain }) => addressOf(plain))
    this.directory = parts.directory
    this.#nodes = parts.nodes
    this.#security = parts.security
    this.#keep = parts.keep
  }

  /** Resolves once every broker takes clients. Throws, with nothing left behind, when one does not start. */
  static async start(options: ClusterOptions): Promise<KafkaCluster> {
    const runtime = await kafkaRuntime(options.signal)
    const keep = options.directory !== undefined
    const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'posture-stream-kafka-'))
    let cluster: KafkaCluster | undefined
    try {
      cluster = new KafkaCluster({ ...(await partsOf(options, runtime, directory, keep)), directory, keep })
      await cluster.#start(options.signal)
      return cluster
    } catch (error) {
      await cluster?.stop()
      if (!keep) rmSync(directory, { recursive: true, force: true })
      throw error
    }
  }

  /** How to come in by the guarded listeners. Throws unless the cluster was started with `sasl-ssl`. */
  get security(): Security {
    if (this.#security === undefined)
      throw new Error("This cluster has no guarded listeners; security: 'sasl-ssl' adds them")
    return this.#security
  }

  /** Ends a broker as a crash does (SIGKILL); resolves once its process is gone. */
  async kill(id: number): Promise<void> {
    await this.#node(id).kill()
  }

  /** Lets a broker stand still (SIGSTOP): it takes connections and answers nothing. */
  pause(id: number): void {
    this.#node(id).pause()
  }

  /** Lets a paused broker go on (SIGCONT). */
  resume(id: number): void {
    this.#node(id).resume()
  }

  /**
   * Starts a broker again with its data and its addresses, after killing it if it runs. Resolves once it takes clients: after a
   * kill this takes the 6 s that the others wait before they believe that it is gone.
   */
  async restart(id: number, signal?: AbortSignal): Promise<void> {
    await this.#node(id).kill()
    await this.#node(id).start(signal)
  }

  /** The process of a broker, for a look at its memory or its CPU time. */
  pidOf(id: number): number {
    return this.#node(id).pid!
  }

  /** The broker that leads a partition as the brokers that answer know it; undefined while none does. */
  async leaderOf(topic: string, partition: number): Promise<number | undefined> {
    return (await this.partitions(topic)).find(({ id }) => id === partition)?.leader
  }

  /** The partitions of a topic in order; empty where the topic is not there. */
  partitions(topic: string): Promise<TopicPartition[]> {
    return this.#ask((address) => topicPartitions(address, topic))
  }

  /** The broker that coordinates a consumer group, or the transactions of a producer; undefined while none does. */
  coordinatorOf(what: 'group' | 'transaction', name: string): Promise<number | undefined> {
    return this.#ask((address) => findCoordinator(address, what, name))
  }

  /** Ends every broker, and removes the folder unless it was given. */
  async stop(): Promise<void> {
    // Where the data goes as well, there is nothing that a clean end would save.
    await Promise.all(this.#nodes.map((node) => (this.#keep ? node.stop(STOP_MS) : node.kill())))
    if (!this.#keep) rmSync(this.directory, { recursive: true, force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** All or none: the first that fails stops the others, and nothing is on its way any more when this rejects. */
  async #start(signal: AbortSignal | undefined): Promise<void> {
    const failed = new AbortController()
    const either = signal === undefined ? failed.signal : AbortSignal.any([failed.signal, signal])
    const starts = this.#nodes.map((node) => node.start(either))
    try {
      await Promise.all(starts)
    } catch (error) {
      failed.abort()
      await Promise.allSettled(starts)
      throw error
    }
  }

  #node(id: number): KafkaNode {
    const node = this.#nodes[id - 1]
    if (node === undefined) throw new Error(`There is no broker ${id}, only 1 to ${this.#nodes.length}`)
    return node
  }

  async #ask<T>(question: (address: string) => Promise<T>): Promise<T> {
    const failures: unknown[] = []
    for (const address of this.brokers.filter((_, index) => this.#nodes[index]?.answering)) {
      try {
        return await question(address)
      } catch (error) {
        failures.push(error)
      }
    }
    throw new AggregateError(failures, 'No broker answered')
  }
}

async function partsOf(
  { brokers, security = 'plain', config = [], jvm }: ClusterOptions,
  runtime: JavaRuntime,
  directory: string,
  keep: boolean,
): Promise<Pick<ClusterParts, 'ports' | 'nodes' | 'security'>> {
  const guarded = security === 'sasl-ssl'
  const ports = await nodePorts(brokers, guarded)
  const certificates = guarded ? await makeCertificates(join(directory, 'tls')) : undefined
  const guards = certificates === undefined ? [] : securityProperties(certificates)
  const nodes = ports.map((_, index) => {
    const id = index + 1
    return new KafkaNode({
      runtime,
      directory: join(directory, `broker-${id}`),
      properties: [...serverProperties(id, ports), ...guards, ...config],
      format: guarded ? scramUsers() : [],
      jvm,
      leftovers: keep ? undefined : directory,
    })
  })
  return {
    ports,
    nodes,
    security: certificates && { ...certificates, ...guardedAddresses(ports), user, stranger, hubUser },
  }
}

async function nodePorts(brokers: number, guarded: boolean): Promise<NodePorts[]> {
  const free = await freePorts(brokers * 4)
  const guards = (port: number) => (guarded ? { saslSsl: free[port]!, mutualTls: free[port + 1]! } : {})
  return Array.from({ length: brokers }, (_, index) => ({
    plain: free[index * 4]!,
    controller: free[index * 4 + 1]!,
    ...guards(index * 4 + 2),
  }))
}

function guardedAddresses(ports: readonly NodePorts[]): Pick<Security, 'saslSsl' | 'mutualTls'> {
  const addresses = (port: number | undefined) => (port === undefined ? [] : [addressOf(port)])
  return {
    saslSsl: ports.flatMap(({ saslSsl }) => addresses(saslSsl)),
    mutualTls: ports.flatMap(({ mutualTls }) => addresses(mutualTls)),
  }
}
