import type { KnownAsset } from '../context-graph.ts'

const MOST = 4096

interface Entry {
  readonly generation: number
  readonly asset: KnownAsset
}

/** The assets that were read last, parsed; each counts for one generation of its node only. */
export class RecentAssets {
  readonly #entries = new Map<number, Entry>()

  get(node: number, generation: number): KnownAsset | undefined {
    const entry = this.#entries.get(node)
    if (entry?.generation !== generation) return undefined
    this.#entries.delete(node)
    this.#entries.set(node, entry)
    return entry.asset
  }

  put(node: number, generation: number, asset: KnownAsset): void {
    this.#entries.delete(node)
    this.#entries.set(node, { generation, asset })
    if (this.#entries.size <= MOST) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      break
    }
  }
}
