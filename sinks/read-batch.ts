import { PermanentError, asError, errorCode } from '../core/errors.ts'
import { readFindingHeaders, requireSchema } from '../schemas/records.ts'
import { parseJson } from '../schemas/registry.ts'
import type { StreamRecord } from '../stream/stream.ts'
import type { PostureFinding, SinkDefinition } from './sink.ts'

/** A finding and the record that it came in. */
export interface ReadFinding {
  readonly finding: PostureFinding
  readonly record: StreamRecord
}

/** What one batch of posture.findings holds for one sink. */
export interface SinkBatch {
  /** What the sink is to get, in order. */
  readonly findings: readonly ReadFinding[]
  readonly unreadable: readonly { readonly record: StreamRecord; readonly error: Error }[]
  /** Keys of findings of which nothing is known any more. */
  readonly forgotten: readonly string[]
  /** Records left out on purpose. */
  readonly skipped: { readonly superseded: number; readonly foreign_tenant: number; readonly forgotten: number }
  /** Set when a newer version wrote the batch's next record: nothing from there on was read. */
  readonly newer?: Error
}

export interface ReadBatchOptions {
  readonly tenant: string
  readonly takes: SinkDefinition['takes']
  /** Whether the revision at an offset is wanted; all are unless told. */
  readonly wants?: ((offset: bigint) => boolean) | undefined
}

/**
 * Reads a batch for a sink of this tenant: a latest-state sink gets the highest revision per finding, by number and not
 * by position, any other gets all in order.
 */
export function readBatch(records: readonly StreamRecord[], options: ReadBatchOptions): SinkBatch {
  const { tenant, takes, wants = () => true } = options
  const read: ReadFinding[] = []
  const unreadable: { record: StreamRecord; error: Error }[] = []
  const forgotten: string[] = []
  let newer: Error | undefined
  let foreign = 0
  let unwanted = 0
  for (const record of records) {
    const owner = record.headers['tenant']
    if (owner !== undefined && owner !== tenant) foreign += 1
    else if (record.value === null) forgotten.push(record.key)
    else if (!wants(record.offset)) unwanted += 1
    else {
      try {
        read.push({ finding: readFinding(record.value, record.headers), record })
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
  const findings = takes === 'latest-state' ? highestRevisions(read) : read
  const superseded = unwanted + read.length - findings.length
  const skipped = { superseded, foreign_tenant: foreign, forgotten: forgotten.length }
  return { findings, unreadable, forgotten, skipped, ...(newer ? { newer } : {}) }
}

/**
 * Reads one record of posture.findings. Throws a PermanentError that says what is wrong with it, or a TransientError
 * (`SCHEMA_NEWER`) when a newer version wrote it.
 */
export function readFinding(bytes: Uint8Array, headers: StreamRecord['headers']): PostureFinding {
  requireSchema(headers, 'posture-finding')
  const about = readFindingHeaders(headers)
  const event = parseJson(bytes)
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new PermanentError('SCHEMA_INVALID', 'a record on posture.findings must be one OCSF event, a JSON object')
  }
  return { ...about, event: event as PostureFinding['event'], bytes }
}

function highestRevisions(read: readonly ReadFinding[]): ReadFinding[] {
  const highest = new Map<string, ReadFinding>()
  for (const each of read) {
    const { key, revision } = each.finding
    const known = highest.get(key)
    if (!known || revision > known.finding.revision) highest.set(key, each)
  }
  return [...highest.values()]
}
