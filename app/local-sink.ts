import { UsageError } from './usage-error.ts'
import type { LoadedConfig, SinkInstance } from './config/catalogs.ts'

/** The one local sink of a configuration, or the one that `name` asks for. Throws a UsageError where there is none. */
export function localSink({ file, sinks }: LoadedConfig, name?: string): SinkInstance {
  const local = sinks.filter(({ definition }) => definition.name === 'local')
  const names = local.map((sink) => sink.name).join(', ')
  if (local.length === 0)
    throw new UsageError(
      `${file} has no sink of type local to read from; add one: local: { type: local, path: ./data/findings.db }`,
    )
  if (name === undefined && local.length > 1)
    throw new UsageError(`${file} has several local sinks; choose one: --sink ${names}`)
  const sink = name === undefined ? local[0] : local.find((each) => each.name === name)
  if (sink === undefined) throw new UsageError(`${file} has no local sink named ${name}; there is: ${names}`)
  return sink
}
