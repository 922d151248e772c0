import { mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { PermanentError } from '../../core/errors.ts'
import type { StateRecord } from '../../schemas/generated/state.ts'
import type { ContextGraph } from '../context-graph.ts'
import { CveIndex, CVE_TABLE, type FindingsByCve } from './cve-index.ts'
import type { StateReader } from '../enricher.ts'
import { PartitionGraph } from '../graph/graph.ts'
import { findingPrefix } from './keys.ts'
import { paged } from './paged.ts'

export interface LocalStoreOptions {
  /** The file; `:memory:` for none. */
  readonly path: string
  /** Of the records and of the settings that `dueAt` depends on; a file of another version is discarded and restored anew. */
  readonly version: string
  /** When the clock's batch must look at a record, in milliseconds since the epoch. */
  dueAt(record: StateRecord): number | undefined
}

const TABLES = `
  create table if not exists meta (name text primary key, value text not null) without rowid;
  create table if not exists restored (partition integer primary key, next text not null, at integer not null);
  create table if not exists state (
    partition integer not null, key text not null, value text not null,
    due integer, resource text, status text, primary key (partition, key));
  create index if not exists state_due on state (partition, due) where due is not null;
  create index if not exists state_resource on state (partition, resource) where resource is not null;
  create index if not exists state_status on state (status) where status is not null;
  ${CVE_TABLE}`
/** Raised with every change of these tables or of what is indexed: older files are restored anew. */
const LAYOUT = 2

/**
 * What this process's partitions know, in one SQLite file. It never leads: it holds what posture.state holds up to the
 * offset it has reached, may be deleted at any time, and what it lacks is read from there.
 */
export class LocalStore {
  readonly #db: DatabaseSync
  readonly #dueAt: LocalStoreOptions['dueAt']
  /** They outlast the taking over of a partition: to build one again takes long. */
  readonly #graphs = new Map<number, PartitionGraph>()

  private constructor(db: DatabaseSync, dueAt: LocalStoreOptions['dueAt']) {
    this.#db = db
    this.#dueAt = dueAt
  }

  static open(options: LocalStoreOptions): LocalStore {
    const db = openVersion(options) ?? openVersion(options)
    if (db === undefined)
      throw new PermanentError('STATE_UNUSABLE', `cannot make ${options.path}: remove it and start again`)
    return new LocalStore(db, options.dueAt)
  }

  partition(partition: number): PartitionState {
    const graph = this.#graphs.get(partition) ?? new PartitionGraph()
    this.#graphs.set(partition, graph)
    return new PartitionState(this.#db, partition, this.#dueAt, graph)
  }

  /** How many findings are in each lifecycle state, over all partitions. */
  counts(): Readonly<Record<string, number>> {
    const rows = this.#db
      .prepare('select status, count(*) as count from state where status is not null group by status')
      .all()
    return Object.fromEntries(rows.map((row) => [String(row['status']), Number(row['count'])]))
  }

  close(): void {
    this.#db.close()
  }
}

/** A file of another version, or one that SQLite cannot read, is removed: undefined then. */
function openVersion({ path, version }: LocalStoreOptions): DatabaseSync | undefined {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const db = new DatabaseSync(path)
  try {
    db.exec(`pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000; ${TABLES}`)
    db.prepare('insert or ignore into meta values (?, ?)').run('version', `${LAYOUT} ${version}`)
    const found = db.prepare('select value from meta where name = ?').get('version')
    if (found?.['value'] === `${LAYOUT} ${version}`) return db
  } catch (error) {
    if (!/not a database|malformed/.test((error as Error).message)) throw unusable(path, error)
  }
  db.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  return undefined
}

function unusable(path: string, cause: unknown): PermanentError {
  return new PermanentError(
    'STATE_UNUSABLE',
    `cannot use ${path}: ${(cause as Error).message}; mend its rights or disk, or remove it: it is rebuilt from posture.state`,
    { cause },
  )
}

/** One partition's state, and how far of posture.state it reaches. */
export class PartitionState implements StateReader, FindingsByCve {
  readonly assets: PartitionGraph
  readonly #db: DatabaseSync
  readonly #partition: number
  readonly #dueAt: LocalStoreOptions['dueAt']
  readonly #get: StatementSync
  readonly #put: StatementSync
  readonly #delete: StatementSync
  readonly #page: StatementSync
  readonly #recordPage: StatementSync
  readonly #ofResource: StatementSync
  readonly #due: StatementSync
  readonly #cves: CveIndex

  constructor(db: DatabaseSync, partition: number, dueAt: LocalStoreOptions['dueAt'], assets: PartitionGraph) {
    this.assets = assets
    this.#db = db
    this.#partition = partition
    this.#dueAt = dueAt
    this.#get = db.prepare('select value from state where partition = ? and key = ?')
    this.#put = db.prepare('insert or replace into state values (?, ?, ?, ?, ?, ?)')
    this.#delete = db.prepare('delete from state where partition = ? and key = ?')
    this.#page = db.prepare('select key from state where partition = ? and key > ? and key < ? order by key limit ?')
    this.#recordPage = db.prepare(
      'select key, value from state where partition = ? and key > ? and key < ? order by key limit ?',
    )
    this.#ofResource = db.prepare('select key from state where partition = ? and resource = ?')
    this.#due = db.prepare('select key from state where partition = ? and due <= ? order by due limit ?')
    this.#cves = new CveIndex(db, partition)
  }

  /** The offset of posture.state up to which this holds everything, and when that was so, in milliseconds. */
  get restored(): { readonly next: bigint; readonly at: number } {
    const row = this.#db.prepare('select next, at from restored where partition = ?').get(this.#partition)
    return { next: BigInt(String(row?.['next'] ?? '0')), at: Number(row?.['at'] ?? 0) }
  }

  get graph(): ContextGraph {
    return this.assets.view(this)
  }

  /** Forgets everything, to be restored from the beginning. */
  clear(): void {
    this.#db.prepare('delete from state where partition = ?').run(this.#partition)
    this.#db.prepare('delete from restored where partition = ?').run(this.#partition)
    this.#cves.clear()
    this.assets.clear()
  }

  get(key: string): StateRecord | undefined {
    const row = this.#get.get(this.#partition, key)
    return row === undefined ? undefined : (JSON.parse(String(row['value'])) as StateRecord)
  }

  *keys(prefix: string, options: { readonly after?: string; readonly limit?: number } = {}): Iterable<string> {
    const { after = '', limit = Infinity } = options
    for (const row of this.#rows(this.#page, prefix, after > prefix ? after : prefix, limit)) yield String(row['key'])
  }

  /** The records whose keys start with `prefix`, in order. */
  *records(prefix: string): Iterable<readonly [string, StateRecord]> {
    for (const row of this.#rows(this.#recordPage, prefix, prefix, Infinity))
      yield [String(row['key']), JSON.parse(String(row['value'])) as StateRecord]
  }

  #rows(page: StatementSync, prefix: string, from: string, limit: number) {
    const end = endOf(prefix)
    return paged(from, limit, (after, count) => page.all(this.#partition, after, end, count))
  }

  *findingsOf(tenant: string, resourceUid: string): Iterable<string> {
    for (const row of this.#ofResource.all(this.#partition, resourceIndex(tenant, resourceUid)))
      yield String(row['key'])
  }

  findingsWithCve(cve: string | undefined, options: { readonly after?: string } = {}): Iterable<string> {
    return this.#cves.findings(cve, options.after)
  }

  /** Keys of records that are due at `now`, the longest overdue first. */
  due(now: number, limit: number): readonly string[] {
    return this.#due.all(this.#partition, now, limit).map((row) => String(row['key']))
  }

  /** Makes changes durable together with the offset of posture.state that then is included. */
  apply(changes: Iterable<readonly [string, StateRecord | null]>, next: bigint, now: number): void {
    const all = [...changes]
    this.#db.exec('begin immediate')
    try {
      for (const [key, record] of all) this.#write(key, record)
      this.#db.prepare('insert or replace into restored values (?, ?, ?)').run(this.#partition, String(next), now)
      this.#db.exec('commit')
    } catch (error) {
      this.#db.exec('rollback')
      throw error
    }
    this.assets.committed(all)
  }

  #write(key: string, record: StateRecord | null): void {
    if (key.startsWith(findingPrefix)) this.#cves.put(key, record)
    if (record === null) this.#delete.run(this.#partition, key)
    else {
      const finding = record.type === 'finding' ? record : undefined
      const resource = finding === undefined ? null : resourceIndex(finding.tenant, finding.identity.resource)
      const status = finding?.state ?? null
      this.#put.run(this.#partition, key, JSON.stringify(record), this.#dueAt(record) ?? null, resource, status)
    }
  }
}

/** Behind all keys that start with `prefix`. */
function endOf(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCodePoint(prefix.codePointAt(prefix.length - 1)! + 1)}`
}

function resourceIndex(tenant: string, resourceUid: string): string {
  return `${tenant} ${resourceUid}`
}
