import { constants } from 'node:fs'
import { access, open, stat } from 'node:fs/promises'
import { PermanentError, errorCode } from '../../core/errors.ts'
import type { FeedSource, Fetched } from './feed-source.ts'
import { refused, tooLarge } from './refused.ts'

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'is not there: put the list there, or correct the path',
  EACCES: 'may not be read: let the user that runs the pipeline read it',
  EPERM: 'may not be read: let the user that runs the pipeline read it',
}

/** A list that somebody puts there as a file. */
export class FileSource implements FeedSource {
  readonly name: string
  readonly #maxBytes: number

  constructor(path: string, maxBytes: number) {
    this.name = path
    this.#maxBytes = maxBytes
  }

  async check(): Promise<void> {
    await this.#look()
  }

  async read(_etag: string | undefined, signal: AbortSignal): Promise<Fetched> {
    await this.#look()
    try {
      await using file = await open(this.name)
      const before = await file.stat()
      // One byte more than there were, to see whether it grows.
      const buffer = Buffer.allocUnsafe(before.size + 1)
      let length = 0
      while (length < buffer.length) {
        signal.throwIfAborted()
        const { bytesRead } = await file.read(buffer, length, buffer.length - length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      const after = await file.stat()
      if (length !== before.size || after.mtimeMs !== before.mtimeMs)
        throw refused(this.name, 'changed while it was read: write it under another name, then rename it')
      return { bytes: buffer.subarray(0, length), etag: undefined, encoded: false }
    } catch (error) {
      signal.throwIfAborted()
      throw this.#problem(error)
    }
  }

  async close(): Promise<void> {}

  /** Only a plain file is opened: a pipe would be waited on. */
  async #look(): Promise<void> {
    try {
      const found = await stat(this.name)
      if (!found.isFile()) throw new PermanentError('INTEL_FILE', `${this.name} is no file: name the file itself`)
      if (found.size > this.#maxBytes) throw tooLarge(this.name, this.#maxBytes)
      await access(this.name, constants.R_OK)
    } catch (error) {
      throw this.#problem(error)
    }
  }

  #problem(error: unknown): Error {
    if (error instanceof PermanentError) return error
    const code = errorCode(error)
    const what = REMEDIES[code] ?? `cannot be read (${code})`
    return new PermanentError('INTEL_FILE', `${this.name} ${what}`, { cause: error })
  }
}
