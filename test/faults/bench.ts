import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ENRICHMENT_GROUP } from '../../enrichment/enrichment-group.ts'
import { KafkaStream } from '../../stream/kafka/kafka-stream.ts'
import { topics } from '../../stream/topics.ts'
import type { KafkaCluster } from '../servers/kafka/cluster.ts'
import { Driver } from './driver.ts'
import { numberedFindings, TENANT } from './statements.ts'
import { cli, Worker } from './worker.ts'

const PARTITIONS = 6
const REPLICATION = 3
const MIN_INSYNC = 2
export const SESSION_MS = 10_000
const RATE = 500
const ACCOUNTS = 4
const FINDINGS_PER_ACCOUNT = 40
const SINKS = ['archive', 'local'] as const
const POLL_MS = 500
const START_MS = 120_000
const DRAIN_MS = 180_000
const TOOL_MS = 60_000
/** More waiting records than this, and the pipeline has not recovered from what was done to it: ten seconds' worth. */
const KEEPING_UP = 10 * RATE

type Ends = ReadonlyMap<number, bigint>

export interface BenchOptions {
  readonly cluster: KafkaCluster
  /** Stands before its topics, groups and transactional ids. */
  readonly prefix: string
  readonly signal: AbortSignal
}

/** One pipeline on the cluster: a driver, two enrichment processes and one of sinks, in a folder of their own. */
export class Bench implements AsyncDisposable {
  readonly cluster: KafkaCluster
  /** Aborted as soon as the bench is not wanted any more. */
  readonly signal: AbortSignal
  readonly directory = mkdtempSync(join(tmpdir(), 'posture-stream-faults-'))
  readonly enrichers: readonly Worker[]
  readonly sinks: Worker
  readonly #prefix: string
  readonly #ending = new AbortController()
  #stream: KafkaStream | undefined
  #driver: Driver | undefined
  /** Left in place when it is disposed of, for a look at what happened. */
  keep = false

