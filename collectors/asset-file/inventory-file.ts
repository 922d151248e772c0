import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { errorCode } from '../../core/errors.ts'
import { chunks, type FileMark } from '../files/file-marks.ts'
import { JsonLines, type Line } from './json-lines.ts'

/** A longer line is let go of while it is read. */
export const LINE_BYTES = 1024 * 1024
const GZIP = Buffer.from([0x1f, 0x8b])

/** One reading of one file, packed by gzip or not, with what is known of it at its end. */
export class InventoryFile {
  readonly path: string
  readonly #hash = createHash('sha256')
  readonly #damage: string[] = []
  #size = 0
  #mtimeMs = 0
  #bytesRead = 0
  #changed = false

  constructor(path: string) {
    this.path = path
  }

  /** The size at the start of reading. */
  get size(): number {
    return this.#size
  }

  get bytesRead(): number {
    return this.#bytesRead
  }

  /** When it was written, in milliseconds since the epoch; known once `lines` has begun. */
  get writtenAt(): number {
    return Math.max(0, Math.floor(this.#mtimeMs))
  }

  get changed(): boolean {
    return this.#changed
  }

  /** What is wrong with the file as a whole. Final once `lines` has ended. */
  get damage(): readonly string[] {
    return this.#changed ? [...this.#damage, 'the file changed while it was read'] : this.#damage
  }

  /** Every line, one list per chunk. Rejects with Node's error when the file cannot be read. */
  async *lines(signal: AbortSignal): AsyncGenerator<readonly Line[]> {
    await using file = await open(this.path)
    const before = await file.stat()
    this.#size = before.size
    this.#mtimeMs = before.mtimeMs
    const lines = new JsonLines(LINE_BYTES)
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    const raw = this.#raw(file, signal)
    try {
      for await (const chunk of buffer.equals(GZIP) ? unpacked(raw) : raw) yield [...lines.push(chunk)]
    } catch (error) {
      if (!errorCode(error).startsWith('Z_')) throw error
      this.#damage.push(errorCode(error) === 'Z_BUF_ERROR' ? 'the file is cut off' : 'the file is damaged')
    }
    const after = await file.stat()
    const isWhole = this.#damage.length > 0 || this.#bytesRead === before.size
    this.#changed = after.size !== before.size || after.mtimeMs !== before.mtimeMs || !isWhole
    yield [...lines.end()]
  }

  /** To be called once, when `lines` has ended. */
  mark(): FileMark {
    return { size: this.#size, mtimeMs: this.#mtimeMs, digest: this.#hash.digest('hex') }
  }

  async *#raw(file: Awaited<ReturnType<typeof open>>, signal: AbortSignal): AsyncGenerator<Buffer> {
    for await (const chunk of chunks(file, () => 0, signal)) {
      this.#bytesRead += chunk.length
      this.#hash.update(chunk)
      yield chunk
    }
  }
}

async function* unpacked(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  const fed = pipeline(Readable.from(raw), gunzip)
  // Where it fails, reading the other end fails as well.
  fed.catch(() => {})
  for await (const chunk of gunzip) yield chunk as Buffer
  await fed
}
