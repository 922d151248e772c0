import { PermanentError } from '../../core/errors.ts'
import type { Delivery } from '../sink.ts'

export const DELIVERED: Delivery = { status: 'delivered' }

export function failed(error: Error): Delivery {
  return { status: 'failed', error }
}

/** Gathers what becomes of findings, each by its key. */
export class Outcomes {
  readonly #settled = new Map<string, Delivery>()

  /** Of several answers for one finding the worst counts: while it may still be taken, nothing final is said of it. */
  settle(key: string, outcome: Delivery): void {
    const before = this.#settled.get(key) ?? DELIVERED
    this.#settled.set(key, worse(before, outcome))
  }

  of(key: string): Delivery | undefined {
    return this.#settled.get(key)
  }

  get size(): number {
    return this.#settled.size
  }
}

function worse(one: Delivery, other: Delivery): Delivery {
  if (other.status === 'delivered') return one
  return one.status === 'delivered' || one.error instanceof PermanentError ? other : one
}
