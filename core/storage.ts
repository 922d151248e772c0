import { constants } from 'node:fs'
import { access, mkdir, open, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { PipelineError, TransientError, asError, notesOf, type Fault } from './errors.ts'

/** SQLite's primary result codes (sqlite.org/rescode.html) that concern the place and never the data. */
const SQLITE_CODES: Readonly<Record<number, string>> = {
  3: 'EACCES',
  5: 'BUSY',
  6: 'BUSY',
  8: 'EACCES',
  10: 'EIO',
  11: 'DAMAGED',
  13: 'ENOSPC',
  14: 'EACCES',
  26: 'DAMAGED',
}

/** By what went wrong: the code we give it, whose turn it is, and what to do. */
const PROBLEMS: Readonly<Record<string, readonly [code: string, fault: Fault, sentence: string]>> = {
  ENOSPC: ['STORAGE_FULL', 'outage', 'there is no space left; free some'],
  EDQUOT: ['STORAGE_FULL', 'outage', 'the disk quota is used up; free some space or raise it'],
  EACCES: [
    'STORAGE_FORBIDDEN',
    'configuration',
    'permission is denied; let this user write there or choose another place',
  ],
  EPERM: [
    'STORAGE_FORBIDDEN',
    'configuration',
    'it is not permitted; let this user write there or choose another place',
  ],
  EROFS: ['STORAGE_FORBIDDEN', 'configuration', 'the file system is read-only; choose another place'],
  ENOTDIR: [
    'STORAGE_NOT_A_DIRECTORY',
    'configuration',
    'a file stands where a directory must be; move it or choose another place',
  ],
  EEXIST: [
    'STORAGE_NOT_A_DIRECTORY',
    'configuration',
    'a file stands where a directory must be; move it or choose another place',
  ],
  EISDIR: ['STORAGE_IS_A_DIRECTORY', 'configuration', 'a directory stands where a file must be; name a file in it'],
  BUSY: ['STORAGE_BUSY', 'outage', 'another process is writing there; it is tried again'],
  DAMAGED: [
    'STORAGE_DAMAGED',
    'configuration',
    'it is no database or a damaged one; move it away, and a new one is made',
  ],
  EIO: ['STORAGE_FAILING', 'outage', 'the disk fails to read or write'],
}

/** What the codes of this file mean: of everything that is kept in a directory of ours. */
export const storageErrors = notesOf(Object.values(PROBLEMS).map(([code, , sentence]) => [code, sentence]))

/** A file system's or SQLite's error as one with a fault, the path and the remedy; any other error as it is. */
export function storageError(thrown: unknown, path: string, doing: 'read' | 'write' = 'write'): Error {
  const error = asError(thrown) as Error & { code?: unknown; errcode?: unknown; path?: unknown }
  if (error instanceof PipelineError) return error
  const cause = error.code === 'ERR_SQLITE_ERROR' ? SQLITE_CODES[Number(error.errcode) & 0xff] : error.code
  const problem = typeof cause === 'string' && Object.hasOwn(PROBLEMS, cause) ? PROBLEMS[cause] : undefined
  if (!problem) return error
  const [code, fault, sentence] = problem
  const where = typeof error.path === 'string' ? error.path : path
  return new TransientError(code, `cannot ${doing} ${where}: ${sentence}`, { fault, cause: error })
}

/** Throws (`STORAGE_…`) unless this process may write in the directory, or make it where it does not exist yet. */
export async function requireWritableDirectory(directory: string): Promise<void> {
  let existing = resolve(directory)
  try {
    while (!(await exists(existing)) && dirname(existing) !== existing) existing = dirname(existing)
    if (!(await stat(existing)).isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' })
    await access(existing, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw storageError(error, existing)
  }
}

/** Makes the directory and its parents, durably. */
export async function createDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true })
  if (first === undefined) return
  for (let made = resolve(directory); made.length >= first.length; made = dirname(made)) {
    await syncDirectory(dirname(made))
  }
}

/** Makes names created, renamed or removed in the directory survive a power failure. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows offers no such call; NTFS journals names by itself.
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
