import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, type TestContext } from 'vitest'
import { catalogs } from '../../app/catalog.ts'
import type { LoadedConfig } from '../../app/config/catalogs.ts'
import { loadConfig } from '../../app/config/load-config.ts'
import { MetricsRegistry } from '../../app/metrics-registry.ts'
import { openStreamToRead } from '../../app/open-stream.ts'
import { startPipeline } from '../../app/pipeline.ts'
import type { Pipeline } from '../../app/pipeline-contract.ts'
import { planReplay, runReplay, type WhatToReplay } from '../../app/replay/sink-replay.ts'
import { Scrubber } from '../../app/scrub.ts'
import { createLogger, type BindableLogger } from '../../app/telemetry.ts'
import { findingHeaders } from '../../schemas/records.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import type { ReplayPlan } from '../../sinks/selection/replay-plan.ts'
import { topics } from '../../stream/topics.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { ScratchOpenSearch, type StoredDocument } from '../scratch-opensearch.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'
import { sharedOpenSearch } from '../servers/opensearch/shared-opensearch.ts'

const SINK = 'siem'
const KEYS = 60
const FINDINGS = topics.findings.name
const { signal } = new AbortController()

/** A sink of OpenSearch on a stream that findings are written to. */
class Scene {
  readonly config: LoadedConfig
  readonly #index: ScratchOpenSearch

  private constructor(config: LoadedConfig, index: ScratchOpenSearch) {
    this.config = config
    this.#index = index
  }

  static async set(type: 'embedded' | 'kafka', context: TestContext): Promise<Scene> {
    const url = await sharedOpenSearch(context, '2.19.6')
    const kafka =
      type === 'kafka' ? await ScratchKafka.create({ brokers: await sharedBrokers(context), partitions: 2 }) : undefined
    const index = await new ScratchOpenSearch(url).install()
    const directory = mkdtempSync(join(tmpdir(), 'posture-replay-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const stream = kafka?.yaml ?? 'stream: { type: embedded, directory: ./data, partitions: 2 }'
    const sinks = { [SINK]: { type: 'opensearch', nodes: [url], index: index.index } }
    const file = join(directory, 'pipeline.yaml')
    writeFileSync(file, `tenant: acme\n${stream}\nsinks: ${JSON.stringify(sinks)}\n`)
    return new Scene(loadConfig(file, catalogs, {}), index)
  }

  get log(): BindableLogger {
    const options = { level: 'info', pretty: false, colour: false, scrubber: new Scrubber() } as const
    return createLogger({ ...options, destination: { write: () => {} } })
  }

  /** Runs the sink itself. */
  async start(): Promise<Pipeline> {
    const only = new Set(['sinks'] as const)
    const pipeline = await startPipeline(this.config, { only, log: this.log, metrics: new MetricsRegistry(), signal })
    onTestFinished(async () => void (await pipeline.stop(10_000)))
    return pipeline
  }

  /** Publishes findings in two revisions, some of a third that closes them, and waits until the sink has got all. */
  async find(pipeline: Pipeline): Promise<void> {
    const keys = Array.from({ length: KEYS }, (_, at) => `k${at}`)
    const revisions = [1, 2, 3].map((revision) =>
      keys
        .filter((_, at) => revision < 3 || at % 3 === 0)
        .map((key) => sampleFinding(key, revision, { state: revision === 3 ? 'resolved' : 'open' })),
    )
    await using stream = await openStreamToRead(this.config.stream)
    const records = revisions.flat().map((finding) => {
      const { key, bytes: value } = finding
      return { key, value, headers: findingHeaders(finding, 0), partition: keys.indexOf(key) % 2 }
    })
    await stream.publish(FINDINGS, records)
    await pipeline.idle(signal)
  }

  async replay(what: WhatToReplay = {}): Promise<ReplayPlan> {
    const [instance] = this.config.sinks
    const services = { config: this.config, log: this.log, signal }
    const plan = await this.#planned(instance!, what, services)
    await runReplay(plan, instance!, services)
    expect(plan.isDone).toBe(true)
    return plan
  }

  async #planned(...given: Parameters<typeof planReplay> extends [unknown, ...infer Rest] ? Rest : never) {
    await using stream = await openStreamToRead(this.config.stream)
    return await planReplay(stream, ...given)
  }

  /** Where the sink itself is, what it remembers, and which dead letters there are. */
  async standing(): Promise<unknown> {
    await using stream = await openStreamToRead(this.config.stream)
    return [
      await stream.positions(FINDINGS, `sink.${SINK}`),
      await stream.ends(topics.deliveries.name),
      await stream.ends(topics.deadLetters.name),
    ]
  }

  async documents(): Promise<readonly StoredDocument[]> {
    const documents = await this.#index.documents()
    return documents.toSorted((one, other) => (one.id < other.id ? -1 : 1))
  }

  /** As an operator would: the index is removed, and installed anew. */
  async empty(): Promise<void> {
    await this.#index.remove()
    await this.#index.install()
    expect(await this.documents()).toEqual([])
  }
}

test.for(['embedded', 'kafka'] as const)(
  'an index that was emptied has the same documents after a replay, and the sink itself has not moved, on %s',
  async (type, context) => {
    const scene = await Scene.set(type, context)
    const live = await scene.start()
    await scene.find(live)
    // A cluster may run the sink itself meanwhile.
    if (type === 'embedded') await live.stop(10_000)
    const [documents, standing] = [await scene.documents(), await scene.standing()]
    expect(documents).toHaveLength(KEYS)
    await scene.empty()
    const plan = await scene.replay()
    expect(plan.given).toBe(plan.findings)
    expect(await scene.documents()).toEqual(documents)
    expect(await scene.standing()).toEqual(standing)
  },
)
