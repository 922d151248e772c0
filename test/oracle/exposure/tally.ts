import type { Rung } from '../../../enrichment/evidence.ts'
import type { Stretch } from './addresses.ts'
import type { Answer } from './three.ts'

export type Exposed = Rung<'exposure'>

/** What is true of an asset in every world that fits the documents: at least the one rung, at most the other. */
export interface Truth {
  readonly least: Exposed
  readonly most: Exposed
}

const ORDER: readonly Exposed[] = [
  'none',
  'internal',
  'cross_boundary',
  'internet_restricted',
  'internet',
  'internet_sensitive',
]

const higher = (one: Exposed, other: Exposed): Exposed => (ORDER.indexOf(one) >= ORDER.indexOf(other) ? one : other)

export const isAtLeast = (one: Exposed, other: Exposed): boolean => ORDER.indexOf(one) >= ORDER.indexOf(other)

export const worst = (truths: readonly Truth[]): Truth => ({
  least: truths.map(({ least }) => least).reduce(higher, 'none'),
  most: truths.map(({ most }) => most).reduce(higher, 'none'),
})

export const exactly = (rung: Exposed): Truth => ({ least: rung, most: rung })

/** Of which kind a way is: `sensitive` by its port; `screened`: a login stands before it. */
export type Kind = 'plain' | 'sensitive' | 'screened'

/** Counts the addresses from which packets come through. */
export class Tally {
  readonly #passed = new Map<string, Map<string, Stretch>>()
  #least: Exposed = 'none'
  #most: Exposed = 'none'

  /** Packets from the whole stretch came through, or may. */
  outside(answer: Answer, kind: Kind, stretch: Stretch): void {
    if (answer === 'yes') this.#note(`yes ${kind}`, stretch)
    if (answer !== 'no') this.#note(`perhaps ${kind}`, stretch)
  }

  inside(answer: Answer, rung: 'internal' | 'cross_boundary'): void {
    if (answer === 'yes') this.#least = higher(this.#least, rung)
    if (answer !== 'no') this.#most = higher(this.#most, rung)
  }

  truth(): Truth {
    return { least: higher(this.#least, this.#outer('yes')), most: higher(this.#most, this.#outer('perhaps')) }
  }

  #note(key: string, stretch: Stretch): void {
    const stretches = this.#passed.get(key) ?? new Map<string, Stretch>()
    this.#passed.set(key, stretches.set(`${stretch.family} ${stretch.first}`, stretch))
  }

  #outer(certainty: 'yes' | 'perhaps'): Exposed {
    const of = (...kinds: readonly Kind[]): Stretch[] => [
      ...new Map(kinds.flatMap((kind) => [...(this.#passed.get(`${certainty} ${kind}`) ?? [])])).values(),
    ]
    if (isAnyone(of('sensitive'))) return 'internet_sensitive'
    if (isAnyone(of('sensitive', 'plain'))) return 'internet'
    return of('sensitive', 'plain', 'screened').length > 0 ? 'internet_restricted' : 'none'
  }
}

/** More than 2^24 addresses of IPv4, or more than a /32 of IPv6. */
export function isAnyone(stretches: readonly Stretch[]): boolean {
  const size = (family: 4 | 6): bigint =>
    stretches.filter((each) => each.family === family).reduce((sum, each) => sum + each.size, 0n)
  return size(4) > 1n << 24n || size(6) > 1n << 96n
}
