import { PermanentError, asError, errorCode } from '../core/errors.ts'
import { readFindingHeaders, requireSchema } from '../schemas/records.ts'
import { parseJson } from '../schemas/registry.ts'
import type { StreamRecord } from '../stream/stream.ts'
import type { PostureFinding, SinkDefinition } from './sink.ts'

/** What one batch of posture.findings holds for one sink. */
export interface SinkBatch {
  /** What to deliver, in order, each with the record it came in. */
  readonly findings: ReadonlyMap<PostureFinding, StreamRecord>
  readonly unreadable: readonly { readonly record: StreamRecord; readonly error: Error }[]
  /** Records left out on purpose. */
  readonly skipped: { readonly superseded: number; readonly foreign_tenant: number; readonly forgotten: number }
  /** Set when a newer version wrote the batch's next record: nothing from there on was read. */
  readonly newer?: Error
}

/**
 * Reads a batch for a sink of this tenant: a latest-state sink gets the highest revision per finding, by number and not
 * by position, any other gets all in order.
 */
export function readBatch(records: readonly StreamRecord[], tenant: string, takes: SinkDefinition['takes']): SinkBatch {
  const read: [PostureFinding, StreamRecord][] = []
  const unreadable: { record: StreamRecord; error: Error }[] = []
  let newer: Error | undefined
  let foreign = 0
  let forgotten = 0
  for (const record of records) {
    const owner = record.headers['tenant']
    if (owner !== undefined && owner !== tenant) foreign += 1
    else if (record.value === null) forgotten += 1
    else {
      try {
        read.push([readFinding(record.value, record.headers), record])
      } catch (thrown) {
        const error = asError(thrown)
        if (errorCode(error) === 'SCHEMA_NEWER') {
          newer = error
          break
        }
        unreadable.push({ record, error })
      }
    }
  }
  const findings = new Map(takes === 'latest-state' ? highestRevisions(read) : read)
  const skipped = { superseded: read.length - findings.size, foreign_tenant: foreign, forgotten }
  return { findings, unreadable, skipped, ...(newer ? { newer } : {}) }
}

function readFinding(bytes: Uint8Array, headers: StreamRecord['headers']): PostureFinding {
  requireSchema(headers, 'posture-finding')
  const about = readFindingHeaders(headers)
  const event = parseJson(bytes)
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new PermanentError('SCHEMA_INVALID', 'a record on posture.findings must be one OCSF event, a JSON object')
  }
  return { ...about, event: event as PostureFinding['event'], bytes }
}

function highestRevisions(read: readonly [PostureFinding, StreamRecord][]): [PostureFinding, StreamRecord][] {
  const highest = new Map<string, [PostureFinding, StreamRecord]>()
  for (const each of read) {
    const [{ key, revision }] = each
    const known = highest.get(key)
    if (!known || revision > known[0].revision) highest.set(key, each)
  }
  return [...highest.values()]
}
