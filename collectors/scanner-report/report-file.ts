import { open, type FileHandle } from 'node:fs/promises'
import { FileReading } from '../files/file-reading.ts'
import { gzipDamage, isGzip, unpacked } from '../files/unpacked.ts'
import type { Frame } from './framing/frame.ts'
import { RecordFramer } from './framing/record-framer.ts'

/** How many bytes tell of what kind a text is. */
const HEAD_BYTES = 4

/** One reading of one report, in chunks; one that is packed by gzip is unpacked on the way. */
export class ReportFile extends FileReading {
  readonly #framer = new RecordFramer()
  #head = Buffer.alloc(0)
  #textBytes = 0
  #isPacked = false
  #gzipDamage: string | undefined

  /** Whether offsets are those of what it unpacks to. Known once `frames` has begun. */
  get isPacked(): boolean {
    return this.#isPacked
  }

  /** The first four bytes of the text. Known once `frames` has begun. */
  get head(): Buffer {
    return this.#head
  }

  /** The bytes of the text that have been looked at: those of the file, or what they unpack to. */
  get textBytes(): number {
    return this.#textBytes
  }

  /** What is wrong with the report as a whole. Final once `frames` has ended. */
  get damage(): readonly string[] {
    const packing = this.#gzipDamage === undefined ? [] : [this.#gzipDamage]
    const change = this.changed ? ['it changed while it was read'] : []
    return [...packing, ...this.#framer.damage, ...change]
  }

  /**
   * Every element of the report in its order, some at a time: to be taken one by one before the next are asked for, so that
   * no more than one is held. Rejects with Node's error when the file cannot be read.
   */
  async *frames(signal: AbortSignal): AsyncGenerator<Iterable<Frame>> {
    await using file = await open(this.path)
    await this.begin(file)
    try {
      for await (const chunk of await this.#text(file, signal)) {
        if (this.#head.length < HEAD_BYTES) this.#head = Buffer.concat([this.#head, chunk.subarray(0, HEAD_BYTES)])
        this.#textBytes += chunk.length
        yield this.#framer.push(chunk)
      }
    } catch (error) {
      this.#gzipDamage = gzipDamage(error)
      if (this.#gzipDamage === undefined) throw error
    }
    await this.conclude(file, this.#gzipDamage !== undefined)
    const rest = [...this.#framer.end()]
    // What ends in the middle of a file that changes or goes is no broken record: the whole one is still to come.
    yield this.changed || this.removed ? rest.filter(({ record }) => record !== undefined) : rest
  }

  async #text(file: FileHandle, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    const held = (): number => this.#framer.pending
    const raw = this.bytes(file, held, signal)
    this.#isPacked = isGzip(buffer.subarray(0, bytesRead))
    return this.#isPacked ? unpacked(raw, held) : raw
  }
}
