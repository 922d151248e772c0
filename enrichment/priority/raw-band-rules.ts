import { BANDS, type PriorityBand } from '../../schemas/records.ts'
import { ITEMS, LADDERS, type Item, type Rung } from '../evidence.ts'
import { bodTimeline, isPublic } from './cve/bod.ts'
import { countedRung, RUNGS } from './point.ts'
import type { Condition, CountedItem, Level, Override, Tables } from './tables.ts'

export const BOD_FLOOR = 'floor-bod-26-04'

/** An override that holds: the condition that does, or for BOD 26-04 the days of the timeline. */
export interface HeldOverride {
  readonly id: string
  readonly band: PriorityBand
  readonly when?: Condition
  readonly days?: 3 | 14 | 60
}

/** One condition of an override, with the digits that meet it, as a mask, for each ladder that it names. */
export interface Rule {
  readonly held: HeldOverride
  readonly band: number
  readonly tests: readonly { readonly place: number; readonly mask: number }[]
}

/**
 * The tables by digits, so that millions of points can be evaluated. A digit is the number of a rung, or one more than the highest
 * for unknown; its entry is then that of what unknown counts as. A band's number is its place in BANDS.
 */
export interface Rules {
  /** By exposure and exploitability. */
  readonly likelihood: readonly (readonly Level[])[]
  readonly identity: readonly Level[]
  readonly data: readonly Level[]
  readonly asset: readonly Level[]
  /** By likelihood and consequence, each less one. */
  readonly bands: readonly (readonly number[])[]
  readonly severityStep: readonly (-1 | 0 | 1)[]
  readonly severityDefault: readonly number[]
  readonly ceilings: readonly Rule[]
  readonly floors: readonly Rule[]
  /** By what is known of the CVE, see cveForm, and by exposure. */
  readonly bod: readonly (readonly (Rule | undefined)[])[]
}

const LEVELS: readonly Level[] = [1, 2, 3, 4]
const SEVERITIES = [...LADDERS.severity, 'unknown'] as const
/** No CVE, then one by its three answers. */
const CVE_FORMS = 9

export function rulesOf(tables: Tables): Rules {
  const exposures = countedRungs('exposure', tables)
  const exploitabilities = countedRungs('exploitability', tables)
  const overrides = Object.entries(tables.overrides)
  const { identity, data, asset } = tables.consequence
  return {
    likelihood: exposures.map((exposure) => exploitabilities.map((each) => tables.likelihood[exposure][each])),
    identity: countedRungs('identity', tables).map((rung) => identity[rung]),
    data: countedRungs('data', tables).map((rung) => data[rung]),
    asset: countedRungs('asset', tables).map((rung) => asset[rung]),
    bands: LEVELS.map((likelihood) => LEVELS.map((level) => BANDS.indexOf(tables.bands[likelihood][level]))),
    severityStep: SEVERITIES.map((each) => (each === 'unknown' ? 0 : tables.severityStep[each])),
    severityDefault: SEVERITIES.map((each) => BANDS.indexOf(tables.severityDefault[each])),
    ceilings: overrides.flatMap(([id, each]) =>
      'ceiling' in each ? rulesOfOverride(id, each.ceiling, each, tables) : [],
    ),
    floors: overrides.flatMap(([id, each]) => ('floor' in each ? rulesOfOverride(id, each.floor, each, tables) : [])),
    bod: Array.from({ length: CVE_FORMS }, (_, form) => exposures.map((each) => bodRule(form, each, tables))),
  }
}

/** 0 for what is no CVE; what is not known of one counts as its safest. */
export function cveForm(kev: boolean, automatable: boolean, total: boolean): number {
  return 1 + Number(kev) + 2 * Number(automatable) + 4 * Number(total)
}

/** The rung that each digit of a ladder counts as, unknown the last. */
function countedRungs<I extends CountedItem>(item: I, tables: Tables): readonly Rung<I>[] {
  return [...LADDERS[item], tables.unknown[item]] as readonly Rung<I>[]
}

function rulesOfOverride(id: string, band: PriorityBand, { when }: Override, tables: Tables): Rule[] {
  return when.map((condition) => ({
    held: { id, band, when: condition },
    band: BANDS.indexOf(band),
    tests: ITEMS.flatMap((item, place) => {
      const bound = condition[item]
      return bound === undefined ? [] : [{ place, mask: maskOf(item, bound, tables) }]
    }),
  }))
}

type Bound = { readonly atLeast: Rung } | { readonly atMost: Rung }

/** Bit d is set where digit d meets the bound. An unknown severity meets none. */
function maskOf(item: Item, bound: Bound, tables: Tables): number {
  const rungs: readonly string[] = RUNGS[item]
  const meets = (rung: number): boolean =>
    'atLeast' in bound ? rung >= rungs.indexOf(bound.atLeast) : rung <= rungs.indexOf(bound.atMost)
  const unknown = item !== 'severity' && meets(countedRung(item, tables))
  return rungs.reduce((mask, _, rung) => mask | (Number(meets(rung)) << rung), Number(unknown) << rungs.length)
}

function bodRule(form: number, exposure: Rung<'exposure'>, tables: Tables): Rule | undefined {
  if (form === 0) return undefined
  const answers = form - 1
  const exposed = isPublic(exposure)
  const { days } = bodTimeline({
    kev: (answers & 1) > 0,
    exposed,
    automatable: (answers & 2) > 0,
    technicalImpact: (answers & 4) > 0 ? 'total' : 'partial',
  })
  if (days === undefined) return undefined
  const asTheTable = BANDS.indexOf(tables.bod[days])
  const band = exposed || tables.profile === 'bod' ? asTheTable : Math.max(asTheTable, BANDS.indexOf('P2'))
  return { held: { id: BOD_FLOOR, band: BANDS[band]!, days }, band, tests: [] }
}
