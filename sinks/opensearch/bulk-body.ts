import type { PostureFinding } from '../sink.ts'
import { historyId, latestId } from './document-id.ts'

/** Where findings are written. */
export interface Targets {
  /** The alias of the latest state. */
  readonly index: string
  readonly dataStream: string | undefined
}

/** One document of a bulk request: which finding of the batch it is about, and its two lines. */
export interface BulkItem {
  /** The finding's place in the batch. */
  readonly at: number
  readonly target: string
  readonly action: Buffer
  readonly source: Uint8Array
}

/** Beyond it requests only get slower to answer; OpenSearch itself has no limit. */
const MAX_ITEMS = 2_000
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const NEWLINES = Buffer.from('\n')

/**
 * What a batch writes: of each finding its highest revision as the latest state, where OpenSearch itself keeps a newer one
 * that it has, and every revision into the history, which takes each once.
 */
export function bulkItems(findings: readonly PostureFinding[], { index, dataStream }: Targets): BulkItem[] {
  const ids = findings.map(latestId)
  const latest = highestRevisions(findings, ids)
  return findings.flatMap((finding, at): BulkItem[] => {
    const id = ids[at]!
    const source = oneLine(finding.bytes)
    const item = (target: string, action: object): BulkItem => ({
      at,
      target,
      action: Buffer.from(`${JSON.stringify(action)}\n`),
      source,
    })
    return [
      ...(latest.get(id) === finding ? [item(index, latestAction(finding, index, id))] : []),
      ...(dataStream === undefined
        ? []
        : [item(dataStream, { create: { _index: dataStream, _id: historyId(finding) } })]),
    ]
  })
}

/** Cuts the items, in order, into runs of at most `maxBytes`; an item that is larger is alone in its run. */
export function* bulkRuns(items: readonly BulkItem[], maxBytes: number): Generator<readonly BulkItem[]> {
  let start = 0
  let bytes = 0
  for (const [at, item] of items.entries()) {
    const size = sizeOf(item)
    if (at > start && (bytes + size > maxBytes || at - start === MAX_ITEMS)) {
      yield items.slice(start, at)
      start = at
      bytes = 0
    }
    bytes += size
  }
  if (start < items.length) yield items.slice(start)
}

/** The body of a bulk request: documents exactly as they stand on the stream, which are never parsed or written anew. */
export function bulkBody(items: readonly BulkItem[]): Buffer {
  return Buffer.concat(items.flatMap(({ action, source }) => [action, source, NEWLINES]))
}

export function sizeOf({ action, source }: BulkItem): number {
  return action.byteLength + source.byteLength + 1
}

function latestAction({ revision }: PostureFinding, index: string, id: string): object {
  // The flags stand here and not in the URL, whose parameters Amazon ignores in a signed POST.
  const how = { version: revision, version_type: 'external_gte', require_alias: true }
  return { index: { _index: index, _id: id, ...how } }
}

function highestRevisions(
  findings: readonly PostureFinding[],
  ids: readonly string[],
): ReadonlyMap<string, PostureFinding> {
  const highest = new Map<string, PostureFinding>()
  for (const [at, finding] of findings.entries()) {
    const known = highest.get(ids[at]!)
    if (!known || finding.revision > known.revision) highest.set(ids[at]!, finding)
  }
  return highest
}

/** JSON allows line breaks between its tokens only, where a space says the same; in a bulk request they end the document. */
function oneLine(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(NEWLINE) && !bytes.includes(CARRIAGE_RETURN)) return bytes
  return bytes.map((byte) => (byte === NEWLINE || byte === CARRIAGE_RETURN ? SPACE : byte))
}
