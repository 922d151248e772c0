import { constants } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'

const NEWLINE = 0x0a
const SCAN_BYTES = 64 * 1024

/** The file that lines are added to, durably or not at all. */
export class CurrentFile {
  readonly name: string
  readonly #path: string
  readonly #handle: FileHandle
  #bytes: number
  #torn = false

  private constructor(name: string, path: string, handle: FileHandle, bytes: number) {
    this.name = name
    this.#path = path
    this.#handle = handle
    this.#bytes = bytes
  }

  /** Opens the file, makes it where it does not exist, and cuts off what stands beyond `bytes`. */
  static async open(name: string, path: string, bytes: number): Promise<CurrentFile> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT)
    try {
      const { size } = await handle.stat()
      if (size > bytes) {
        await handle.truncate(bytes)
        await handle.sync()
      }
      return new CurrentFile(name, path, handle, Math.min(size, bytes))
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** Up to where the lines are whole and recorded. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Adds whole lines durably, then calls `record` with the new length. If either fails, the file is cut back to what it
   * was, at once where the disk allows it, and else before the next lines.
   */
  async append(lines: Uint8Array, record: (bytes: number) => void): Promise<void> {
    await this.#cutBack()
    this.#torn = true
    try {
      for (let done = 0; done < lines.byteLength;) {
        const { bytesWritten } = await this.#handle.write(lines, done, lines.byteLength - done, this.#bytes + done)
        done += bytesWritten
      }
      await this.#handle.datasync()
      record(this.#bytes + lines.byteLength)
    } catch (error) {
      await this.#cutBack().catch(() => {})
      throw error
    }
    this.#bytes += lines.byteLength
    this.#torn = false
  }

  /** Whether the file still stands under its name: not when somebody moved or removed it. */
  async isInPlace(): Promise<boolean> {
    const [ours, found] = await Promise.all([
      this.#handle.stat({ bigint: true }),
      stat(this.#path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      }),
    ])
    return found !== undefined && found.ino === ours.ino && found.dev === ours.dev
  }

  async close(): Promise<void> {
    await this.#cutBack().catch(() => {})
    await this.#handle.close()
  }

  async #cutBack(): Promise<void> {
    if (!this.#torn) return
    await this.#handle.truncate(this.#bytes)
    this.#torn = false
  }
}

/** Cuts off a last line that was not finished. Resolves to how many whole bytes remain. */
export async function cutTornLine(path: string): Promise<number> {
  const handle = await open(path, 'r+')
  try {
    const { size } = await handle.stat()
    let whole = size
    const buffer = Buffer.alloc(SCAN_BYTES)
    while (whole > 0) {
      const from = Math.max(0, whole - SCAN_BYTES)
      const { bytesRead } = await handle.read(buffer, 0, whole - from, from)
      const newline = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE)
      whole = newline < 0 ? from : from + newline + 1
      if (newline >= 0 || bytesRead === 0) break
    }
    if (whole < size) {
      await handle.truncate(whole)
      await handle.sync()
    }
    return whole
  } finally {
    await handle.close()
  }
}
