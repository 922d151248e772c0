/** Which accounts have assets that name each other, and how often. */
export class AccountLinks {
  readonly #links = new Map<string, Map<string, number>>()

  add(one: string, other: string): void {
    this.#change(one, other, 1)
    this.#change(other, one, 1)
  }

  remove(one: string, other: string): void {
    this.#change(one, other, -1)
    this.#change(other, one, -1)
  }

  /** The account and all that hang together with it, directly or over others. */
  reach(account: string): ReadonlySet<string> {
    const reached = new Set([account])
    for (const each of reached) for (const other of this.#links.get(each)?.keys() ?? []) reached.add(other)
    return reached
  }

  #change(from: string, to: string, by: number): void {
    const links = this.#links.get(from) ?? new Map<string, number>()
    const count = (links.get(to) ?? 0) + by
    if (count > 0) links.set(to, count)
    else links.delete(to)
    if (links.size > 0) this.#links.set(from, links)
    else this.#links.delete(from)
  }
}
