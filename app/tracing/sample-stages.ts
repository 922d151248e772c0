import { expect, vi } from 'vitest'
import type { Tracing } from '../../core/tracing.ts'
import { SampleStage, type SampleSettings } from '../../sinks/sample-stage.ts'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { statement } from '../../test/sample-statement.ts'
import { ScratchEnrichmentStage } from '../../test/scratch-enrichment-stage.ts'
import { collect } from './sample-traces.ts'

/** Where the clock of enrichment stands. */
export const NOW = Date.UTC(2026, 10, 25, 13)

/** Enrichment and a sink on one stream, with or without tracing. */
export class SampleStages {
  readonly enrichment: ScratchEnrichmentStage
  readonly sink: SampleStage
  readonly #tracing: Tracing | undefined

  private constructor(enrichment: ScratchEnrichmentStage, tracing: Tracing | undefined) {
    this.enrichment = enrichment
    this.sink = new SampleStage(enrichment.stream)
    this.#tracing = tracing
  }

  static async open(tracing?: Tracing): Promise<SampleStages> {
    return new SampleStages(await ScratchEnrichmentStage.open({ tracing, now: NOW }), tracing)
  }

  get stream(): Stream {
    return this.enrichment.stream
  }

  async enriched(): Promise<void> {
    await vi.waitFor(async () => expect(await this.stream.lag(topics.events.name, 'enrichment')).toBe(0), 10_000)
  }

  /** All three stages take these statements. */
  async take(resources: readonly string[], settings: SampleSettings = {}): Promise<void> {
    await collect(this.stream, this.#tracing, ...resources.map((each) => statement(each)))
    await this.enriched()
    await this.sink.run({ ...settings, tracing: this.#tracing })
  }

  async headers(topic: string): Promise<Readonly<Record<string, string>>[]> {
    return (await this.sink.records(topic)).map(({ headers }) => headers)
  }
}
