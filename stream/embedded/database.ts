import { existsSync, statSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { PermanentError } from '../../core/errors.ts'
import { storageError } from '../../core/storage.ts'

const BUSY_TIMEOUT_MS = 5000
const APPLICATION_ID = 0x70737472n // "pstr"
const SCHEMA_VERSION = 1n

// Pages of 16 KiB: a record of usual size (3 KB) stays in one page, and is written twice as fast as with 4 KiB.
// A commit is durable when it returns: in WAL mode only synchronous=full syncs it.
const SETTINGS = `
  pragma page_size = 16384;
  pragma auto_vacuum = incremental;
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma journal_size_limit = 67108864;
`

// A log is one partition of one topic. "next" is the offset that its next record takes; "compacted" the offset below
// which "newest" knows the last record of every key. The value stands last, so that reading the rest skips it.
const SCHEMA = `
  create table log (
    id integer primary key, topic text not null, partition integer not null, next integer not null default 0,
    bytes integer not null default 0, compacted integer not null default 0, unique (topic, partition)
  );
  create table record (
    id integer primary key, log integer not null, offset integer not null, timestamp integer not null,
    key text not null, headers text, value blob
  );
  create unique index record_offset on record (log, offset);
  create index record_deletion on record (log, timestamp) where value is null;
  create table newest (
    log integer not null, key text not null, offset integer not null, primary key (log, key)
  ) without rowid;
  create table position (
    consumer_group text not null, log integer not null, next integer not null, primary key (consumer_group, log)
  ) without rowid;
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${SCHEMA_VERSION};
`

/** The SQLite file of a stream. Whatever it throws about the file says which file, and how to mend it. */
export class Database {
  readonly path: string
  readonly #db: DatabaseSync
  readonly #dataVersion: StatementSync

  private constructor(db: DatabaseSync, path: string) {
    this.path = path
    this.#db = db
    this.#dataVersion = db.prepare('pragma data_version')
  }

  /** Opens the file. `create` makes it when it is missing; without, STREAM_MISSING is thrown. */
  static open(path: string, create: boolean): Database {
    if (!create && !isThere(path)) throw missingError(path)
    let db: DatabaseSync | undefined
    try {
      db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, readBigInts: true })
      const empty = db.prepare('select 1 from sqlite_schema limit 1').get() === undefined
      if (empty && !create) throw missingError(path)
      if (!empty) requireOurs(db, path)
      db.exec(SETTINGS)
      if (empty) db.exec(`begin immediate; ${SCHEMA} commit`)
      return new Database(db, path)
    } catch (error) {
      db?.close()
      throw storageError(error, path)
    }
  }

  prepare(sql: string): StatementSync {
    return this.attempt(() => this.#db.prepare(sql))
  }

  /** Runs `work` (which must not wait) in one transaction: all of it is durable on return, or nothing is. */
  transaction<Result>(work: () => Result): Result {
    return this.attempt(() => {
      this.#db.exec('begin immediate')
      try {
        const result = work()
        this.#db.exec('commit')
        return result
      } catch (error) {
        // Some errors (a full disk) have rolled back by themselves.
        if (this.#db.isTransaction) this.#db.exec('rollback')
        throw error
      }
    })
  }

  /** Runs `work`, and says of an SQLite error which file it concerns and how to mend it. */
  attempt<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw storageError(error, this.path)
    }
  }

  /** A number that changes when another process has written. */
  version(): bigint {
    return this.attempt(() => this.#dataVersion.get()?.['data_version'] as bigint)
  }

  /** Gives up to `pages` unused pages back to the file system; false when too few are unused to be worth it. */
  shrink(pages: number): boolean {
    return this.attempt(() => {
      const unused = Number(this.#db.prepare('pragma freelist_count').get()?.['freelist_count'])
      const all = Number(this.#db.prepare('pragma page_count').get()?.['page_count'])
      // New records need pages too: what a quiet hour leaves unused, the next busy one takes.
      if (unused < pages || unused * 2 < all) return false
      this.#db.exec(`pragma incremental_vacuum(${pages})`)
      return true
    })
  }

  close(): void {
    this.#db.close()
  }
}

function isThere(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0
}

function requireOurs(db: DatabaseSync, path: string): void {
  const id = db.prepare('pragma application_id').get()?.['application_id']
  const version = db.prepare('pragma user_version').get()?.['user_version']
  if (id !== APPLICATION_ID) {
    throw new PermanentError(
      'STREAM_FOREIGN_FILE',
      `${path} is an SQLite file of another program; set stream.directory to a directory of its own`,
    )
  }
  if (version !== SCHEMA_VERSION) {
    throw new PermanentError(
      'STREAM_VERSION',
      `${path} has format ${String(version)}, this program reads ${SCHEMA_VERSION}; run the version that wrote it, or move it away to begin an empty one`,
    )
  }
}

function missingError(path: string): PermanentError {
  return new PermanentError(
    'STREAM_MISSING',
    `There is no stream at ${path}; correct stream.directory, or run the pipeline once to create it`,
  )
}
