import { open } from 'node:fs/promises'
import { FileReading } from '../files/file-reading.ts'
import { gzipDamage, isGzip, unpacked } from '../files/unpacked.ts'
import { JsonLines, type Line } from './json-lines.ts'

/** A longer line is let go of while it is read. */
export const LINE_BYTES = 1024 * 1024

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
    const held = (): number => 0
    const raw = this.bytes(file, held, signal)
    try {
      for await (const chunk of isGzip(buffer) ? unpacked(raw, held) : raw) yield [...lines.push(chunk)]
    } catch (error) {
      const damage = gzipDamage(error)
      if (damage === undefined) throw error
      this.#damage.push(damage)
    }
    await this.conclude(file, this.#damage.length > 0)
    yield [...lines.end()]
  }
}
