import type { StatementSync } from 'node:sqlite'
import type { Database } from './database.ts'
import type { Log } from './logs.ts'

const STEP = 500
// Kafka's own default (delete.retention.ms).
const DELETE_RETENTION_MS = 24 * 3600 * 1000

interface Row {
  readonly offset: bigint
  readonly timestamp: bigint
  readonly key: string
}

/**
 * Keeps the newest record of every key of a compacted topic. As in Kafka, a record overwrites only once it is older than
 * the topic's lag itself, offsets keep their values, and a deletion goes last, after its own retention.
 *
 * The work grows with what was written since the last run, not with the log: `newest` remembers the rest.
 */
export class Compaction {
  readonly #database: Database
  readonly #sql: ReturnType<typeof statements>

  constructor(database: Database) {
    this.#database = database
    this.#sql = statements(database)
  }

  /** Does one short transaction's worth; true when there may be more to do. */
  step(log: Log, now: number): boolean {
    return this.#overwrite(log, now) || this.#forget(log, now)
  }

  /** Removes what the next few records have overwritten. */
  #overwrite(log: Log, now: number): boolean {
    const youngest = now - (log.topic.minCompactionLagMs ?? 0)
    const from = this.#database.attempt(() => this.#sql.compacted.get(log.id)?.['compacted'] as bigint)
    const rows = this.#rows(this.#sql.next, log.id, from, STEP)
    const tooYoung = rows.findIndex(({ timestamp }) => timestamp > youngest)
    const ripe = tooYoung < 0 ? rows : rows.slice(0, tooYoung)
    const last = ripe.at(-1)
    if (last === undefined) return false
    this.#database.transaction(() => {
      let bytes = 0n
      for (const { key, offset } of ripe) {
        const older = this.#sql.newest.get(log.id, key)?.['offset'] as bigint | undefined
        if (older !== undefined) bytes += this.#remove(log, older)
        this.#sql.setNewest.run(log.id, key, offset)
      }
      this.#sql.advance.run(last.offset + 1n, bytes, log.id)
    })
    return rows.length === STEP && tooYoung < 0
  }

  /** Removes deletions that everyone has had the time to see. */
  #forget(log: Log, now: number): boolean {
    const oldest = now - (log.topic.deleteRetentionMs ?? DELETE_RETENTION_MS)
    const rows = this.#rows(this.#sql.deletions, log.id, oldest, STEP)
    if (rows.length === 0) return false
    this.#database.transaction(() => {
      let bytes = 0n
      for (const { key, offset } of rows) {
        bytes += this.#remove(log, offset)
        this.#sql.forget.run(log.id, key, offset)
      }
      this.#sql.shrink.run(bytes, log.id)
    })
    return rows.length === STEP
  }

  #remove(log: Log, offset: bigint): bigint {
    return (this.#sql.remove.get(log.id, offset)?.['size'] as bigint | undefined) ?? 0n
  }

  #rows(statement: StatementSync, ...values: (bigint | number)[]): Row[] {
    return this.#database.attempt(() => statement.all(...values) as unknown as Row[])
  }
}

function statements(database: Database) {
  return {
    compacted: database.prepare('select compacted from log where id = ?'),
    next: database.prepare(
      'select offset, timestamp, key from record where log = ? and offset >= ? order by offset limit ?',
    ),
    newest: database.prepare('select offset from newest where log = ? and key = ?'),
    setNewest: database.prepare(`
      insert into newest (log, key, offset) values (?, ?, ?) on conflict (log, key) do update set offset = excluded.offset`),
    advance: database.prepare('update log set compacted = ?, bytes = bytes - ? where id = ?'),
    deletions: database.prepare(`
      select offset, timestamp, key from record
      where log = ? and value is null and timestamp <= ? and offset < (select compacted from log where id = record.log)
      order by timestamp limit ?`),
    forget: database.prepare('delete from newest where log = ? and key = ? and offset = ?'),
    shrink: database.prepare('update log set bytes = bytes - ? where id = ?'),
    remove: database.prepare(`
      delete from record where log = ? and offset = ?
      returning octet_length(key) + coalesce(octet_length(headers), 0) + coalesce(octet_length(value), 0) as size`),
  }
}
