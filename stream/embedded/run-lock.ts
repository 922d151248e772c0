import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errorCode, PermanentError } from '../../core/errors.ts'
import { storageError } from '../../core/storage.ts'

const WAIT_MS = 500

interface Owner {
  readonly pid: number
  readonly since: string
  readonly token: string
}

/**
 * Lets one process at a time run stages on a directory. The lock is an open write transaction on `run.lock`, so the
 * operating system lets go of it whatever way the process dies, while others can still read who holds it.
 */
export class RunLock {
  readonly #db: DatabaseSync

  private constructor(db: DatabaseSync) {
    this.#db = db
  }

  /**
   * Takes the lock; throws STREAM_LOCKED, naming the holder, when another process (or this one) has it. `setting` is
   * what names the directory in the configuration.
   */
  static take(directory: string, setting = 'stream.directory'): RunLock {
    const path = join(directory, 'run.lock')
    let db: DatabaseSync | undefined
    try {
      db = new DatabaseSync(path, { timeout: WAIT_MS })
      if (!hold(db)) throw lockedError(directory, setting, owner(db))
      return new RunLock(db)
    } catch (thrown) {
      const error = storageError(thrown, path)
      const holder = db !== undefined && errorCode(error) === 'STORAGE_BUSY' ? { owner: owner(db) } : undefined
      const refusal = holder === undefined ? error : lockedError(directory, setting, holder.owner)
      db?.close()
      throw refusal
    }
  }

  release(): void {
    this.#db.close()
  }
}

/** Writes who we are, then holds the lock; false when another process came in between the two. */
function hold(db: DatabaseSync): boolean {
  const token = randomUUID()
  db.exec('begin immediate; create table if not exists owner (pid integer, since text, token text); delete from owner')
  db.prepare('insert into owner (pid, since, token) values (?, ?, ?)').run(process.pid, new Date().toISOString(), token)
  // What is not committed nobody else could read.
  db.exec('commit; begin immediate')
  return owner(db)?.token === token
}

function owner(db: DatabaseSync): Owner | undefined {
  try {
    return db.prepare('select pid, since, token from owner').get() as unknown as Owner | undefined
  } catch {
    return undefined
  }
}

function lockedError(directory: string, setting: string, holder: Owner | undefined): PermanentError {
  const who = holder === undefined ? 'Another process' : `Process ${holder.pid} (since ${holder.since})`
  return new PermanentError(
    'STREAM_LOCKED',
    `${who} runs the pipeline on ${directory}; stop it first, or give this one another ${setting}`,
  )
}
