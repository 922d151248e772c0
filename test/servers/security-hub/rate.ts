import type { HubOperation, HubPlace } from './options.ts'

interface Rate {
  /** Calls a second. */
  readonly steady: number
  readonly burst: number
}

const ORDINARY: Rate = { steady: 10, burst: 30 }
/**
 * AWS's documented rates, of each account in each region. It documents none for GetFindingsV2 by name, which would make
 * it one of "all other operations"; here it is held to those of GetFindings, the stricter.
 */
const RATES: Partial<Readonly<Record<HubOperation, Rate>>> = {
  GetFindings: { steady: 3, burst: 6 },
  GetFindingsV2: { steady: 3, burst: 6 },
}

interface Bucket {
  tokens: number
  filledAt: number
  /** When the calls of the last second came. */
  recent: number[]
  peak: number
}

/** A token bucket for each operation of each account and region. Time passes in it `factor` times as fast. */
export class RateLimits {
  readonly #factor: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(factor: number) {
    this.#factor = factor
  }

  /** Whether a call may go on; it counts for the peak either way. */
  admits(operation: HubOperation, { account, region }: HubPlace, now = performance.now()): boolean {
    const { steady, burst } = RATES[operation] ?? ORDINARY
    const key = `${operation} ${account} ${region}`
    const bucket = this.#buckets.get(key) ?? { tokens: burst, filledAt: now, recent: [], peak: 0 }
    this.#buckets.set(key, bucket)
    this.#count(bucket, now)
    if (this.#factor === Infinity) return true
    const seconds = ((now - bucket.filledAt) / 1000) * this.#factor
    bucket.tokens = Math.min(burst, bucket.tokens + seconds * steady)
    bucket.filledAt = now
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }

  /** The most calls within one second, of the bucket that had most. */
  peak(operation: HubOperation): number {
    const peaks = [...this.#buckets].filter(([key]) => key.startsWith(`${operation} `)).map(([, { peak }]) => peak)
    return Math.max(0, ...peaks)
  }

  #count(bucket: Bucket, now: number): void {
    const second = this.#factor === Infinity ? 1000 : 1000 / this.#factor
    bucket.recent.push(now)
    while (bucket.recent[0]! <= now - second) bucket.recent.shift()
    bucket.peak = Math.max(bucket.peak, bucket.recent.length)
  }
}
