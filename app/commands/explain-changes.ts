import { InvalidArgumentError } from 'commander'
import type { CveEvidence, EvidenceVector, Item } from '../../enrichment/evidence.ts'
import { COORDINATES, CVE_LADDERS, RUNGS, type Coordinate, type CveItem } from '../../enrichment/priority/point.ts'
import { suggestion } from '../config/nearest.ts'
import { UsageError } from '../usage-error.ts'

const UNKNOWN = 'unknown'
const SOURCE = 'what if'

/** Something that is taken to be so. */
export interface Change {
  readonly item: Coordinate
  /** A rung of the item, or `unknown`. */
  readonly rung: string
}

/** Reads one `exposure=none` after others. Throws what commander tells as wrong usage, with the words there are. */
export function addChange(text: string, changes: readonly Change[] = []): readonly Change[] {
  const [item = '', ...rest] = text.split('=').map((word) => word.trim())
  const rung = rest.join('=')
  if (!isCoordinate(item)) throw new InvalidArgumentError(`No such item: ${item}; ${suggestion(item, COORDINATES)}`)
  const rungs = [...RUNGS[item], UNKNOWN]
  if (!rungs.includes(rung)) {
    const problem = rung === '' ? `Say what ${item} is to be` : `${item} is never ${rung}`
    throw new InvalidArgumentError(`${problem}; write one of: ${rungs.map((each) => `${item}=${each}`).join(', ')}`)
  }
  if (changes.some((change) => change.item === item))
    throw new InvalidArgumentError(`${item} stands here twice; it can be one thing only.`)
  return [...changes, { item, rung }]
}

/** The evidence as it would be. Throws a UsageError where a CVE is asked about and there is none. */
export function withChanges(vector: EvidenceVector, changes: readonly Change[]): EvidenceVector {
  return changes.reduce<EvidenceVector>(
    (changed, { item, rung }) => (isOfCve(item) ? withCve(changed, item, rung) : withItem(changed, item, rung)),
    vector,
  )
}

/** `exposure is none and data is restricted` */
export function changesInWords(changes: readonly Change[]): string {
  return changes.map(({ item, rung }) => `${item} is ${rung}`).join(' and ')
}

function withItem(vector: EvidenceVector, item: Item, rung: string): EvidenceVector {
  const { [item]: _, ...rest } = vector
  return rung === UNKNOWN ? rest : { ...rest, [item]: { value: rung, certainty: 'certain', source: SOURCE } }
}

function withCve(vector: EvidenceVector, item: CveItem, rung: string): EvidenceVector {
  const { cve } = vector
  if (cve === undefined) throw new UsageError(`this finding is about no CVE: ${item} does not concern it`)
  const { [item]: _, ...rest } = cve
  return { ...vector, cve: rung === UNKNOWN ? rest : { ...rest, ...answer(item, rung) } }
}

function answer(item: CveItem, rung: string): Partial<CveEvidence> {
  if (item === 'technicalImpact') return { technicalImpact: rung === 'total' ? 'total' : 'partial' }
  return { [item]: rung === 'yes' }
}

function isCoordinate(word: string): word is Coordinate {
  return (COORDINATES as readonly string[]).includes(word)
}

function isOfCve(item: Coordinate): item is CveItem {
  return item in CVE_LADDERS
}
