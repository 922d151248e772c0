import { createHash } from 'node:crypto'
import type { PostureFinding } from '../sink.ts'

/**
 * How many findings are remembered. Only what was not committed is delivered again: at most one batch per partition, 500
 * findings unless told; this is room for 200 such partitions, in about 10 MB.
 */
const REMEMBERED = 100_000

/** What this process has delivered lately, so that it is not sent twice: Splunk keeps whatever it gets. */
export class Delivered {
  readonly #ids = new Set<string>()

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(id: string): void {
    this.#ids.add(id)
    if (this.#ids.size <= REMEMBERED) return
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest)
      return
    }
  }
}

/** What makes a finding the same again: its key, its revision and its text. */
export function identityOf({ key, revision, bytes }: PostureFinding): string {
  return createHash('sha256').update(`${key}\0${revision}\0`).update(bytes).digest().toString('latin1', 0, 16)
}
