import { PermanentError, TransientError } from '../../core/errors.ts'

// https://www.sqlite.org/rescode.html; the low byte of an extended code is its primary code.
const SQLITE = {
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  TOOBIG: 18,
  AUTH: 23,
  NOTADB: 26,
} as const

const PERMISSION_CODES = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'])

/** True when another process holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error)
  return code === SQLITE.BUSY || code === SQLITE.LOCKED
}

/** What SQLite or the file system said about `path`, as one of our errors with its remedy; anything else as it came. */
export function storageError(error: unknown, path: string): unknown {
  switch (primaryCode(error)) {
    case SQLITE.BUSY:
    case SQLITE.LOCKED:
      return outage('STREAM_BUSY', `${path} is being written by another process; it was not free in time`, error)
    case SQLITE.FULL:
      return outage(
        'STREAM_DISK_FULL',
        `The disk of ${path} is full, so nothing was written; free space, or keep less with a lower stream retention`,
        error,
      )
    case SQLITE.IOERR:
      return outage('STREAM_IO', `${path} could not be read or written; check its disk and file system`, error)
    case SQLITE.PERM:
    case SQLITE.READONLY:
    case SQLITE.CANTOPEN:
    case SQLITE.AUTH:
      return accessError(error, path)
    case SQLITE.CORRUPT:
    case SQLITE.NOTADB:
      return permanent(
        'STREAM_CORRUPT',
        `${path} is damaged, or is no SQLite file; restore it from a backup, or move it away to begin an empty one`,
        error,
      )
    case SQLITE.TOOBIG:
      return permanent('STREAM_RECORD_TOO_LARGE', `A record is too large for ${path}; cut it into parts`, error)
    case undefined:
      return PERMISSION_CODES.has(systemCode(error)) ? accessError(error, path) : error
    default:
      return outage('STREAM_STORAGE', `${path} could not be used`, error)
  }
}

function outage(code: string, message: string, cause: unknown): TransientError {
  return new TransientError(code, message, { fault: 'outage', cause })
}

function permanent(code: string, message: string, cause: unknown): PermanentError {
  return new PermanentError(code, message, { cause })
}

function accessError(error: unknown, path: string): TransientError {
  return new TransientError(
    'STREAM_NOT_WRITABLE',
    `${path} cannot be opened for writing; let this user write to the directory and its files, or set another stream.directory`,
    { fault: 'configuration', cause: error },
  )
}

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode & 0xff
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
