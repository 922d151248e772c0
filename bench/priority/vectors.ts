import { ITEMS, LADDERS, type EvidenceVector } from '../../enrichment/evidence.ts'

const SEED = 7
/** How often an item is known, in percent, once every source of evidence answers. */
const KNOWN = 70
const CERTAIN = 80
const OF_A_CVE = 25

/** So many vectors of evidence as a whole context would give them: most items known, each in its own way; always the same. */
export function wholeContexts(count: number): EvidenceVector[] {
  const next = random(SEED)
  const happens = (percent: number): boolean => next() * 100 < percent
  const answer = (): boolean | undefined => (happens(KNOWN) ? happens(30) : undefined)
  return Array.from({ length: count }, () => {
    const known = ITEMS.filter((item) => item === 'severity' || happens(KNOWN))
    const items = known.map((item) => {
      const rungs: readonly string[] = LADDERS[item]
      const evidence = {
        value: rungs[Math.floor(next() * rungs.length)],
        certainty: happens(CERTAIN) ? 'certain' : 'possible',
        source: 'graph',
        evidence: [`${item} by the first hop`, `${item} by the second`],
      }
      return [item, evidence]
    })
    const cve = { uid: 'CVE-2025-1000', ...definedOf({ kev: answer(), automatable: answer() }), epss: next() }
    return { ...(Object.fromEntries(items) as EvidenceVector), ...(happens(OF_A_CVE) ? { cve } : {}) }
  })
}

function definedOf<T extends object>(answers: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const known = Object.entries(answers).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** Numbers of 0 to 1, by a linear congruence: the same for every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
