import { setImmediate as breathe } from 'node:timers/promises'
import type { StateRecord } from '../../schemas/generated/state.ts'
import { assetPrefix, coveragePrefix } from '../state/keys.ts'
import type { ContextGraph } from '../context-graph.ts'
import { AssetGraph } from './asset-graph.ts'
import { StoredGraph } from './stored-graph.ts'

/** After so many records other work of the process, heartbeats among it, gets its turn. */
const BREATH = 500

/**
 * The graph of one partition beside its store: it holds what the store holds and what the running batch changed, and knows
 * what to look up again where that batch came to nothing.
 */
export class PartitionGraph {
  #graph = new AssetGraph()
  #isLoaded = false
  /** The keys of the assets that the running batch changed. */
  readonly #touched = new Set<string>()

  get graph(): AssetGraph {
    return this.#graph
  }

  /** With the documents as `records` has them. */
  view(records: { get(key: string): StateRecord | undefined }): ContextGraph {
    return new StoredGraph(this.#graph, records)
  }

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  /** Takes in everything that the store holds. Aborted, it has to be called again. */
  async load(records: () => Iterable<readonly [string, StateRecord]>, signal: AbortSignal): Promise<void> {
    let count = 0
    for (const [key, record] of records()) {
      if (++count % BREATH === 0) {
        await breathe()
        signal.throwIfAborted()
      }
      this.#graph.update(key, record)
    }
    this.#isLoaded = true
  }

  /** Forgets everything, as the store does. */
  clear(): void {
    this.#graph = new AssetGraph()
    this.#touched.clear()
    this.#isLoaded = true
  }

  /** Gives the memory back; `load` is needed again. */
  unload(): void {
    this.clear()
    this.#isLoaded = false
  }

  /** Takes over what the running batch says of an asset; `record` is what is known of it now. */
  change(key: string, record: StateRecord | null | undefined): void {
    this.#touched.add(key)
    this.#graph.update(key, record)
  }

  /** The store took these changes over: those of the running batch, or those of another process that are read from the stream. */
  committed(changes: Iterable<readonly [string, StateRecord | null]>): void {
    for (const [key, record] of changes) {
      if (key.startsWith(assetPrefix) && !this.#touched.has(key)) this.#graph.update(key, record)
      else if (key.startsWith(coveragePrefix)) this.#graph.forgetCoverage()
    }
    this.#touched.clear()
  }

  /** Takes back what a batch changed that was not committed: what the store holds counts. */
  revert(store: { get(key: string): StateRecord | undefined }): void {
    for (const key of this.#touched) this.#graph.update(key, store.get(key))
    this.#graph.forgetCoverage()
    this.#touched.clear()
  }
}
