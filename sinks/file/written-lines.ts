import { createHash } from 'node:crypto'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { TransientError } from '../../core/errors.ts'
import type { PostureFinding } from '../sink.ts'

/**
 * How many lines are remembered. Only what was not committed is ever delivered again: at most one batch per partition,
 * 500 findings unless told; this is room for 400 such partitions.
 */
const LINES_REMEMBERED = 200_000

const VERSION = 1
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS file (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, current INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE, file INTEGER NOT NULL);
`
const SQLITE_BUSY = 5

export interface CurrentFile {
  readonly name: string
  /** Up to where its lines count as written. */
  readonly bytes: number
}

/**
 * Which lines count as written, and up to which byte of the current file: the point of truth after a crash. It is an
 * SQLite database beside the files, held under an exclusive lock that the system lets go of when the process dies.
 */
export class WrittenLines {
  readonly #db: DatabaseSync
  readonly #find: StatementSync
  readonly #advance: StatementSync
  readonly #insert: StatementSync
  readonly #prune: StatementSync

  /** Throws FILE_DIRECTORY_IN_USE when another process, or another sink, writes there. */
  constructor(path: string) {
    this.#db = new DatabaseSync(path, { timeout: 0 })
    try {
      this.#lock(path)
      this.#find = this.#db.prepare('SELECT 1 FROM line WHERE digest = ?')
      this.#advance = this.#db.prepare('UPDATE file SET bytes = ? WHERE current = 1')
      this.#insert = this.#db.prepare(
        'INSERT INTO line (digest, file) VALUES (?, (SELECT id FROM file WHERE current = 1))',
      )
      this.#prune = this.#db.prepare('DELETE FROM line WHERE id <= (SELECT max(id) FROM line) - ?')
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  has(digest: Uint8Array): boolean {
    return this.#find.get(digest) !== undefined
  }

  current(): CurrentFile | undefined {
    const row = this.#db.prepare('SELECT name, bytes FROM file WHERE current = 1').get()
    return row && { name: String(row['name']), bytes: Number(row['bytes']) }
  }

  /** Every file whose lines are remembered, the current one included. */
  files(): string[] {
    return this.#db
      .prepare('SELECT name FROM file ORDER BY id')
      .all()
      .map((row) => String(row['name']))
  }

  /** From now on lines go to this file; to be told before it exists, so that it is known whatever happens. */
  begin(name: string): void {
    this.#transaction(() => {
      this.#db.exec('UPDATE file SET current = 0')
      this.#db.exec('DELETE FROM file WHERE id NOT IN (SELECT file FROM line)')
      this.#db.prepare('INSERT INTO file (name, bytes, current) VALUES (?, 0, 1)').run(name)
    })
  }

  /** The lines with these digests are durable in the current file, which is good up to `bytes`. */
  commit(bytes: number, digests: readonly Uint8Array[]): void {
    this.#transaction(() => {
      this.#advance.run(bytes)
      for (const digest of digests) this.#insert.run(digest)
      this.#prune.run(LINES_REMEMBERED)
    })
  }

  /** The current file is complete. */
  retire(): void {
    this.#db.exec('UPDATE file SET current = 0')
  }

  /** The file is no longer there, or no longer as it was written: its lines do not count as written any more. */
  forget(name: string): void {
    this.#transaction(() => {
      this.#db.prepare('DELETE FROM line WHERE file = (SELECT id FROM file WHERE name = ?)').run(name)
      this.#db.prepare('DELETE FROM file WHERE name = ?').run(name)
    })
  }

  close(): void {
    this.#db.close()
  }

  #lock(path: string): void {
    try {
      // In this mode the lock that the first write takes is kept until the connection closes.
      this.#db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      const found = Number(this.#db.prepare('PRAGMA user_version').get()?.['user_version'])
      if (found > VERSION) throw newerVersion(path, found)
      this.#db.exec(`BEGIN EXCLUSIVE; ${SCHEMA} PRAGMA user_version = ${VERSION}; COMMIT`)
    } catch (error) {
      if ((Number((error as { errcode?: unknown }).errcode) & 0xff) !== SQLITE_BUSY) throw error
      throw new TransientError(
        'FILE_DIRECTORY_IN_USE',
        `another process or another sink writes to the directory of ${path}: give each sink its own directory, or stop the other`,
        { fault: 'configuration', cause: error },
      )
    }
  }

  #transaction(work: () => void): void {
    this.#db.exec('BEGIN')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }
}

/** What makes a line the same line: finding, revision and text. */
export function lineDigest({ key, revision, bytes }: PostureFinding): Buffer {
  return createHash('sha256').update(`${key}\0${revision}\0`).update(bytes).digest().subarray(0, 16)
}

function newerVersion(path: string, found: number): TransientError {
  return new TransientError(
    'FILE_INDEX_NEWER',
    `${path} is of version ${found}, this version of posture-stream knows ${VERSION}: upgrade, or choose another directory`,
    { fault: 'configuration' },
  )
}
