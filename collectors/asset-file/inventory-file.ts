import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { errorCode } from '../../core/errors.ts'
import { FileReading } from '../files/file-reading.ts'
import { JsonLines, type Line } from './json-lines.ts'

/** A longer line is let go of while it is read. */
export const LINE_BYTES = 1024 * 1024
const GZIP = Buffer.from([0x1f, 0x8b])

/** One reading of one inventory, packed by gzip or not. */
export class InventoryFile extends FileReading {
  readonly #damage: string[] = []

  /** What is wrong with the file as a whole. Final once `lines` has ended. */
  get damage(): readonly string[] {
    return this.changed ? [...this.#damage, 'the file changed while it was read'] : this.#damage
  }

  /** Every line, one list per chunk. Rejects with Node's error when the file cannot be read. */
  async *lines(signal: AbortSignal): AsyncGenerator<readonly Line[]> {
    await using file = await open(this.path)
    await this.begin(file)
    const lines = new JsonLines(LINE_BYTES)
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    const raw = this.bytes(file, () => 0, signal)
    try {
      for await (const chunk of buffer.equals(GZIP) ? unpacked(raw) : raw) yield [...lines.push(chunk)]
    } catch (error) {
      if (!errorCode(error).startsWith('Z_')) throw error
      this.#damage.push(errorCode(error) === 'Z_BUF_ERROR' ? 'the file is cut off' : 'the file is damaged')
    }
    await this.conclude(file, this.#damage.length > 0)
    yield [...lines.end()]
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
