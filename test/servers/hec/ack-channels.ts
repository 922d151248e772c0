interface Channel {
  next: number
  /** When each acknowledgement that waits to be asked for becomes true. */
  readonly pending: Map<number, number>
  usedAt: number
}

export interface AckLimits {
  readonly maxIdleMs: number
  readonly maxPending: number
}

/** The acknowledgements of one node, in memory only, as Splunk keeps them. A channel belongs to its token. */
export class AckChannels {
  readonly #limits: AckLimits
  readonly #channels = new Map<string, Channel>()

  constructor(limits: AckLimits) {
    this.#limits = limits
  }

  /** Whether the channel may take no more before its client asks for some. */
  isFull(token: string, channel: string): boolean {
    return (this.#find(token, channel)?.pending.size ?? 0) >= this.#limits.maxPending
  }

  /** A new number, from 0 in each channel. It becomes true after `delayMs`, which may be Infinity. */
  issue(token: string, channel: string, delayMs: number): number {
    const found = this.#find(token, channel) ?? { next: 0, pending: new Map<number, number>(), usedAt: 0 }
    this.#channels.set(keyOf(token, channel), found)
    found.usedAt = performance.now()
    found.pending.set(found.next, found.usedAt + delayMs)
    found.next += 1
    return found.next - 1
  }

  /** Whether what each number stands for is indexed. A true is told once; what is not known here is false. */
  ask(token: string, channel: string, ids: readonly number[]): Record<string, boolean> {
    const now = performance.now()
    const found = this.#find(token, channel)
    if (found) found.usedAt = now
    return Object.fromEntries(
      ids.map((id) => {
        const indexed = (found?.pending.get(id) ?? Infinity) <= now
        if (indexed) found?.pending.delete(id)
        return [String(id), indexed]
      }),
    )
  }

  /** As a restart does: the numbers begin at 0 again. */
  forget(): void {
    this.#channels.clear()
  }

  #find(token: string, channel: string): Channel | undefined {
    const key = keyOf(token, channel)
    const found = this.#channels.get(key)
    if (found && performance.now() - found.usedAt > this.#limits.maxIdleMs) {
      this.#channels.delete(key)
      return undefined
    }
    return found
  }
}

function keyOf(token: string, channel: string): string {
  return `${token} ${channel.toLowerCase()}`
}
