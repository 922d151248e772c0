import { existsSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { PermanentError } from '../../core/errors.ts'
import { storageError } from '../../core/storage.ts'
import type { FindingStatus, PriorityBand } from '../../schemas/records.ts'
import { migrations, requireKnownVersion, versionOf } from './store-version.ts'

const BUSY_TIMEOUT_MS = 5_000
/** After every key: no text sorts behind it. */
const LAST = '\u{10FFFF}'

/** The latest revision of one finding, as it stands in the store. */
export interface StoredFinding {
  readonly key: string
  readonly revision: number
  readonly state: FindingStatus
  readonly priority: PriorityBand
  /** The OCSF event. */
  readonly event: Readonly<Record<string, unknown>>
}

/** What to look for; what is left out matches everything. */
export interface FindingFilter {
  readonly states?: readonly FindingStatus[] | undefined
  readonly priorities?: readonly PriorityBand[] | undefined
  /** The account's id. */
  readonly account?: string | undefined
  /** A part of the id or name of one of the finding's resources, in any case. */
  readonly resource?: string | undefined
  /** The control's id, in any case. */
  readonly control?: string | undefined
  /** At most so many. */
  readonly limit?: number | undefined
}

/** How many findings are in one state with one priority. */
export interface FindingCount {
  readonly state: FindingStatus
  readonly priority: PriorityBand
  readonly count: number
}

/** Reads what the `local` sink keeps, also while it is being written: every call sees whole batches only. */
export class FindingsStore implements Disposable {
  readonly #db: DatabaseSync
  readonly #path: string

  private constructor(path: string, db: DatabaseSync) {
    this.#path = path
    this.#db = db
  }

  /** Throws FINDINGS_STORE_MISSING, FINDINGS_STORE_OLDER, _NEWER or _FOREIGN, and STORAGE_… with what to do about it. */
  static open(path: string): FindingsStore {
    if (!existsSync(path)) throw missing(path)
    let db: DatabaseSync | undefined
    try {
      db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
      requireReadable(db, path)
      return new FindingsStore(path, db)
    } catch (error) {
      db?.close()
      throw storageError(error, path, 'read')
    }
  }

  /** In order of rank: open first, then priority, score and time of change. `total` counts what the limit leaves out as well. */
  list(filter: FindingFilter = {}): { readonly findings: readonly StoredFinding[]; readonly total: number } {
    const { where, values } = condition(filter)
    return this.#reading(() => {
      const total = this.#db.prepare(`SELECT count(*) AS total FROM finding ${where}`).get(...values)
      const rows = this.#db
        .prepare(`${SELECT} ${where} ORDER BY state_rank, priority, score DESC, modified DESC, key LIMIT ?`)
        .all(...values, filter.limit ?? -1)
      return { findings: rows.map(fromRow), total: Number(total?.['total']) }
    })
  }

  /** The finding of that key alone; else those whose key starts with `prefix`, at most two: enough to see that there are several. */
  find(prefix: string): readonly StoredFinding[] {
    return this.#reading(() => {
      const exact = this.#db.prepare(`${SELECT} WHERE key = ?`).get(prefix)
      if (exact) return [fromRow(exact)]
      return this.#db
        .prepare(`${SELECT} WHERE key >= ? AND key < ? ORDER BY key LIMIT 2`)
        .all(prefix, `${prefix}${LAST}`)
        .map(fromRow)
    })
  }

  /** In order of rank; what there is none of is left out. */
  counts(): readonly FindingCount[] {
    return this.#reading(() =>
      this.#db
        .prepare(
          'SELECT state, priority, count(*) AS count FROM finding GROUP BY state_rank, priority ORDER BY state_rank, priority',
        )
        .all()
        .map((row) => row as unknown as FindingCount),
    )
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** In one transaction, so that what is counted and what is listed are of one moment. */
  #reading<T>(read: () => T): T {
    try {
      this.#db.exec('BEGIN')
      return read()
    } catch (error) {
      throw storageError(error, this.#path, 'read')
    } finally {
      if (this.#db.isTransaction) this.#db.exec('COMMIT')
    }
  }
}

const SELECT = 'SELECT key, revision, state, priority, event FROM finding'

function condition(filter: FindingFilter): { where: string; values: SQLInputValue[] } {
  const terms: string[] = []
  const values: SQLInputValue[] = []
  const demand = (term: string, ...needed: SQLInputValue[]): void => {
    terms.push(term)
    values.push(...needed)
  }
  const oneOf = (choice: readonly string[]): string => `(${choice.map(() => '?').join(', ')})`
  if (filter.states) demand(`state IN ${oneOf(filter.states)}`, ...filter.states)
  if (filter.priorities) demand(`priority IN ${oneOf(filter.priorities)}`, ...filter.priorities)
  if (filter.account !== undefined) demand('account = ?', filter.account)
  if (filter.control !== undefined) demand('control = ?', filter.control)
  if (filter.resource !== undefined) demand('instr(searchable, ?) > 0', filter.resource.toLowerCase())
  return { where: terms.length > 0 ? `WHERE ${terms.join(' AND ')}` : '', values }
}

function fromRow(row: Record<string, unknown>): StoredFinding {
  return {
    key: row['key'] as string,
    revision: row['revision'] as number,
    state: row['state'] as FindingStatus,
    priority: row['priority'] as PriorityBand,
    event: JSON.parse(row['event'] as string) as StoredFinding['event'],
  }
}

function requireReadable(db: DatabaseSync, path: string): void {
  const found = versionOf(db)
  requireKnownVersion(found, path)
  if (found.version === 0) throw missing(path)
  if (found.version < migrations.length) {
    throw new PermanentError(
      'FINDINGS_STORE_OLDER',
      `${path} was written by an older version of posture-stream: \`posture-stream run\` brings it up to date with the next finding`,
    )
  }
}

function missing(path: string): PermanentError {
  return new PermanentError(
    'FINDINGS_STORE_MISSING',
    `${path} holds no findings yet: \`posture-stream run\` with a sink of type local and this path writes them`,
  )
}
