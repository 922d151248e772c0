import { open } from 'node:fs/promises'
import { FileReading } from '../files/file-reading.ts'
import type { Frame } from './framing/frame.ts'
import { RecordFramer } from './framing/record-framer.ts'

/** One reading of one report, in chunks. */
export class ReportFile extends FileReading {
  readonly #framer = new RecordFramer()

  /** What is wrong with the report as a whole. Final once `frames` has ended. */
  get damage(): readonly string[] {
    return this.changed ? [...this.#framer.damage, 'it changed while it was read'] : this.#framer.damage
  }

  /** Every element of the report in its order, one list per chunk. Rejects with Node's error when the file cannot be read. */
  async *frames(signal: AbortSignal): AsyncGenerator<readonly Frame[]> {
    await using file = await open(this.path)
    await this.begin(file)
    for await (const chunk of this.bytes(file, () => this.#framer.pending, signal)) yield [...this.#framer.push(chunk)]
    await this.conclude(file)
    yield [...this.#framer.end()]
  }
}
