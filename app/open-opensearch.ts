import { openSearchClient } from '../sinks/opensearch/client.ts'
import type { OpenSearchConfig } from '../sinks/opensearch/config.ts'
import { askThrough } from '../sinks/opensearch/install/ask.ts'
import type { InstallPlan } from '../sinks/opensearch/install/install-plan.ts'
import { applyInstall, planInstall } from '../sinks/opensearch/install/install.ts'
import { scrubOf } from '../sinks/opensearch/scrub.ts'
import type { SinkInstance } from './config/catalogs.ts'

/** What a sink of OpenSearch needs on the cluster, held against how it should be. */
export interface OpenOpenSearch extends AsyncDisposable {
  plan(): Promise<readonly InstallPlan[]>
  /** Creates and changes what can be mended; resolves to what was found before. */
  apply(): Promise<readonly InstallPlan[]>
}

/** Nothing is asked yet. Everything rejects when the signal aborts. */
export function openOpenSearch({ config }: SinkInstance, signal: AbortSignal): OpenOpenSearch {
  const { index, history, auth, ...way } = config as OpenSearchConfig
  const client = openSearchClient({ ...way, ...(auth === undefined ? {} : { auth }) })
  const ask = askThrough(client, { signal, scrub: scrubOf(auth), timeoutMs: way.requestTimeoutMs })
  return {
    plan: () => planInstall(ask, { index, history }, signal),
    apply: () => applyInstall(ask, { index, history }, signal),
    [Symbol.asyncDispose]: () => client.close(),
  }
}
