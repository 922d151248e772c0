import { Value } from 'typebox/value'
import { configSchema, type OpenSearchConfig } from '../../sinks/opensearch/config.ts'
import { openSearch } from '../../sinks/opensearch/opensearch.ts'
import type { PostureFinding } from '../../sinks/sink.ts'
import type { Task } from './task.ts'

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** The sink as the runner drives it: batch after batch, each finding with an outcome. */
export async function throughSink(
  { url, index, batch, compression }: Task,
  findings: readonly PostureFinding[],
): Promise<void> {
  const config: OpenSearchConfig = Value.Default(configSchema, { nodes: [url], index, compression }) as OpenSearchConfig
  const metrics = { count: () => {}, gauge: () => {}, observe: () => {} }
  const context = { name: 'bench', tenant: 'bench', log: quiet, metrics, clock: Date.now }
  const sink = await openSearch.create(config, context)
  const { signal } = new AbortController()
  for (let start = 0; start < findings.length; start += batch) {
    const outcomes = await sink.deliver(findings.slice(start, start + batch), signal)
    const failed = outcomes.find((outcome) => outcome.status === 'failed')
    if (failed !== undefined) throw failed.error
  }
  await sink.close?.()
}
