import { constants } from 'node:fs'
import { access, glob, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PermanentError, asError, errorCode } from '../../core/errors.ts'

/** What the configured paths stand for now. */
export interface Listing {
  /** In the order of their names, each once. */
  readonly files: readonly string[]
  /** What is there and may not be read, or should be there and is not. */
  readonly problems: readonly PermanentError[]
  /** Directories and patterns that hold no report. */
  readonly empty: readonly string[]
}

const REPORT_NAME = /\.(json|ndjson|jsonl)$/i
const PATTERN = /[*?[\]{}!]/

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist: check the path, or create it before the scanner writes there',
  EACCES: 'may not be read by this user: give it read permission, for a directory also the right to enter it',
  EPERM: 'may not be read by this user: give it read permission, for a directory also the right to enter it',
  ELOOP: 'is a symbolic link that leads back to itself: mend the link',
  ENOTDIR: 'lies below something that is no directory: check the path',
}

/** Lists the reports below files, directories (with all that is below them) and patterns. Never rejects for one bad path. */
export async function listReports(paths: readonly string[]): Promise<Listing> {
  const files = new Set<string>()
  const problems: PermanentError[] = []
  const empty: string[] = []
  for (const path of paths) {
    const before = files.size + problems.length
    for (const entry of await entriesOf(path, problems)) await add(entry, files, problems, true)
    if (files.size + problems.length === before) empty.push(path)
  }
  return { files: [...files].toSorted(), problems, empty }
}

/** Whether the code is of an error that only a person can mend at the path. */
export function isPathError(code: string): boolean {
  return code in REMEDIES
}

/** The error of a path that cannot be read, with how to mend it. */
export function pathProblem(path: string, cause: unknown): PermanentError {
  const code = errorCode(cause)
  const remedy = REMEDIES[code] ?? `cannot be read: ${asError(cause).message}`
  return new PermanentError('REPORT_NOT_READABLE', `${path} ${remedy}`, { cause })
}

/** A path that exists is itself, also when it looks like a pattern. */
async function entriesOf(path: string, problems: PermanentError[]): Promise<string[]> {
  const missing = await stat(path).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (missing === undefined || !PATTERN.test(path)) return [path]
  const base = fixedPart(path)
  try {
    await access(base, constants.R_OK | constants.X_OK)
  } catch (error) {
    problems.push(pathProblem(base, error))
    return []
  }
  const found: string[] = []
  for await (const each of glob(path)) found.push(each)
  return found
}

/** The directory before the first part that is a pattern. */
function fixedPart(pattern: string): string {
  let directory = dirname(pattern)
  while (PATTERN.test(directory)) directory = dirname(directory)
  return directory
}

async function add(path: string, files: Set<string>, problems: PermanentError[], isNamed: boolean): Promise<void> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) {
      const entries = await readdir(path, { withFileTypes: true })
      for (const entry of entries) {
        const isReport = (entry.isFile() || entry.isSymbolicLink()) && REPORT_NAME.test(entry.name)
        if (entry.isDirectory() || isReport) await add(join(path, entry.name), files, problems, false)
      }
    } else if (found.isFile() && (isNamed || REPORT_NAME.test(path))) {
      await access(path, constants.R_OK)
      files.add(path)
    }
  } catch (error) {
    problems.push(pathProblem(path, error))
  }
}
