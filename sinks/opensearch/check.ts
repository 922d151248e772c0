import type { Client } from '@opensearch-project/opensearch'
import { exchange, type ExchangeOptions } from './exchange.ts'
import type { Targets } from './bulk-body.ts'
import { INSTALL, configuration, unreadableAnswer } from './faults.ts'

/** What is read of an index: nothing of it but its aliases and the mark that `install` leaves in its mapping. */
interface IndexAbout {
  readonly aliases?: Readonly<Record<string, { readonly is_write_index?: boolean }>>
  readonly mappings?: { readonly _meta?: { readonly managed_by?: unknown; readonly version?: unknown } }
}
type Indices = Readonly<Record<string, IndexAbout>>

const FILTER = '*.aliases,*.mappings._meta'

/**
 * Reads where the sink would write and changes nothing. Gives the version of the mapping that is there, the older one
 * where there are two. Throws with a fault (`OPENSEARCH_…`): the cluster cannot be reached or does not know us, the alias
 * or the data stream is missing or is something else, or is not what `posture-stream opensearch install` makes.
 */
export async function mappingVersion(client: Client, targets: Targets, options: ExchangeOptions): Promise<number> {
  const latest = await latestVersion(client, targets.index, options)
  if (targets.dataStream === undefined) return latest
  return Math.min(latest, await historyVersion(client, targets.dataStream, options))
}

async function latestVersion(client: Client, alias: string, options: ExchangeOptions): Promise<number> {
  const indices = Object.entries(await indicesOf(client, alias, options))
  const [[name, about] = []] = indices
  if (name === undefined || name === alias || about?.aliases?.[alias] === undefined) {
    const remedy = `remove it or choose another "index", then run: ${INSTALL}`
    throw configuration('OPENSEARCH_INDEX_UNFIT', `${alias} is not the alias of an index; ${remedy}`)
  }
  if (indices.length > 1) {
    const names = indices.map(([each]) => each).join(', ')
    const remedy = 'a finding would stand in several; let the alias point to one'
    throw configuration('OPENSEARCH_INDEX_UNFIT', `${alias} points to ${indices.length} indices (${names}): ${remedy}`)
  }
  if (about.aliases[alias].is_write_index === false) {
    throw configuration('OPENSEARCH_INDEX_UNFIT', `${alias} lets nobody write to ${name} (is_write_index is false)`)
  }
  return versionOf(name, about)
}

async function historyVersion(client: Client, dataStream: string, options: ExchangeOptions): Promise<number> {
  const { status, body } = await exchange(
    client,
    { method: 'GET', path: `/_data_stream/${dataStream}`, accept: [404] },
    options,
  )
  const { data_streams: found } = (typeof body === 'object' ? body : {}) as { readonly data_streams?: unknown }
  const [stream] = (Array.isArray(found) ? found : []) as {
    readonly indices?: readonly { readonly index_name: string }[]
  }[]
  const newest = stream?.indices?.at(-1)?.index_name
  if (status === 404 || newest === undefined) {
    throw configuration('OPENSEARCH_INDEX_MISSING', `there is no data stream ${dataStream}; run: ${INSTALL}`)
  }
  const { [newest]: about = {} } = await indicesOf(client, dataStream, options)
  return versionOf(newest, about)
}

async function indicesOf(client: Client, name: string, options: ExchangeOptions): Promise<Indices> {
  const request = { method: 'GET', path: `/${name}`, querystring: { filter_path: FILTER }, accept: [404] } as const
  const { status, body } = await exchange(client, request, options)
  if (status === 404) throw configuration('OPENSEARCH_INDEX_MISSING', `there is no ${name}; run: ${INSTALL}`)
  if (typeof body !== 'object' || body === null)
    throw unreadableAnswer('the cluster answered with something else than JSON')
  return body as Indices
}

function versionOf(index: string, { mappings }: IndexAbout): number {
  const { _meta: { managed_by: by, version } = {} } = mappings ?? {}
  if (by === 'posture-stream' && typeof version === 'number') return version
  const what = `${index} was not made by "${INSTALL}": with its mapping findings may be refused or not be found`
  throw configuration('OPENSEARCH_INDEX_UNFIT', `${what}; remove it or choose another name, then run it`)
}
