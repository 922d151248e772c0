import type { LoadedConfig } from '../config/catalogs.ts'
import type { PipelineOptions } from '../pipeline-contract.ts'
import type { OpenTracing } from './open-tracing.ts'

/** Tracing, where a configuration asks for it: only there does the process wait for OpenTelemetry's SDK to be loaded. */
export async function startTracing(
  { tracing: settings, stream }: LoadedConfig,
  { log, metrics }: Pick<PipelineOptions, 'log' | 'metrics'>,
): Promise<OpenTracing | undefined> {
  if (settings === undefined) return undefined
  const { openTracing } = await import('./open-tracing.ts')
  return openTracing(settings, { log: log.child({ part: 'tracing' }), metrics, stream })
}
