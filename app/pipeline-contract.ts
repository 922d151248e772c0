import type { LoadedConfig } from './config/catalogs.ts'
import type { MetricsRegistry } from './metrics-registry.ts'
import type { BindableLogger } from './telemetry.ts'

export const STAGES = ['collectors', 'enrichment', 'sinks'] as const
export type Stage = (typeof STAGES)[number]

/** What a run did and what stands now. */
export interface Summary {
  /** Finding records that collectors read in this run, dead letters included. */
  readonly in: number
  /** Revisions emitted in this run. */
  readonly changed: number
  /** How many findings are in each state now. */
  readonly open: number
  readonly resolved: number
  readonly muted: number
  readonly gone: number
  /** Records set aside in this run. */
  readonly deadLetters: number
}

export interface PipelineOptions {
  /** The stages that this process runs. */
  readonly only: ReadonlySet<Stage>
  /** Every collector sweeps once, now, whatever its schedule says; unless told they go on. */
  readonly untilIdle?: boolean
  readonly log: BindableLogger
  readonly metrics: MetricsRegistry
  /** Aborted when the process is asked to stop: while starting, that ends the start with the signal's reason. */
  readonly signal: AbortSignal
}

/** The stages of one configuration, running. */
export interface Pipeline {
  /** Resolves when every collector is done, every group has caught up and nothing waits to be re-enriched. */
  idle(signal: AbortSignal): Promise<void>
  /** Also after `stop`, when the numbers no longer change. */
  summary(): Summary
  /**
   * Collectors stop, running batches finish, sinks last. Names what had not finished when `deadlineMs` had passed: it is
   * cut off, and goes on from there at the next start. Never rejects; safe to call twice.
   */
  stop(deadlineMs: number): Promise<StopReport>
  /** Rejects when a stage cannot go on, else stays pending; absent where no stage gives up. */
  readonly failed?: Promise<never>
}

export interface StopReport {
  /** `collector nightly`, `sink archive`: empty when everything ended by itself. */
  readonly cutOff: readonly string[]
}

/** Rejects, with everything stopped that it had started, when a stage cannot be started. */
export type StartPipeline = (config: LoadedConfig, options: PipelineOptions) => Promise<Pipeline>
