import { HEC_CODES, type HecCode } from './codes.ts'
import type { NextOptions } from './options.ts'

/** How one request with events is to go, whatever it holds. */
export interface ProvokedFault {
  readonly code: HecCode
  readonly indexed: boolean
  readonly retryAfter: string | undefined
}

/** What tests have asked to go wrong. */
export class ProvokedFaults {
  readonly #next: ProvokedFault[] = []
  /** Nothing that comes in now is ever acknowledged. */
  neverAck = false
  health: 17 | 18 | 19 | 20 = 17

  add(count: number, code: HecCode, { retryAfter, indexed = HEC_CODES[code].status === 200 }: NextOptions = {}): void {
    for (let i = 0; i < count; i += 1) this.#next.push({ code, indexed, retryAfter })
  }

  take(): ProvokedFault | undefined {
    return this.#next.shift()
  }

  clear(): void {
    this.#next.length = 0
    this.neverAck = false
    this.health = 17
  }
}
