import { join } from 'node:path'
import { Type } from 'typebox'
import type { EvidenceVector } from '../../enrichment/evidence.ts'
import { priorityEnrichment } from '../../enrichment/ocsf/priority-enrichment.ts'
import { priorityConfig } from '../../enrichment/priority/config.ts'
import { prioritise } from '../../enrichment/priority/prioritise.ts'
import { Ruleset } from '../../enrichment/priority/ruleset.ts'
import { TABLES } from '../../enrichment/priority/tables.ts'
import { local } from '../../sinks/local/local.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import type { PostureFinding } from '../../sinks/sink.ts'
import type { Catalogs } from '../config/catalogs.ts'
import { sampleCatalogs } from '../config/sample-catalogs.ts'

/** Catalogs with a local sink and the settings of priorities. */
export const rankingCatalogs: Catalogs = {
  ...sampleCatalogs,
  sinks: [local, ...sampleCatalogs.sinks],
  enrichment: Type.Object({ priority: Type.Optional(priorityConfig) }, { additionalProperties: false }),
}

/** A finding as the shipped tables rank its evidence; `change` alters what its event says of its priority. */
export function rankedFinding(
  key: string,
  title: string,
  evidence: EvidenceVector,
  change: Readonly<Record<string, unknown>> = {},
): PostureFinding {
  const priority = prioritise(evidence, new Ruleset(TABLES))
  const { data, ...enrichment } = priorityEnrichment(key, priority, {}, 1000)
  const finding = sampleFinding(key, 1, { priority: priority.band, title })
  const event = { ...finding.event, enrichments: [{ ...enrichment, data: { ...(data as object), ...change } }] }
  return { ...finding, event, bytes: Buffer.from(JSON.stringify(event)) }
}

/** Puts findings into the local store of a directory, where the commands read them. */
export async function storeFindings(directory: string, findings: readonly PostureFinding[]): Promise<void> {
  const store = await local.create(
    { path: join(directory, 'findings.db') },
    { name: 'store', tenant: 'acme', clock: Date.now, metrics: { count() {}, gauge() {}, observe() {} }, log: console },
  )
  await store.deliver(findings, new AbortController().signal)
  await store.close?.()
}
