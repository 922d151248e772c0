import type { DatabaseSync } from 'node:sqlite'
import { TransientError } from '../../core/errors.ts'

/** In SQLite's header (`PRAGMA application_id`): "PSfs", a findings store of posture-stream. */
export const APPLICATION_ID = 0x50_53_66_73

/**
 * What brings a store from each version to the next; the version is how many were applied. A step, once released, never
 * changes: a new one is added behind it.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE finding (
    key TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    priority TEXT NOT NULL,
    cause TEXT NOT NULL,
    score REAL,
    severity TEXT,
    title TEXT,
    account TEXT,
    control TEXT COLLATE NOCASE,
    resource TEXT,
    searchable TEXT NOT NULL,
    modified INTEGER,
    state_rank INTEGER NOT NULL GENERATED ALWAYS AS
      (CASE state WHEN 'open' THEN 0 WHEN 'muted' THEN 1 WHEN 'resolved' THEN 2 ELSE 3 END) VIRTUAL,
    event TEXT NOT NULL
  );
  CREATE INDEX finding_rank ON finding (state_rank, priority, score DESC, modified DESC, key);
  CREATE INDEX finding_account ON finding (account, state_rank, priority, score DESC, modified DESC, key);
  CREATE INDEX finding_control ON finding (control, state_rank, priority, score DESC, modified DESC, key);
  `,
]

export interface StoreVersion {
  readonly applicationId: number
  readonly version: number
}

export function versionOf(db: DatabaseSync): StoreVersion {
  const read = (pragma: string): number => Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma])
  return { applicationId: read('application_id'), version: read('user_version') }
}

/** Throws when the file is a database of something else, or a store that a newer version of posture-stream wrote. */
export function requireKnownVersion(found: StoreVersion, path: string, known = migrations.length): void {
  const { applicationId, version } = found
  const fresh = applicationId === 0 && version === 0
  if (!fresh && applicationId !== APPLICATION_ID) throw foreignStore(path)
  if (version > known) {
    throw new TransientError(
      'FINDINGS_STORE_NEWER',
      `${path} is a findings store of version ${version}, this version of posture-stream knows ${known}: upgrade posture-stream, or choose another path`,
      { fault: 'configuration' },
    )
  }
}

/** What a file is told that is no findings store: nothing of it may be touched. */
export function foreignStore(path: string): TransientError {
  return new TransientError(
    'FINDINGS_STORE_FOREIGN',
    `${path} is no findings store but something else: choose another path for the findings, or move it away`,
    { fault: 'configuration' },
  )
}

/** Throws unless the database is a findings store that this version can write, or empty. Changes nothing. */
export function requireOurs(db: DatabaseSync, path: string, known = migrations.length): StoreVersion {
  const found = versionOf(db)
  requireKnownVersion(found, path, known)
  if (found.applicationId === 0 && hasTables(db)) throw foreignStore(path)
  return found
}

/** Brings a store to the newest version, whole or not at all; a new file becomes a store. */
export function upgrade(db: DatabaseSync, path: string, steps: readonly string[] = migrations): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    const { version } = requireOurs(db, path, steps.length)
    for (const step of steps.slice(version)) db.exec(step)
    if (version < steps.length) {
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${steps.length}`)
    }
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function hasTables(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined
}
