import { readFindingHeaders } from '../schemas/records.ts'
import type { Stream, StreamRecord } from '../stream/stream.ts'
import { topics } from '../stream/topics.ts'
import { readTopic } from '../stream/read-topic.ts'

/** A revision, and where it stands on posture.findings. */
export interface Place {
  readonly key: string
  readonly partition: number
  readonly offset: bigint
}

/**
 * By finding, the highest revision that stands on posture.findings now, at the place of one of these or behind it; null
 * where the finding was forgotten, and none where nothing is kept.
 */
export async function latestRevisions(
  stream: Pick<Stream, 'follow' | 'ends'>,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number | null>> {
  const { name } = topics.findings
  const wanted = new Set(places.map(({ key }) => key))
  const from = new Map(await stream.ends(name))
  for (const { partition, offset } of places) {
    const known = from.get(partition)
    if (known !== undefined && offset < known) from.set(partition, offset)
  }
  const latest = new Map<string, number | null>()
  const take = (record: StreamRecord): void => {
    if (!wanted.has(record.key)) return
    if (record.value === null) return void latest.set(record.key, null)
    const revision = revisionOf(record)
    if (revision > (latest.get(record.key) ?? 0)) latest.set(record.key, revision)
  }
  if (places.length > 0) await readTopic(stream, name, take, { from, signal })
  return latest
}

/** 0 for what is no finding. */
function revisionOf({ headers }: StreamRecord): number {
  try {
    return readFindingHeaders(headers).revision
  } catch {
    return 0
  }
}
