import type { Clock } from '../../core/component.ts'
import { partitionFor } from '../partitioner.ts'
import { requireFits } from '../record-limit.ts'
import type { OutgoingRecord, StreamRecord } from '../stream.ts'
import type { Database } from './database.ts'
import type { Log, Logs } from './logs.ts'

const MAX_READ_BYTES = 16 * 1024 * 1024
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({})

/** A record and the log that it goes to. */
export interface Placed {
  readonly log: Log
  readonly record: OutgoingRecord
}

/** How far one log has been written: the offset that its next record takes. */
export type Ends = ReadonlyMap<Log, bigint>

interface Row {
  readonly offset: bigint
  readonly timestamp: bigint
  readonly key: string
  readonly headers: string | null
  readonly value: Uint8Array | null
  readonly size: bigint
}

/** The records of every log and the positions of the groups, in SQL. It never waits. */
export class RecordStore {
  readonly #database: Database
  readonly #logs: Logs
  readonly #clock: Clock
  readonly #sql: ReturnType<typeof statements>

  constructor(database: Database, logs: Logs, clock: Clock) {
    this.#database = database
    this.#logs = logs
    this.#clock = clock
    this.#sql = statements(database)
  }

  /** Finds the log of every record; throws when the topic or a partition does not exist, or a record is too large. */
  place(topic: string, records: readonly OutgoingRecord[]): Placed[] {
    const logs = this.#logs.of(topic)
    return records.map((record) => {
      const partition = record.partition ?? partitionFor(record.partitionBy ?? record.key, logs.length)
      const log = this.#logs.at(topic, partition)
      requireFits(log.topic, record)
      return { log, record }
    })
  }

  /** Adds records in the order given; to be called inside a transaction. */
  append(placed: readonly Placed[]): Ends {
    const timestamp = this.#clock()
    const ends = new Map<Log, bigint>()
    const bytes = new Map<Log, number>()
    for (const { log, record } of placed) {
      const { key, value, headers = NO_HEADERS } = record
      const offset = ends.get(log) ?? this.end(log)
      const text = headers === NO_HEADERS ? null : JSON.stringify(headers)
      this.#sql.insert.run(log.id, offset, timestamp, key, text, value)
      ends.set(log, offset + 1n)
      const size = Buffer.byteLength(key) + Buffer.byteLength(text ?? '') + (value?.byteLength ?? 0)
      bytes.set(log, (bytes.get(log) ?? 0) + size)
    }
    for (const [log, end] of ends) this.#sql.advance.run(end, bytes.get(log) ?? 0, log.id)
    return ends
  }

  /** Up to `limit` records from an offset on, and no more than 16 MiB of them unless one alone is larger. */
  read(log: Log, from: bigint, limit: number): StreamRecord[] {
    return this.#database.attempt(() => {
      const records: StreamRecord[] = []
      let bytes = 0
      for (const row of this.#sql.read.iterate(log.id, from, limit) as unknown as Iterable<Row>) {
        bytes += Number(row.size)
        if (records.length > 0 && bytes > MAX_READ_BYTES) break
        records.push(toRecord(log, row))
      }
      return records
    })
  }

  end(log: Log): bigint {
    return this.#database.attempt(() => this.#sql.end.get(log.id)?.['next'] as bigint)
  }

  /** The offset of the first record at or after `from`; undefined where there is none. */
  firstFrom(log: Log, from: bigint): bigint | undefined {
    return this.#database.attempt(() => this.#sql.firstFrom.get(log.id, from)?.['offset'] as bigint | undefined)
  }

  /** The offset of the first record that was written at `time` or later; undefined where there is none. Reads the whole log. */
  firstSince(log: Log, time: number): bigint | undefined {
    return this.#database.attempt(
      () => this.#sql.firstSince.get(log.id, Math.ceil(time))?.['offset'] as bigint | undefined,
    )
  }

  position(group: string, log: Log): bigint | undefined {
    return this.#database.attempt(() => this.#sql.position.get(group, log.id)?.['next'] as bigint | undefined)
  }

  /** Sets a group's position; to be called inside a transaction. */
  move(group: string, log: Log, next: bigint): void {
    this.#sql.move.run(group, log.id, next)
  }

  /** Removes a group's position; to be called inside a transaction. */
  forget(group: string, log: Log): void {
    this.#sql.forget.run(group, log.id)
  }

  /**
   * Writes positions down where a group has none, the log's end where none is told, so that they hold also after a
   * failure or a stop.
   */
  startAt(group: string, starts: ReadonlyMap<Log, bigint | undefined>): void {
    const missing = [...starts].filter(([log]) => this.position(group, log) === undefined)
    if (missing.length === 0) return
    this.transaction(() => {
      for (const [log, start] of missing) this.move(group, log, start ?? this.end(log))
    })
  }

  transaction<Result>(work: () => Result): Result {
    return this.#database.transaction(work)
  }
}

function statements(database: Database) {
  return {
    insert: database.prepare(
      'insert into record (log, offset, timestamp, key, headers, value) values (?, ?, ?, ?, ?, ?)',
    ),
    advance: database.prepare('update log set next = ?, bytes = bytes + ? where id = ?'),
    end: database.prepare('select next from log where id = ?'),
    read: database.prepare(`
      select offset, timestamp, key, headers, value,
        octet_length(key) + coalesce(octet_length(headers), 0) + coalesce(octet_length(value), 0) as size
      from record where log = ? and offset >= ? order by offset limit ?`),
    firstFrom: database.prepare('select offset from record where log = ? and offset >= ? order by offset limit 1'),
    // A clock that was put back leaves times out of order, so that every record has to be looked at.
    firstSince: database.prepare('select offset from record where log = ? and timestamp >= ? order by offset limit 1'),
    position: database.prepare('select next from position where consumer_group = ? and log = ?'),
    move: database.prepare(`
      insert into position (consumer_group, log, next) values (?, ?, ?)
      on conflict (consumer_group, log) do update set next = excluded.next`),
    forget: database.prepare('delete from position where consumer_group = ? and log = ?'),
  }
}

function toRecord(log: Log, row: Row): StreamRecord {
  return {
    topic: log.topic.name,
    partition: log.partition,
    offset: row.offset,
    timestamp: Number(row.timestamp),
    key: row.key,
    value: row.value,
    headers: row.headers === null ? NO_HEADERS : (JSON.parse(row.headers) as Record<string, string>),
  }
}
