import type { Context } from '../../core/component.ts'
import type { PostureEvent } from '../../schemas/generated/posture-event.ts'
import { parseJson } from '../../schemas/registry.ts'
import { mapAsff } from '../asff/asff.ts'
import { findingEvent } from '../records/finding-event.ts'
import { mapSecurityHubOcsf } from '../asff/ocsf.ts'
import type { CollectedBatch, SetAsideBytes, Unreadable } from '../collector.ts'
import { idOf } from './query.ts'
import type { SweepScans } from './sweep-scans.ts'

/** What a page's records are mapped with. */
export interface PageOptions {
  readonly context: Context
  readonly api: 'v1' | 'v2'
  /** The region that was asked, for the origin of what cannot be read. */
  readonly region: string
  /** When the source was asked, by its own clock. */
  readonly askedAt: number
  /** The scans that the records belong to; none in a sweep of a window. */
  readonly scans: SweepScans | undefined
}

const BATCH_BYTES = 4 * 1024 * 1024
/** A record larger than this goes without its resources' free-form data. */
const DATA_BYTES = 256 * 1024

/** A page as batches of bounded size, none of which says where to resume; what we wrote ourselves is counted and left out. */
export function* batchesOf(
  records: readonly unknown[],
  options: PageOptions,
): Generator<CollectedBatch & { own: number }> {
  let events: PostureEvent[] = []
  let unreadable: Unreadable[] = []
  let [read, own, bytes] = [0, 0, 0]
  for (const record of records) {
    const text = JSON.stringify(record) ?? 'null'
    if (bytes > 0 && bytes + text.length > BATCH_BYTES) {
      yield { events, unreadable, read, own }
      events = []
      unreadable = []
      ;[read, own, bytes] = [0, 0, 0]
    }
    read += 1
    bytes += text.length
    const found = eventsOf(record, text, options)
    if (found === 'own') own += 1
    else if (Array.isArray(found)) events.push(...found)
    else unreadable.push(found)
  }
  yield { events, unreadable, read, own }
}

/** The events of one record that was set aside. Throws a PermanentError that says why it cannot be read still. */
export function reread(
  { bytes, time }: SetAsideBytes,
  options: Pick<PageOptions, 'context' | 'api'>,
): readonly PostureEvent[] {
  const found = eventsOf(parseJson(bytes), Buffer.from(bytes).toString(), {
    ...options,
    region: '',
    askedAt: time,
    scans: undefined,
  })
  if (found === 'own') return []
  if (Array.isArray(found)) return found
  throw found.error
}

function eventsOf(record: unknown, text: string, options: PageOptions): PostureEvent[] | Unreadable | 'own' {
  const { context, api, region, askedAt, scans } = options
  const map = api === 'v1' ? mapAsff : mapSecurityHubOcsf
  const withoutData = text.length > DATA_BYTES
  const mapped = map(record, { zone: 'UTC', reportedAt: askedAt, withoutData })
  if (mapped.outcome === 'own') return 'own'
  if (mapped.outcome === 'rejected')
    return { bytes: Buffer.from(text), error: mapped.error, origin: `security-hub/${region}/${idOf(record)}` }
  const { statement } = mapped.finding
  for (const repair of statement.flags.filter((each) => each.endsWith('_repaired')))
    context.metrics.count('posture_collector_repairs_total', 1, { collector: context.name, repair })
  const flags = withoutData ? [...statement.flags, 'resource_data_omitted'].toSorted() : statement.flags
  const whole = { ...statement, flags }
  return scans === undefined ? [findingEvent(context, whole, text)] : scans.add(whole, text)
}
