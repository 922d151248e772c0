import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { RunContext } from '../core/component.ts'
import { unwatched } from '../core/condition.ts'
import type { PostureEvent, ScanStarted } from '../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../schemas/registry.ts'
import { readTopic } from '../stream/read-topic.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { partitionFor } from '../stream/partitioner.ts'
import type { StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { runCollectors, type RunningCollectors } from './runner.ts'
import type { CollectorInstance } from './collector-run.ts'
import type { CollectedBatch, Collector } from './collector.ts'

export const schemas = new SchemaRegistry()
const all = Object.values(topics)

/** The stage on a real embedded stream of its own, for tests. */
export class SampleStage {
  readonly directory = mkdtempSync(join(tmpdir(), 'collectors-'))
  readonly counts: Record<string, number> = {}
  readonly gauges: Record<string, number> = {}
  readonly logged: string[] = []
  /** What the clock of the collectors is ahead, in milliseconds. */
  ahead = 0
  stream!: EmbeddedStream

  static async open(): Promise<SampleStage> {
    const stage = new SampleStage()
    await stage.reopen()
    onTestFinished(async () => {
      await stage.stream.close()
      rmSync(stage.directory, { recursive: true })
    })
    return stage
  }

  async reopen(): Promise<void> {
    await this.stream?.close()
    this.stream = await EmbeddedStream.open({ directory: this.directory, topics: all, partitions: 4 })
  }

  context(name = 'nightly', tenant = 'acme'): RunContext {
    const log = (_fields: object, message: string): void => void this.logged.push(message)
    return {
      name,
      tenant,
      clock: () => Date.now() + this.ahead,
      condition: unwatched,
      log: { debug: log, info: log, warn: log, error: log },
      metrics: {
        count: (metric, by, labels) => {
          const label = [metric, ...Object.values(labels).filter((value) => value !== name)].join(' ')
          this.counts[label] = (this.counts[label] ?? 0) + by
        },
        gauge: (metric, value) => void (this.gauges[metric] = value),
        observe: () => {},
      },
    }
  }

  instance(source: Collector, given: Partial<CollectorInstance> = {}): CollectorInstance {
    return { collector: source, kind: 'scanner-report', runs: 'once', settings: {}, context: this.context(), ...given }
  }

  /** Starts collectors; they are stopped at the end of the test. */
  async start(instances: readonly CollectorInstance[], untilIdle = false): Promise<RunningCollectors> {
    const tenant = instances[0]!.context.tenant
    const running = await runCollectors(instances, { stream: this.stream, schemas, tenant, partitionFor, untilIdle })
    onTestFinished(() => running.stop())
    return running
  }

  /** Runs collectors until they are idle, as `--until-idle` does; throws what one of them failed with. */
  async run(source: Collector, given: Partial<CollectorInstance> = {}): Promise<void> {
    const running = await this.start([this.instance(source, given)], true)
    const [failure] = await running.idle(AbortSignal.timeout(5000))
    await running.stop()
    if (failure !== undefined) throw failure
  }

  async read(topic: string): Promise<StreamRecord[]> {
    const read: StreamRecord[] = []
    await readTopic(this.stream, topic, (record) => void read.push(record))
    return read
  }

  async events(): Promise<PostureEvent[]> {
    return (await this.read(topics.events.name)).map(({ value }) => schemas.decode('posture-event', value!))
  }
}

/** Gives the batches after the position, which counts them. */
export function collector(batches: readonly CollectedBatch[], onPull: (index: number) => void = () => {}): Collector {
  return {
    check: async () => {},
    async *collect(position) {
      for (let index = typeof position === 'number' ? position : 0; index < batches.length; index++) {
        onPull(index)
        yield batches[index]!
      }
    },
  }
}

export function scanStarted(uid: string, account = '111122223333'): ScanStarted {
  return {
    type: 'scan.started',
    id: `id-${uid}`,
    time: Date.UTC(2026, 10, 25),
    tenant: 'acme',
    collector: 'nightly',
    source: { product: 'prowler', format: 'prowler-ocsf' },
    scan: { uid, time: Date.UTC(2026, 10, 25) },
    provider: 'aws',
    account,
  }
}

/** Batches that end at positions 1, 2, 3, … */
export function numbered(count: number): CollectedBatch[] {
  return Array.from({ length: count }, (_, index) => ({
    events: [scanStarted(`s${index + 1}`)],
    read: 1,
    position: index + 1,
  }))
}

/** Resolves when it is so; rejects after five seconds. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 500; turn++) {
    if (await isSo()) return
    await sleep(10)
  }
  throw new Error('it has not become so within five seconds')
}
