import { stat } from 'node:fs/promises'
import { basename, sep } from 'node:path'
import { errorCode, type PermanentError } from '../../core/errors.ts'
import type { Logger } from '../../core/telemetry.ts'
import { isUnchanged, readPosition, writePosition, type FileMark, type Marks } from './file-marks.ts'
import { isPathError, listFiles, pathProblem, throwIfAny, type FileKind, type Listing } from './file-paths.ts'

/** Warns of paths that hold no such file yet. Throws a PermanentError (the kind's code) for those that cannot be read. */
export async function checkPaths(paths: readonly string[], kind: FileKind, log: Logger): Promise<void> {
  const { problems, empty } = await listFiles(paths, kind)
  for (const path of empty)
    log.warn({ path }, `${path} holds no ${kind.one} yet: name a ${kind.endings} file to be read.`)
  throwIfAny(problems)
}

/** How many files the paths stand for now, and which was written last: a sentence. */
export async function filesSentence(paths: readonly string[], kind: FileKind): Promise<string> {
  const { files } = await listFiles(paths, kind)
  let newest: { readonly path: string; readonly mtimeMs: number } | undefined
  for (const path of files) {
    const { mtimeMs } = await stat(path)
    if (newest === undefined || mtimeMs > newest.mtimeMs) newest = { path, mtimeMs }
  }
  if (newest === undefined) return `There is no ${kind.one} yet.`
  const written = new Date(newest.mtimeMs).toISOString().slice(0, 16).replace('T', ' ')
  const count = files.length === 1 ? `1 ${kind.one} is there` : `${files.length} ${kind.several} are there`
  return `${count}; the newest is ${basename(newest.path)}, of ${written} UTC.`
}

/** Gone by its name, or by its handle on a network's file system. */
const VANISHED = new Set(['ENOENT', 'ESTALE'])

/** One sweep over the files that are there: which have been read, as its position keeps it, and which cannot be. */
export class FileSweep {
  readonly files: readonly string[]
  readonly #kind: FileKind
  readonly #log: Logger
  readonly #marks: Marks
  readonly #failures: PermanentError[]

  /** Goes on from the position of an earlier one. */
  constructor({ files, problems, unlisted }: Listing, position: unknown, kind: FileKind, log: Logger) {
    this.files = files
    this.#kind = kind
    this.#log = log
    this.#marks = this.#marksIn(position, unlisted)
    this.#failures = [...problems]
  }

  /** Whether the file was read, and is as it was then. */
  async hasRead(path: string, signal: AbortSignal): Promise<boolean> {
    return isUnchanged(path, this.#marks.get(path), signal)
  }

  /** Remembers a file as read; answers the position from then on. */
  remember(path: string, mark: FileMark): unknown {
    this.#marks.set(path, mark)
    return writePosition(this.#marks)
  }

  /** A file that cannot be read holds up no other. Throws every error that is not about its path. */
  failed(path: string, error: unknown, signal: AbortSignal): void {
    signal.throwIfAborted()
    const code = errorCode(error)
    if (VANISHED.has(code)) {
      this.#log.warn(
        { path },
        `${path} was removed before it could be read to its end; what is there is read next time.`,
      )
      return
    }
    if (!isPathError(code)) throw error
    const problem = pathProblem(path, this.#kind, error)
    this.#log.error({ path, code }, `${problem.message}. The other ${this.#kind.several} are read.`)
    this.#failures.push(problem)
  }

  /** Throws a PermanentError (the kind's code) that names what could not be read. */
  end(): void {
    throwIfAny(this.#failures)
  }

  /** What was read of files that are still there, or below what cannot be looked at now. */
  #marksIn(position: unknown, unlisted: readonly string[]): Marks {
    const saved = position === undefined ? new Map<string, FileMark>() : readPosition(position)
    if (saved === undefined)
      this.#log.warn({}, `The saved position is none of this collector, so every ${this.#kind.one} is read again.`)
    const listed = new Set(this.files)
    const isKept = (path: string): boolean =>
      listed.has(path) || unlisted.some((each) => path === each || path.startsWith(each + sep))
    return new Map([...(saved ?? [])].filter(([path]) => isKept(path)))
  }
}
