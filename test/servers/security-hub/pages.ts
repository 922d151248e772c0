import { randomBytes } from 'node:crypto'
import type { Json } from './checks.ts'
import { HubRefusal } from './codes.ts'
import type { HubFaults } from './faults.ts'
import type { HubPlace } from './options.ts'
import type { StoredFinding } from './store.ts'

const MOST_RESULTS = 100

interface Cursor {
  readonly query: string
  readonly found: readonly StoredFinding[]
  readonly offset: number
  readonly issuedAt: number
}

export interface Page {
  readonly findings: readonly StoredFinding[]
  readonly nextToken: string | undefined
}

/**
 * The pages of queries. A NextToken stands for a query and a place in what it found when its first page was asked for; the
 * findings of later pages are shown as they then are.
 */
export class Pages {
  readonly #lifeMs: number
  readonly #clock: () => number
  readonly #faults: HubFaults
  readonly #cursors = new Map<string, Cursor>()

  constructor({ lifeMs, clock, faults }: { lifeMs: number; clock: () => number; faults: HubFaults }) {
    this.#lifeMs = lifeMs
    this.#clock = clock
    this.#faults = faults
  }

  /**
   * The page that `input` asks for; `find` is called for a first one. Throws `exception` for a NextToken that is not, or no
   * more, good, or was given out for another query or in another place.
   */
  page(input: Json, place: HubPlace, exception: string, find: () => readonly StoredFinding[]): Page {
    const { NextToken, MaxResults = MOST_RESULTS, ...query } = input
    if (typeof MaxResults !== 'number' || !Number.isInteger(MaxResults) || MaxResults < 1 || MaxResults > MOST_RESULTS)
      throw new HubRefusal(exception, `Invalid parameter: MaxResults must be between 1 and ${MOST_RESULTS}`)
    const asked = JSON.stringify([place.account, place.region, MaxResults, exception, query])
    const cursor =
      NextToken === undefined
        ? { query: asked, found: find(), offset: 0, issuedAt: this.#clock() }
        : this.#cursorOf(NextToken, asked, exception)
    const end = cursor.offset + MaxResults
    const findings = cursor.found.slice(cursor.offset, end)
    if (typeof NextToken === 'string' && this.#faults.repeatedTokens > 0) {
      this.#faults.repeatedTokens -= 1
      return { findings, nextToken: NextToken }
    }
    if (end >= cursor.found.length) return { findings, nextToken: undefined }
    const nextToken = randomBytes(24).toString('base64')
    this.#cursors.set(nextToken, { ...cursor, offset: end, issuedAt: this.#clock() })
    return { findings, nextToken }
  }

  /** No NextToken given out so far is good any more. */
  expire(): void {
    this.#cursors.clear()
  }

  #cursorOf(token: unknown, asked: string, exception: string): Cursor {
    const cursor = this.#cursors.get(String(token))
    if (!cursor || this.#clock() - cursor.issuedAt > this.#lifeMs) {
      this.#cursors.delete(String(token))
      throw new HubRefusal(exception, 'Invalid parameter: NextToken is invalid or has expired')
    }
    if (cursor.query !== asked) throw new HubRefusal(exception, 'Invalid parameter: NextToken: Input Query has changed')
    return cursor
  }
}
