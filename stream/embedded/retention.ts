import type { Database } from './database.ts'
import type { Log } from './logs.ts'

const STEP = 500

interface Row {
  readonly offset: bigint
  readonly timestamp: bigint
  readonly size: bigint
}

/** Drops the oldest records of topics with cleanup `delete`, by age and by size. */
export class Retention {
  readonly #database: Database
  readonly #sql: ReturnType<typeof statements>

  constructor(database: Database) {
    this.#database = database
    this.#sql = statements(database)
  }

  /** Drops some records older than the topic keeps; true when there may be more. Within a partition it never skips one. */
  byAge(log: Log, now: number): boolean {
    const { retentionMs } = log.topic
    if (retentionMs === undefined) return false
    const rows = this.#oldest(log)
    const kept = rows.findIndex(({ timestamp }) => timestamp > now - retentionMs)
    this.#drop(log, kept < 0 ? rows : rows.slice(0, kept))
    return kept < 0 && rows.length === STEP
  }

  /** Drops some of a topic's oldest records, whatever their partition, while all hold more than `maxBytes`; true when there may be more. */
  bySize(logs: readonly Log[], maxBytes: number): boolean {
    const sizes = this.#database.attempt(() => logs.map((log) => Number(this.#sql.bytes.get(log.id)?.['bytes'])))
    let excess = sizes.reduce((sum, bytes) => sum + bytes, 0) - maxBytes
    if (excess <= 0) return false
    const fronts = logs.flatMap((log) => this.#oldest(log, 1).map(({ timestamp }) => ({ log, timestamp })))
    const [front, second] = fronts.toSorted((a, b) => Number(a.timestamp - b.timestamp))
    if (front === undefined) return false
    const rows = this.#oldest(front.log)
    const isOldest = ({ timestamp }: Row): boolean => second === undefined || timestamp <= second.timestamp
    let count = 0
    for (const row of rows) {
      if (excess <= 0 || (count > 0 && !isOldest(row))) break
      excess -= Number(row.size)
      count += 1
    }
    this.#drop(front.log, rows.slice(0, count))
    return excess > 0
  }

  #oldest(log: Log, limit = STEP): Row[] {
    return this.#database.attempt(() => this.#sql.oldest.all(log.id, limit) as unknown as Row[])
  }

  /** `rows` are the first of their log. */
  #drop(log: Log, rows: readonly Row[]): void {
    const last = rows.at(-1)
    if (last === undefined) return
    const bytes = rows.reduce((sum, { size }) => sum + size, 0n)
    this.#database.transaction(() => {
      this.#sql.drop.run(log.id, last.offset)
      this.#sql.shrink.run(bytes, log.id)
    })
  }
}

function statements(database: Database) {
  return {
    oldest: database.prepare(`
      select offset, timestamp,
        octet_length(key) + coalesce(octet_length(headers), 0) + coalesce(octet_length(value), 0) as size
      from record where log = ? order by offset limit ?`),
    bytes: database.prepare('select bytes from log where id = ?'),
    drop: database.prepare('delete from record where log = ? and offset <= ?'),
    shrink: database.prepare('update log set bytes = bytes - ? where id = ?'),
  }
}
