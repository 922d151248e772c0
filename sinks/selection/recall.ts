import { readFindingHeaders, type FindingHeaders } from '../../schemas/records.ts'
import type { Assignment, OutgoingRecord, Stream, StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import type { Delivered } from './delivered.ts'
import { findingRecord, type Owner } from './delivery-records.ts'
import type { Filter } from './filter.ts'
import { KeyTable } from './key-table.ts'

export interface RecallOptions extends Owner {
  readonly stream: Stream
  readonly filter: Filter
  /** The offset up to which the sink has delivered without a filter. */
  readonly position: bigint
  /** Takes in what is recalled. */
  readonly delivered: Delivered
}

const REVISION = 0
const IS_TOLD = 1

/**
 * Puts on record what a sink has delivered before it had a filter: every finding below its position that is not closed.
 * In two passes over the partition, because only of the second it is known which keys to write. Resolves to how many
 * findings these are; should the process die, it is done again.
 */
export async function recall({ partition, restore }: Assignment, options: RecallOptions): Promise<number> {
  const { delivered, position } = options
  if (position === 0n) return 0
  const table = new KeyTable(2)
  await restore(topics.findings.name, 0n, (records) => {
    for (const record of records) note(record, table, options)
  })
  let findings = 0
  await restore(topics.findings.name, 0n, async (records) => {
    const found = new Map<string, OutgoingRecord>()
    for (const { key, revision } of records.flatMap((record) => aboutOf(record, options))) {
      if (table.get(key, IS_TOLD) !== 1 || delivered.has(key)) continue
      found.set(key, findingRecord(options, partition, key, revision))
    }
    if (found.size === 0) return
    await options.stream.publish(topics.deliveries.name, [...found.values()])
    for (const key of found.keys()) delivered.set(key, true)
    findings += found.size
  })
  return findings
}

function note(record: StreamRecord, table: KeyTable, { position, filter, tenant }: RecallOptions): void {
  const isBelow = record.offset < position
  if (record.value === null && isBelow) table.delete(record.key)
  for (const { key, revision, state } of aboutOf(record, { tenant })) {
    const known = table.get(key, REVISION)
    if (isBelow) {
      if (known === undefined || revision > known) table.set(key, revision, Number(filter.keepsTelling(state)))
      // Compaction may have removed the revision that was delivered, where the sink was far behind.
    } else if (known === undefined) table.set(key, revision, Number(revision > 1))
  }
}

/** The headers of a finding of this tenant; nothing for what was never delivered. */
function aboutOf({ value, headers }: StreamRecord, { tenant }: Pick<Owner, 'tenant'>): FindingHeaders[] {
  if (value === null || headers['tenant'] !== tenant) return []
  try {
    return [readFindingHeaders(headers)]
  } catch {
    return []
  }
}