  private constructor({ cluster, prefix, signal }: BenchOptions) {
    this.cluster = cluster
    this.signal = AbortSignal.any([signal, this.#ending.signal])
    this.#prefix = prefix
    this.enrichers = [1, 2].map((number) => this.#worker(`enrichment-${number}`, 'enrichment'))
    this.sinks = this.#worker('sinks', 'sinks')
  }

  /** Resolves once statements flow through the whole pipeline. Throws, with nothing left running, where they do not. */
  static async open(options: BenchOptions): Promise<Bench> {
    const bench = new Bench(options)
    try {
      await bench.#start()
      return bench
    } catch (error) {
      bench.keep = !options.signal.aborted
      await bench[Symbol.asyncDispose]()
      throw error
    }
  }

  get workers(): readonly Worker[] {
    return [...this.enrichers, this.sinks]
  }

  get driver(): Driver {
    return this.#driver!
  }

  /** The brokers' name of a topic. */
  physical(topic: keyof typeof topics): string {
    return topics[topic].name.replace('posture.', `${this.#prefix}.`)
  }

  /** The brokers' name of enrichment's group. */
  get group(): string {
    return `${this.#prefix}.${ENRICHMENT_GROUP}`
  }

  /** The folder of a worker's own state. */
  stateOf({ name }: Worker): string {
    return join(this.directory, name)
  }

  get archive(): string {
    return join(this.directory, 'archive')
  }

  get store(): string {
    return join(this.directory, 'findings.db')
  }

  /** Resolves once every partition is written again and the pipeline keeps up with the driver; throws after two minutes. */
  async keepsUp(): Promise<void> {
    const before = await this.#ends()
    const goesOn = (ends: Ends) => [...ends].every(([partition, end]) => end > (before.get(partition) ?? 0n))
    await this.#until('keep up', START_MS, (lags, ends) => goesOn(ends) && lags.every((lag) => lag < KEEPING_UP))
  }

  /** Resolves once every stage has committed everything; throws after three minutes. */
  async drained(): Promise<void> {
    await this.#until('drain', DRAIN_MS, (lags) => lags.every((lag) => lag === 0))
  }

  async #start(): Promise<void> {
    for (const worker of this.workers) this.#configure(worker)
    const { signal } = this
    const apply = [cli, 'topics', 'apply', '--config', this.#configOf(this.sinks)]
    await promisify(execFile)(process.execPath, apply, { signal, timeout: TOOL_MS })
    this.#stream = await KafkaStream.open({
      brokers: this.cluster.brokers,
      prefix: this.#prefix,
      partitions: PARTITIONS,
      replication: REPLICATION,
      minInsyncReplicas: MIN_INSYNC,
      compression: 'zstd',
      sessionTimeoutMs: SESSION_MS,
      topics: Object.values(topics),
    })
    const findings = numberedFindings(PARTITIONS, ACCOUNTS, FINDINGS_PER_ACCOUNT)
    this.#driver = new Driver({ stream: this.#stream, findings, rate: RATE })
    for (const worker of this.workers) worker.start()
    this.#driver.start(signal)
    await this.keepsUp()
    this.driver.flows()
  }

  #worker(name: string, stage: Worker['stage']): Worker {
    return new Worker({ name, stage, config: this.#configOf({ name }), logs: join(this.directory, 'logs') })
  }

  #configOf({ name }: { readonly name: string }): string {
    return join(this.directory, `${name}.yaml`)
  }

  #configure(worker: Worker): void {
    mkdirSync(this.directory, { recursive: true })
    const config = {
      tenant: TENANT,
      stream: {
        type: 'kafka',
        brokers: this.cluster.brokers,
        prefix: this.#prefix,
        partitions: PARTITIONS,
        replication: REPLICATION,
        minInsyncReplicas: MIN_INSYNC,
        sessionTimeoutMs: SESSION_MS,
      },
      enrichment: { directory: this.stateOf(worker) },
      sinks: {
        // Killed before it has ever begun, it would be promised the latest state alone, and every revision is counted.
        archive: { type: 'file', directory: this.archive, from: 'earliest' },
        local: { type: 'local', path: this.store },
      },
    }
    writeFileSync(this.#configOf(worker), JSON.stringify(config))
  }

  /** Asks for the lags of enrichment and of each sink, and for the ends of posture.findings, until they are as wanted. */
  async #until(
    what: string,
    limitMs: number,
    reached: (lags: readonly number[], ends: Ends) => boolean,
  ): Promise<void> {
    const limit = performance.now() + limitMs
    for (let last = 'unknown'; ;) {
      const now = await Promise.all([this.#lags(), this.#ends()]).catch(() => undefined)
      if (now !== undefined && reached(...now)) return
      last = now?.[0].join(', ') ?? last
      if (performance.now() > limit)
        throw new Error(
          `the pipeline did not ${what} within ${limitMs / 1000} s; enrichment and sinks lag by ${last}${this.#ended()}`,
        )
      await sleep(POLL_MS, undefined, { signal: this.signal })
    }
  }

  /** Which processes are not there any more, and what they said last. */
  #ended(): string {
    const ended = this.workers.filter(({ running }) => !running)
    return ended.map((worker) => `\n${worker.name} has ended: ${worker.lastWords()}`).join('')
  }

  async #lags(): Promise<number[]> {
    const stream = this.#stream!
    const sinks = SINKS.map((name) => stream.lag(topics.findings.name, `sink.${name}`))
    return await Promise.all([stream.lag(topics.events.name, ENRICHMENT_GROUP), ...sinks])
  }

  #ends(): Promise<Ends> {
    return this.#stream!.ends(topics.findings.name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.workers.map((worker) => worker.kill()))
    await this.#stream?.close()
    if (!this.keep) rmSync(this.directory, { recursive: true, force: true })
  }
}
