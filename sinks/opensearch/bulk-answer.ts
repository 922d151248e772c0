import { PermanentError, TransientError } from '../../core/errors.ts'
import type { Delivery } from '../sink.ts'
import { sizeOf, type BulkItem } from './bulk-body.ts'
import { INSTALL, configuration, outage, unreadableAnswer } from './faults.ts'
import type { Scrub } from './scrub.ts'

interface ItemError {
  readonly type?: unknown
  readonly reason?: unknown
  readonly caused_by?: ItemError
}
interface ItemResult {
  readonly status: number
  readonly error?: ItemError
}

const DELIVERED: Delivery = { status: 'delivered' }

/**
 * What a bulk answer says of each item, in order. Throws a TransientError (`OPENSEARCH_ANSWER_UNREADABLE`) when it does not
 * say something of each: then nothing is known of any.
 */
export function readBulkAnswer(body: unknown, items: readonly BulkItem[], scrub: Scrub): readonly Delivery[] {
  const results = resultsOf(body)
  if (results === undefined)
    throw unreadableAnswer('a bulk request was answered with something else than a list of items')
  if (results.length !== items.length) {
    throw unreadableAnswer(`a bulk request of ${items.length} items was answered with ${results.length}`)
  }
  return results.map((result, at) => outcomeOf(result, items[at]!, scrub))
}

/** One document that is too large for the cluster, whatever stands beside it. */
export function tooLarge(item: BulkItem, reason: string): PermanentError {
  const remedy = 'leave parts of it out ("omit" of the sink), or raise http.max_content_length of the cluster'
  const what = `the document has ${sizeOf(item)} bytes, which is more than ${item.target} takes`
  return new PermanentError('OPENSEARCH_DOCUMENT_TOO_LARGE', `${what}: ${reason}; ${remedy}`)
}

function resultsOf(body: unknown): readonly ItemResult[] | undefined {
  const { items } = (typeof body === 'object' && body !== null ? body : {}) as { readonly items?: unknown }
  if (!Array.isArray(items)) return undefined
  const results = items.map(resultOf)
  return results.every((result) => result !== undefined) ? results : undefined
}

/** Each stands alone under the name of its action: `{"index": {"status": 201}}`. */
function resultOf(item: unknown): ItemResult | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  const [result] = Object.values(item) as (ItemResult | null)[]
  return typeof result?.status === 'number' ? result : undefined
}

function outcomeOf({ status, error }: ItemResult, item: BulkItem, scrub: Scrub): Delivery {
  if (status < 300 && error === undefined) return DELIVERED
  // The latest state has this revision or a newer one; the history has this one.
  if (status === 409 && error?.type === 'version_conflict_engine_exception') return DELIVERED
  return { status: 'failed', error: errorOf(status, error ?? {}, item, scrub) }
}

function errorOf(status: number, error: ItemError, item: BulkItem, scrub: Scrub): Error {
  const type = typeof error.type === 'string' ? error.type : 'no reason given'
  const cause = error.caused_by?.reason
  const reasons = [error.reason, cause].filter((each) => typeof each === 'string').join(': ')
  const text = `${item.target} answered ${status}: ${scrub(`${type}: ${reasons}`)}`
  const fault = faultOf(status, type, reasons, text)
  if (fault) return fault
  if (status === 413) return tooLarge(item, scrub(reasons))
  if (status === 400) return new PermanentError('OPENSEARCH_DOCUMENT_REFUSED', text)
  return new TransientError('OPENSEARCH_ITEM_FAILED', text)
}

/** Refusals that would meet any other document too: nothing is held against this one. */
function faultOf(status: number, type: string, reasons: string, text: string): TransientError | undefined {
  if (type === 'cluster_block_exception') return blocked(status, reasons, text)
  if (status === 429 || status === 502 || status === 503 || status === 504) return outage('OPENSEARCH_BUSY', text)
  if (status === 401 || status === 403) {
    const remedy = 'grant the role what "posture-stream describe opensearch" prints'
    return configuration('OPENSEARCH_FORBIDDEN', `${text}; ${remedy}`)
  }
  if (TARGET_TYPES.has(type)) return configuration('OPENSEARCH_INDEX_MISSING', `${text}; run: ${INSTALL}`)
  const remedy = TARGET_REASONS.find(([pattern]) => pattern.test(reasons))?.[1]
  return remedy === undefined ? undefined : configuration('OPENSEARCH_INDEX_UNFIT', `${text}; ${remedy}`)
}

const TARGET_TYPES = new Set(['index_not_found_exception', 'index_closed_exception', 'invalid_index_name_exception'])

/** OpenSearch calls them illegal arguments (400), as it does what is wrong with a document. */
const TARGET_REASONS: readonly (readonly [RegExp, string])[] = [
  [/no write index is defined/i, `let the alias point to one index, or run: ${INSTALL}`],
  [/only write ops with an op_type of create/i, '"index" names a data stream: choose another name'],
  [/Limit of (total fields|mapping depth)/i, `its mapping is not the one that we install; run: ${INSTALL}`],
  [/pipeline with id .* does not exist/i, 'the index names an ingest pipeline that is missing: create it or unset it'],
  [/maximum (normal )?shards open/i, 'the cluster has no room for another shard'],
  [/Document ID is not supported/i, 'only serverless collections of the type "search" take documents with an id'],
]

/** Blocks that pass by themselves, or with an upgrade of the index, and one that somebody must lift. */
function blocked(status: number, reasons: string, text: string): TransientError {
  if (status === 429) return outage('OPENSEARCH_DISK_FULL', `${text}; give the cluster disk space`)
  if (status === 503 || /index write \(api\)/.test(reasons))
    return outage('OPENSEARCH_BLOCKED', `${text}; if it does not pass, lift the block (index.blocks.write)`)
  return configuration('OPENSEARCH_BLOCKED', `${text}; lift the block (index.blocks.*, cluster.blocks.*)`)
}
