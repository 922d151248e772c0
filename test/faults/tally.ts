import { stateAfter } from './statements.ts'

/** How many of a kind are named. */
const SHOWN = 5

/** What a place holds of the revisions that it should hold. */
export interface Discrepancies {
  /** Revisions that are nowhere in it. */
  readonly lost: readonly string[]
  /** Revisions that stand in it again, once for each time. */
  readonly doubled: readonly string[]
  /** Revisions that nobody stated. */
  readonly unknown: readonly string[]
  /** Revisions that stand behind a higher one of their finding. */
  readonly disordered: readonly string[]
  /** Revisions in another state than their statement leads to. */
  readonly turned: readonly string[]
}

/** Every revision that a place holds, in its order: nothing of it is believed before it is compared. */
export class Tally {
  readonly #revisions = new Map<string, number[]>()
  readonly #turned: string[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  add(key: string, revision: number, state: string): void {
    this.#count += 1
    const revisions = this.#revisions.get(key)
    if (revisions === undefined) this.#revisions.set(key, [revision])
    else revisions.push(revision)
    if (state !== stateAfter(revision)) this.#turned.push(`${key} ${revision} is ${state}`)
  }

  /** Holds this against the statements that were made: by finding, the number of the last. Each makes one revision. */
  compare(statements: ReadonlyMap<string, number>): Discrepancies {
    const lost: string[] = []
    const doubled: string[] = []
    const unknown: string[] = []
    const disordered: string[] = []
    for (const [key, last] of statements) {
      const held = new Set(this.#revisions.get(key))
      for (let revision = 1; revision <= last; revision++) if (!held.has(revision)) lost.push(`${key} ${revision}`)
    }
    for (const [key, revisions] of this.#revisions) {
      const last = statements.get(key) ?? 0
      const seen = new Set<number>()
      let highest = 0
      for (const revision of revisions) {
        const name = `${key} ${revision}`
        if (!(revision >= 1 && revision <= last)) unknown.push(name)
        if (seen.has(revision)) doubled.push(name)
        else if (revision < highest) disordered.push(name)
        seen.add(revision)
        highest = Math.max(highest, revision)
      }
    }
    return { lost, doubled, unknown, disordered, turned: this.#turned }
  }
}

/** One sentence for each kind of discrepancy that there is. */
export function complaints(where: string, found: Discrepancies): string[] {
  return Object.entries(found).flatMap(([kind, names]) =>
    (names as readonly string[]).length === 0 ? [] : `${where}: ${some(kind, names as readonly string[])}`,
  )
}

/** What is newest of each finding. */
export interface Newest {
  readonly revision: number
  readonly state: string
}

/** One sentence where a place's newest revisions are not those of the last statements. */
export function staleness(
  where: string,
  newest: ReadonlyMap<string, Newest>,
  statements: ReadonlyMap<string, number>,
): string[] {
  const stale = [...statements].flatMap(([key, last]) => {
    const { revision, state } = newest.get(key) ?? { revision: 0, state: 'missing' }
    return revision === last && state === stateAfter(last) ? [] : `${key} ${revision} ${state}, not ${last}`
  })
  return stale.length === 0 ? [] : [`${where}: ${some('not the newest', stale)}`]
}

function some(kind: string, names: readonly string[]): string {
  return `${names.length} ${kind} (${names.slice(0, SHOWN).join('; ')}${names.length > SHOWN ? '; …' : ''})`
}
