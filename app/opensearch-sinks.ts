import { UsageError } from './usage-error.ts'
import type { LoadedConfig, SinkInstance } from './config/catalogs.ts'

const TYPE = 'opensearch'

/** The OpenSearch sinks of a configuration, or the one that `name` asks for. Throws a UsageError where there is none. */
export function openSearchSinks({ file, sinks }: LoadedConfig, name?: string): readonly SinkInstance[] {
  const found = sinks.filter(({ definition }) => definition.name === TYPE)
  if (found.length === 0)
    throw new UsageError(
      `${file} has no sink of type ${TYPE}; add one: search: { type: ${TYPE}, nodes: ["https://search.example.com:9200"] }`,
    )
  const asked = name === undefined ? found : found.filter((sink) => sink.name === name)
  if (asked.length > 0) return asked
  throw new UsageError(
    `${file} has no ${TYPE} sink named ${name}; there is: ${found.map((sink) => sink.name).join(', ')}`,
  )
}
