import { constants } from 'node:fs'
import { access, glob, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PermanentError, asError, errorCode } from '../../core/errors.ts'

/** What is looked for below directories, and how to speak of it. */
export interface FileKind {
  /** The names of such files. */
  readonly names: RegExp
  /** How they end, in a sentence: `.ndjson or .jsonl`. */
  readonly endings: string
  /** `report`, and of several `reports`. */
  readonly one: string
  readonly several: string
  /** Who writes them: `the scanner`. */
  readonly writer: string
  /** Of the error about one that cannot be read. */
  readonly code: string
}

/** What the configured paths stand for now. */
export interface Listing {
  /** In the order of their names, each once. */
  readonly files: readonly string[]
  /** What is there and may not be read, or should be there and is not. */
  readonly problems: readonly PermanentError[]
  /** The paths of these problems: what is below them is not listed, and may be there all the same. */
  readonly unlisted: readonly string[]
  /** Directories and patterns that hold no such file. */
  readonly empty: readonly string[]
}

const PATTERN = /[*?[\]{}!]/

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist: check the path, or create it before WRITER writes there',
  EACCES: 'may not be read by this user: give it read permission, for a directory also the right to enter it',
  EPERM: 'may not be read by this user: give it read permission, for a directory also the right to enter it',
  ELOOP: 'is a symbolic link that leads back to itself: mend the link',
  ENOTDIR: 'lies below something that is no directory: check the path',
}

/** Lists the files below files, directories (with all that is below them) and patterns. Never rejects for one bad path. */
export async function listFiles(paths: readonly string[], kind: FileKind): Promise<Listing> {
  const files = new Set<string>()
  const problems = new Map<string, PermanentError>()
  const empty: string[] = []
  for (const path of paths) {
    const before = files.size + problems.size
    for (const entry of await entriesOf(path, kind, problems)) await add(entry, kind, files, problems, true)
    if (files.size + problems.size === before) empty.push(path)
  }
  return { files: [...files].toSorted(), problems: [...problems.values()], unlisted: [...problems.keys()], empty }
}

/** Whether the code is of an error that only a person can mend at the path. */
export function isPathError(code: string): boolean {
  return code in REMEDIES
}

/** The error of a path that cannot be read, with how to mend it. */
export function pathProblem(path: string, kind: FileKind, cause: unknown): PermanentError {
  const remedy = REMEDIES[errorCode(cause)]?.replace('WRITER', kind.writer)
  return new PermanentError(kind.code, `${path} ${remedy ?? `cannot be read: ${asError(cause).message}`}`, { cause })
}

/** Throws what is wrong with the paths, all of it as one error of the first one's code. */
export function throwIfAny(problems: readonly PermanentError[]): void {
  const [first, second] = problems
  if (first === undefined) return
  if (second === undefined) throw first
  const message = problems.map((each) => each.message).join('; ')
  throw new PermanentError(first.code, message, { cause: new AggregateError(problems) })
}

/** A path that exists is itself, also when it looks like a pattern. */
async function entriesOf(path: string, kind: FileKind, problems: Map<string, PermanentError>): Promise<string[]> {
  const missing = await stat(path).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (missing === undefined || !PATTERN.test(path)) return [path]
  const base = fixedPart(path)
  try {
    await access(base, constants.R_OK | constants.X_OK)
  } catch (error) {
    problems.set(base, pathProblem(base, kind, error))
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

async function add(
  path: string,
  kind: FileKind,
  files: Set<string>,
  problems: Map<string, PermanentError>,
  isNamed: boolean,
): Promise<void> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) {
      const entries = await readdir(path, { withFileTypes: true })
      for (const entry of entries) {
        const isWanted = (entry.isFile() || entry.isSymbolicLink()) && kind.names.test(entry.name)
        if (entry.isDirectory() || isWanted) await add(join(path, entry.name), kind, files, problems, false)
      }
    } else if (found.isFile() && (isNamed || kind.names.test(path))) {
      await access(path, constants.R_OK)
      files.add(path)
    }
  } catch (error) {
    // What was listed and is gone by now was removed meanwhile.
    if (isNamed || errorCode(error) !== 'ENOENT') problems.set(path, pathProblem(path, kind, error))
  }
}
