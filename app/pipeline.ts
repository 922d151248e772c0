import { SchemaRegistry } from '../schemas/registry.ts'
import type { LoadedConfig } from './config/catalogs.ts'
import { Lifecycle } from './lifecycle.ts'
import { Observation } from './observe/observation.ts'
import type { Pipeline, PipelineOptions } from './pipeline-contract.ts'
import { PipelineParts } from './pipeline-parts.ts'

const STOP_AFTER_FAILED_START_MS = 10_000

/** The composition root: a configuration and the catalogues become running stages, started from sinks to collectors. */
export async function startPipeline(config: LoadedConfig, options: PipelineOptions): Promise<Pipeline> {
  const lifecycle = new Lifecycle(options.log)
  const schemas = new SchemaRegistry()
  const observation = new Observation({ ...options, config, schemas, clock: Date.now })
  const parts = new PipelineParts(config, options, schemas, observation)
  const start = observation.starting((given) => lifecycle.start(given))
  const { admin } = config
  try {
    // First, and so stopped last: it answers while the others are started and stopped.
    if (admin !== undefined) await start([{ name: 'admin port', start: () => observation.listen(admin) }])
    await start([{ name: 'tracing', start: () => parts.openTracing() }])
    await start([{ name: 'stream', start: () => parts.openStream() }])
    await start([{ name: 'reports', start: () => observation.start() }])
    if (options.only.has('enrichment') || config.stream.type === 'embedded')
      await start([{ name: 'state', start: () => parts.openState() }])
    if (options.only.has('sinks'))
      await start(config.sinks.map((sink) => ({ name: `sink ${sink.name}`, start: () => parts.startSink(sink) })))
    if (options.only.has('enrichment')) await start([{ name: 'enrichment', start: () => parts.startEnrichment() }])
    if (options.only.has('collectors') && config.collectors.length > 0) {
      await start([{ name: 'collectors', start: () => parts.startCollectors() }])
      // Each a part of its own, so that a stop can name which of them had not finished.
      await start(
        config.collectors.map(({ name }) => ({ name: `collector ${name}`, start: () => parts.finishing(name) })),
      )
    }
    options.signal.throwIfAborted()
    observation.started()
  } catch (error) {
    observation.stopping()
    await lifecycle.stop(STOP_AFTER_FAILED_START_MS)
    throw error
  }
  return {
    idle: (signal) => parts.idle(signal),
    summary: () => parts.summary(),
    stop: (deadlineMs) => {
      observation.stopping()
      return lifecycle.stop(deadlineMs)
    },
  }
}
