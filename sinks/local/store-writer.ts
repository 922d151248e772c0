import { statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { errorCode } from '../../core/errors.ts'
import { createDirectory } from '../../core/storage.ts'
import type { PostureFinding } from '../sink.ts'
import { columnsOf } from './columns.ts'
import { foreignStore, requireKnownVersion, requireOurs, upgrade } from './store-version.ts'

/** Short, because waiting for a lock holds up the process; who is refused tries again. */
const BUSY_TIMEOUT_MS = 500

const COLUMNS = [
  'key',
  'revision',
  'state',
  'priority',
  'cause',
  'score',
  'severity',
  'title',
  'account',
  'control',
  'resource',
  'searchable',
  'modified',
  'event',
] as const
const UPSERT = `
  INSERT INTO finding (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((column) => `:${column}`).join(', ')})
  ON CONFLICT (key) DO UPDATE SET ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}
  WHERE excluded.revision > finding.revision`

/** The findings store, open for writing. */
export class StoreWriter {
  readonly #path: string
  readonly #db: DatabaseSync
  readonly #upsert: StatementSync
  readonly #inode: bigint | undefined

  private constructor(path: string, db: DatabaseSync) {
    this.#path = path
    this.#db = db
    this.#upsert = db.prepare(UPSERT)
    this.#inode = inodeOf(path)
  }

  /** Opens the store, makes it where it does not exist, and brings an older one to this version. */
  static async open(path: string): Promise<StoreWriter> {
    await createDirectory(dirname(path))
    const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
    try {
      requireOurs(db, path)
      // WAL lets people read while findings come in; FULL makes a commit survive a power failure.
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      upgrade(db, path)
      return new StoreWriter(path, db)
    } catch (error) {
      db.close()
      throw error
    }
  }

  /** All of them or none, durably; a revision that is not newer than the stored one changes nothing. */
  write(findings: readonly PostureFinding[]): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      for (const finding of findings) this.#upsert.run({ ...columnsOf(finding) })
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** Whether the store still stands under its name: not when somebody moved or removed it. */
  isInPlace(): boolean {
    return inodeOf(this.#path) === this.#inode
  }

  close(): void {
    this.#db.close()
  }
}

const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100
const VERSION_AT = 60
const APPLICATION_ID_AT = 68

/**
 * Throws when the file is anything but a findings store that this version can take over, or nothing yet. It reads the
 * header alone (sqlite.org/fileformat.html), because opening a database already leaves files beside it.
 */
export async function requireStoreOrNothing(path: string): Promise<void> {
  const header = Buffer.alloc(HEADER_BYTES)
  try {
    const handle = await open(path, 'r+')
    try {
      const { bytesRead } = await handle.read(header, 0, HEADER_BYTES, 0)
      if (bytesRead === 0) return
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw foreignStore(path)
  const found = { applicationId: header.readUInt32BE(APPLICATION_ID_AT), version: header.readUInt32BE(VERSION_AT) }
  requireKnownVersion(found, path)
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino
}
