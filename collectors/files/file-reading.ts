import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { chunks, type FileMark } from './file-marks.ts'

/** One reading of one file from its beginning, with what is known of the file at its end. */
export abstract class FileReading {
  readonly path: string
  readonly #hash = createHash('sha256')
  #size = 0
  #mtimeMs = 0
  #bytesRead = 0
  #changed = false
  #removed = false

  constructor(path: string) {
    this.path = path
  }

  /** The size at the start of reading. What is appended meanwhile is not read: it is a change. */
  get size(): number {
    return this.#size
  }

  get bytesRead(): number {
    return this.#bytesRead
  }

  /** When it was written, in milliseconds since the epoch; known once reading has begun. */
  get writtenAt(): number {
    return Math.max(0, Math.floor(this.#mtimeMs))
  }

  /** Whether it was written to while it was read. */
  get changed(): boolean {
    return this.#changed
  }

  /** Whether it was removed, or replaced by another, while it was read: what was read is the former one. */
  get removed(): boolean {
    return this.#removed
  }

  /** To be called once, when reading has ended. */
  mark(): FileMark {
    return { size: this.#size, mtimeMs: this.#mtimeMs, digest: this.#hash.digest('hex') }
  }

  protected async begin(file: FileHandle): Promise<void> {
    const { size, mtimeMs } = await file.stat()
    this.#size = size
    this.#mtimeMs = mtimeMs
  }

  /** The bytes, up to the size at the start; see `chunks`. */
  protected async *bytes(file: FileHandle, held: () => number, signal: AbortSignal): AsyncGenerator<Buffer> {
    for await (const chunk of chunks(file, held, signal, this.#size)) {
      this.#bytesRead += chunk.length
      this.#hash.update(chunk)
      yield chunk
    }
  }

  /** `isGivenUp`: for a reason of its own it was not read to its end. */
  protected async conclude(file: FileHandle, isGivenUp = false): Promise<void> {
    const { size, mtimeMs, nlink } = await file.stat()
    const isWhole = isGivenUp || this.#bytesRead === this.#size
    this.#changed = size !== this.#size || mtimeMs !== this.#mtimeMs || !isWhole
    this.#removed = nlink === 0
  }
}
