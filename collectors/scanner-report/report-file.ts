import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { chunks, type FileMark } from '../files/file-marks.ts'
import type { Frame } from './framing/frame.ts'
import { RecordFramer } from './framing/record-framer.ts'

/** One reading of one report, in chunks, with what is known of the file at its end. */
export class ReportFile {
  readonly path: string
  readonly #framer = new RecordFramer()
  readonly #hash = createHash('sha256')
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

  get changed(): boolean {
    return this.#changed
  }

  /** What is wrong with the report as a whole. Final once `frames` has ended. */
  get damage(): readonly string[] {
    return this.#changed ? [...this.#framer.damage, 'it changed while it was read'] : this.#framer.damage
  }

  /** Every element of the report in its order, one list per chunk. Rejects with Node's error when the file cannot be read. */
  async *frames(signal: AbortSignal): AsyncGenerator<readonly Frame[]> {
    await using file = await open(this.path)
    const before = await file.stat()
    this.#size = before.size
    this.#mtimeMs = before.mtimeMs
    for await (const chunk of chunks(file, () => this.#framer.pending, signal)) {
      this.#bytesRead += chunk.length
      this.#hash.update(chunk)
      yield [...this.#framer.push(chunk)]
    }
    const after = await file.stat()
    this.#changed = after.size !== before.size || after.mtimeMs !== before.mtimeMs || this.#bytesRead !== before.size
    yield [...this.#framer.end()]
  }

  /** To be called once, when `frames` has ended. */
  mark(): FileMark {
    return { size: this.#size, mtimeMs: this.#mtimeMs, digest: this.#hash.digest('hex') }
  }
}
