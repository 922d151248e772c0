/** Which CVEs changed at which offset, as far back as it reaches: the newest change of so many CVEs. */
export class ChangeLog {
  readonly #limit: number
  /** By CVE, the offset of its newest change; the oldest change first. */
  readonly #changes = new Map<string, bigint>()
  /** Everything that changed at this offset or later is here. */
  #from = 0n

  constructor(limit: number) {
    this.#limit = limit
  }

  add(cve: string, offset: bigint): void {
    this.#changes.delete(cve)
    this.#changes.set(cve, offset)
    if (this.#changes.size <= this.#limit) return
    const [oldest, at] = this.#changes.entries().next().value!
    this.#changes.delete(oldest)
    this.#from = at + 1n
  }

  /** What changed before this offset is not known in detail. */
  startAt(offset: bigint): void {
    this.#changes.clear()
    this.#from = offset
  }

  /** The CVEs that changed at this offset or later; `everything` where that is not known in detail. */
  since(offset: bigint): readonly string[] | 'everything' {
    if (offset < this.#from) return 'everything'
    return [...this.#changes].filter(([, at]) => at >= offset).map(([cve]) => cve)
  }
}
