import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace'
import { expect } from 'vitest'
import { unwatched } from '../../core/condition.ts'
import { Tracing } from '../../core/tracing.ts'
import type { Collector } from '../../collectors/collector.ts'
import { runCollectors } from '../../collectors/runner.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { partitionFor } from '../../stream/partitioner.ts'
import type { Stream } from '../../stream/stream.ts'
import { samplerOf } from './sampler.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const uncounted = { count() {}, gauge() {}, observe() {} }

/** Tracing that keeps every span that has ended. */
export class SampleTraces {
  readonly tracing: Tracing
  readonly #exporter = new InMemorySpanExporter()

  constructor(ratio = 1, system = 'sqlite') {
    const spanProcessors = [new SimpleSpanProcessor({ exporter: this.#exporter })]
    const provider = new TracerProvider({ sampler: samplerOf(ratio), spanProcessors })
    this.tracing = new Tracing(provider.getTracer('test'), { system, nameOf: (topic) => topic })
  }

  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans()
  }

  named(name: string): readonly ReadableSpan[] {
    return this.spans.filter((span) => span.name === name)
  }

  only(name: string): ReadableSpan {
    const [span, ...others] = this.named(name)
    if (span === undefined || others.length > 0)
      throw new Error(
        `${others.length + (span ? 1 : 0)} spans ${name} of ${this.spans.map((each) => each.name).join()}`,
      )
    return span
  }
}

/** Runs a collector that reads these statements, once. */
export async function collect(
  stream: Stream,
  tracing: Tracing | undefined,
  ...events: readonly PostureEvent[]
): Promise<void> {
  const source: Collector = {
    check: async () => {},
    async *collect() {
      yield { events, read: events.length, origin: (index) => `report.json#${index * 100}` }
    },
  }
  const context = { name: 'nightly', tenant: 'acme', log: silent, metrics: uncounted, condition: unwatched }
  const instance = { collector: source, kind: 'scanner-report', runs: 'once', settings: {} } as const
  const services = { stream, schemas: new SchemaRegistry(), tracing, tenant: 'acme', partitionFor, untilIdle: true }
  const running = await runCollectors([{ ...instance, context: { ...context, clock: Date.now } }], services)
  try {
    expect(await running.idle(AbortSignal.timeout(10_000))).toEqual([])
  } finally {
    await running.stop()
  }
}
