import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../../core/component.ts'
import { asError, errorCode } from '../../core/errors.ts'
import { createDirectory, storageError, syncDirectory } from '../../core/storage.ts'
import { compress } from './compress.ts'
import { CurrentFile, cutTornLine } from './current-file.ts'
import { begunAt, nextName, takeInventory } from './file-names.ts'
import { WrittenLines } from './written-lines.ts'

/** The database of written lines, beside the files. */
export const INDEX_NAME = 'findings-index.db'

export interface ArchiveOptions {
  readonly directory: string
  readonly maxBytes: number
  readonly maxAgeMs: number
}

/** One line, with its newline, and what it is recognised by. */
export interface Line {
  readonly bytes: Uint8Array
  readonly digest: Uint8Array
}

/**
 * A directory of NDJSON files: the current one, and those before it, compressed. Not for two callers at a time.
 * Lines count as written once the index says so; what stands in a file beyond that is cut off before anything is added.
 */
export class Archive {
  readonly #options: ArchiveOptions
  readonly #context: Pick<Context, 'name' | 'log' | 'clock'>
  readonly #index: WrittenLines
  #names: string[] = []
  #current: CurrentFile | undefined
  /** Complete files that are not compressed yet. */
  readonly #complete = new Set<string>()
  #compressing: Promise<void> = Promise.resolve()

  private constructor(options: ArchiveOptions, context: Pick<Context, 'name' | 'log' | 'clock'>, index: WrittenLines) {
    this.#options = options
    this.#context = context
    this.#index = index
  }

  /** Makes the directory where it does not exist, takes it for this process alone, and mends what a crash left. */
  static async open(options: ArchiveOptions, context: Pick<Context, 'name' | 'log' | 'clock'>): Promise<Archive> {
    await createDirectory(options.directory)
    const archive = new Archive(options, context, openIndex(join(options.directory, INDEX_NAME)))
    try {
      await archive.#recover()
      return archive
    } catch (error) {
      await archive.close()
      throw error
    }
  }

  /** Writes the lines that are not written yet, durably; when the signal aborts, those of whole files remain. */
  async write(lines: readonly Line[], signal: AbortSignal): Promise<void> {
    const pending = this.#unwritten(lines)
    while (pending.length > 0) {
      signal.throwIfAborted()
      await this.rotate(pending[0]!.bytes.byteLength)
      this.#current ??= await this.#begin()
      const chunk = pending.splice(0, this.#fitting(pending))
      const digests = chunk.map(({ digest }) => digest)
      await this.#current.append(Buffer.concat(chunk.map(({ bytes }) => bytes)), (bytes) =>
        this.#index.commit(bytes, digests),
      )
    }
  }

  /** Completes the current file when it is too old, or has no room for `bytes` more, and starts to compress it. */
  async rotate(bytes = 0): Promise<void> {
    const current = this.#current
    if (!current || current.bytes === 0) return
    const tooOld = this.#context.clock() >= this.#expiry(current)
    if (!tooOld && current.bytes + bytes <= this.#options.maxBytes) return
    this.#current = undefined
    await current.close()
    this.#index.retire()
    this.#complete.add(current.name)
    this.#compressLater()
  }

  /** When the current file becomes too old, in milliseconds since the epoch; an empty one never does. */
  get expiresAt(): number | undefined {
    return this.#current && this.#current.bytes > 0 ? this.#expiry(this.#current) : undefined
  }

  /** Whether what was written last is still where it was written. */
  async isInPlace(): Promise<boolean> {
    return this.#current === undefined || (await this.#current.isInPlace())
  }

  /** Ends what is under way, compression included, and gives the directory free. */
  async close(): Promise<void> {
    await this.#compressing
    try {
      await this.#current?.close()
    } finally {
      this.#current = undefined
      this.#index.close()
    }
  }

  #expiry(file: CurrentFile): number {
    return begunAt(file.name) + this.#options.maxAgeMs
  }

  #unwritten(lines: readonly Line[]): Line[] {
    const known = new Set<string>()
    return lines.filter(({ digest }) => {
      const id = Buffer.from(digest).toString('latin1')
      if (known.has(id) || this.#index.has(digest)) return false
      known.add(id)
      return true
    })
  }

  /** How many of the lines the current file has room for; at least one, so that a line of any size finds its place. */
  #fitting(lines: readonly Line[]): number {
    let room = this.#options.maxBytes - this.#current!.bytes
    const tooMany = lines.findIndex(({ bytes }, index) => (room -= bytes.byteLength) < 0 && index > 0)
    return tooMany < 0 ? lines.length : tooMany
  }

  async #begin(): Promise<CurrentFile> {
    const { directory } = this.#options
    const name = nextName(this.#context.clock(), this.#names)
    this.#index.begin(name)
    const file = await CurrentFile.open(name, join(directory, name), 0)
    await syncDirectory(directory)
    this.#names.push(name)
    return file
  }

  async #recover(): Promise<void> {
    const { directory } = this.#options
    const { plain, compressed, unfinished } = takeInventory(await readdir(directory))
    this.#names = [...compressed, ...plain].toSorted()
    for (const name of unfinished) await rm(join(directory, `${name}.gz.tmp`), { force: true })
    const known = this.#index.files()
    for (const name of plain) {
      if (known.includes(name)) this.#complete.add(name)
      else await this.#adopt(name)
    }
    for (const name of known) if (!this.#names.includes(name)) this.#index.forget(name)
    const current = this.#index.current()
    if (current) await this.#reopen(current.name, current.bytes)
    await this.rotate()
    this.#compressLater()
  }

  async #reopen(name: string, bytes: number): Promise<void> {
    const path = join(this.#options.directory, name)
    const file = await CurrentFile.open(name, path, bytes)
    if (file.bytes === bytes) {
      this.#complete.delete(name)
      this.#current = file
      return
    }
    await file.close()
    this.#index.forget(name)
    this.#complete.delete(name)
    await this.#adopt(name)
    this.#context.log.warn(
      { sink: this.#context.name, file: path, expected: bytes, found: file.bytes },
      'The current file is shorter than it was written; what is delivered again goes to a new one',
    )
  }

  /** A file that the index does not know: what is whole in it is kept. */
  async #adopt(name: string): Promise<void> {
    const path = join(this.#options.directory, name)
    if ((await cutTornLine(path)) > 0) this.#complete.add(name)
    else await rm(path, { force: true })
  }

  #compressLater(): void {
    this.#compressing = this.#compressing.then(() => this.#compressAll())
  }

  async #compressAll(): Promise<void> {
    for (const name of [...this.#complete].toSorted()) {
      const file = join(this.#options.directory, name)
      try {
        await compress(file)
        this.#complete.delete(name)
      } catch (error) {
        if (errorCode(error) === 'ENOENT') this.#complete.delete(name)
        this.#context.log.warn(
          { sink: this.#context.name, file, reason: asError(error).message },
          'A complete file could not be compressed; while it is there, it is tried again later',
        )
      }
    }
  }
}

function openIndex(path: string): WrittenLines {
  try {
    return new WrittenLines(path)
  } catch (error) {
    throw storageError(error, path)
  }
}
