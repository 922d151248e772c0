import type { Rung } from '../../evidence.ts'
import type { Exposure, Hop, Route } from '../../exposure.ts'
import type { Named, Reading } from '../reading.ts'
import { rank } from '../worst-of.ts'
import type { Access } from './grant.ts'
import type { Opening } from './opening.ts'
import { standingOf, type Standing } from './standing.ts'

/** All that was found out about who gets at an asset. */
export interface Findings {
  readonly openings: readonly Opening[]
  readonly closedBy: readonly Hop[]
  /** Whether an unsigned caller and its data are a question here. */
  readonly holdsData: boolean
}

type Exposed = Rung<'exposure'>

const MOST_ROUTES = 20
const MOST_MISSING = 20
/** Where unknown stands: above everything up to here, below the rest. */
const BELOW_UNKNOWN = rank('cross_boundary')

/**
 * The exposure that some openings come to. What is sure is the least it can be, and what is possible the most; where the two
 * differ, the answer is what is worse up to another account's reach, what is proved from there on, and else unknown.
 */
export function settle(reading: Reading, asset: Named, { openings, closedBy, holdsData }: Findings): Exposure {
  const standings = openings
    .map((opening) => ({ opening, standing: standingOf(reading, asset, opening) }))
    .toSorted((one, other) => order(other) - order(one))
  const least = worst(standings.flatMap(({ opening, standing }) => (opening.answer === 'yes' ? standing.least : [])))
  const most = worst(standings.map(({ standing }) => standing.most))
  const missing = standings.flatMap(({ opening, standing }) => [...opening.missing, ...standing.missing])
  return {
    value: valueOf(least, most),
    certainty: least === most ? 'certain' : 'possible',
    routes: standings.flatMap(({ opening, standing }) => routeOf(opening, standing)).slice(0, MOST_ROUTES),
    closedBy: rank(most) < rank('internet') || least !== most ? closedBy : [],
    ...(holdsData ? { anonymous: anonymousOf(openings) } : {}),
    inputs: reading.inputs(),
    missing: least === most ? [] : [...new Set(missing)].slice(0, MOST_MISSING),
  }
}

interface Placed {
  readonly opening: Opening
  readonly standing: Standing
}

function order({ opening, standing }: Placed): number {
  return rank(standing.most) * 2 + Number(opening.answer === 'yes')
}

function worst(rungs: readonly Exposed[]): Exposed {
  return rungs.reduce((one, other) => (rank(other) > rank(one) ? other : one), 'none')
}

function valueOf(least: Exposed, most: Exposed): Exposed | undefined {
  if (rank(most) <= BELOW_UNKNOWN) return most
  return rank(least) > BELOW_UNKNOWN ? least : undefined
}

/** Nothing is a way in that leads nobody from outside in. */
function routeOf({ answer, hops }: Opening, { least, most, from }: Standing): readonly Route[] {
  if (most === 'none') return []
  const certainty = answer === 'yes' && least === most ? 'certain' : 'possible'
  return [{ from, protocol: 'https', ports: ['443'], hops, certainty }]
}

/** What may be done with the data by a request that nobody signed, from anywhere. */
function anonymousOf(openings: readonly Opening[]): NonNullable<Exposure['anonymous']> {
  const unsigned = openings.filter(({ who }) => who.kind === 'anyone')
  const may = (access: Access, answer: Opening['answer']): boolean =>
    unsigned.some((each) => each.access === access && each.answer === answer)
  if (may('write', 'yes')) return 'write'
  if (may('read', 'yes')) return 'read'
  return may('write', 'unknown') || may('read', 'unknown') ? 'unknown' : 'no'
}
