import type { Coordinate, Point } from './point.ts'
import type { Tables } from './tables.ts'

/** What is known of a finding, by the words of the configuration; what is absent is unknown. */
export type Facts = { readonly [C in Coordinate]?: string | undefined } & { readonly isCve: boolean }

/** The ladders, written a second time. */
export const WORDS: Readonly<Record<Coordinate, readonly string[]>> = {
  exposure: ['none', 'internal', 'cross_boundary', 'internet_restricted', 'internet', 'internet_sensitive'],
  exploitability: ['hygiene', 'conditional', 'easy', 'active'],
  identity: ['none', 'scoped', 'broad', 'admin'],
  data: ['none', 'internal', 'confidential', 'restricted'],
  path: ['none', 'partial', 'long', 'short', 'completes'],
  asset: ['sandbox', 'dev', 'normal', 'prod', 'crown_jewel'],
  severity: ['informational', 'low', 'medium', 'high', 'critical'],
  anonymousAccess: ['no', 'read', 'write'],
  liveSecret: ['no', 'yes', 'readable'],
  kev: ['no', 'yes'],
  automatable: ['no', 'yes'],
  technicalImpact: ['partial', 'total'],
}
const OF_A_CVE: readonly string[] = ['kev', 'automatable', 'technicalImpact']
const COUNTED = ['exposure', 'exploitability', 'identity', 'data', 'path', 'asset'] as const
type Cells = Readonly<Record<string, Readonly<Record<string, unknown>>>>

function coordinatesOf({ isCve }: Pick<Facts, 'isCve'>): readonly Coordinate[] {
  return (Object.keys(WORDS) as Coordinate[]).filter((each) => isCve || !OF_A_CVE.includes(each))
}

/** What answers the band of any facts before any hold, 1 to 4. */
export type Plainly = (facts: Facts) => number

/**
 * An evaluation of any tables that is as plain as the model reads and shares no code with the evaluator, so that what is said
 * of tables can be checked by it.
 */
export function plainly(tables: Tables): Plainly {
  const overrides = Object.values(tables.overrides).map((each) => ({
    ceiling: 'ceiling' in each ? numberOf(each.ceiling) : 1,
    floor: 'floor' in each ? numberOf(each.floor) : 4,
    isMet: each.when.map((condition) => conditionOf(condition, tables)),
  }))
  const cells = tables.likelihood as Cells
  const consequence = tables.consequence as Cells
  return (facts) => {
    const defaultBand = numberOf(tables.severityDefault[(facts.severity ?? 'unknown') as 'unknown'])
    if (nothingButSeverity(facts)) return defaultBand
    const { unknown } = tables
    const likelihood = cells[facts.exposure ?? unknown.exposure]![facts.exploitability ?? unknown.exploitability]
    const worst = Math.max(
      consequence['identity']![facts.identity ?? unknown.identity] as number,
      consequence['data']![facts.data ?? unknown.data] as number,
      consequence['asset']![facts.asset ?? unknown.asset] as number,
    )
    let band = numberOf((tables.bands as Cells)[String(likelihood)]![worst] as string)
    if (facts.severity !== undefined) band -= (tables.severityStep as Readonly<Record<string, number>>)[facts.severity]!
    band = Math.min(4, Math.max(1, band))
    const held = overrides.filter(({ isMet }) => isMet.some((met) => met(facts)))
    for (const { ceiling } of held) band = Math.max(band, ceiling)
    if (facts.exposure === undefined || facts.exploitability === undefined) band = Math.min(band, defaultBand)
    for (const { floor } of held) band = Math.min(band, floor)
    return Math.min(band, floorOfCve(facts, tables))
  }
}

function nothingButSeverity(facts: Facts): boolean {
  const raised = (facts.anonymousAccess ?? 'no') !== 'no' || (facts.liveSecret ?? 'no') !== 'no'
  return !facts.isCve && !raised && COUNTED.every((item) => facts[item] === undefined)
}

function conditionOf(condition: object, tables: Tables): (facts: Facts) => boolean {
  const bounds = Object.entries(condition as Cells).map(([name, bound]) => {
    const item = name as Coordinate
    const instead = name === 'severity' ? '' : ((tables.unknown as Readonly<Record<string, string>>)[name] ?? 'no')
    const limit = WORDS[item].indexOf(String(bound['atLeast'] ?? bound['atMost']))
    const allowed = 'atLeast' in bound ? WORDS[item].slice(limit) : WORDS[item].slice(0, limit + 1)
    return { item, instead, allowed }
  })
  return (facts) => bounds.every(({ item, instead, allowed }) => allowed.includes(facts[item] ?? instead))
}

/** BOD 26-04, by its rows. */
function floorOfCve(facts: Facts, tables: Tables): number {
  if (!facts.isCve) return 4
  const exposed = ['internet', 'internet_sensitive'].includes(facts.exposure ?? tables.unknown.exposure)
  const row = [facts.kev === 'yes', exposed, facts.automatable === 'yes'].map((each) => (each ? 'y' : 'n')).join('')
  const total = facts.technicalImpact === 'total'
  const days = { nnn: '', nny: '60', nyn: total ? '14' : '60', nyy: total ? '3' : '14', ynn: '14' }[row]
  const late = days ?? (row === 'yyy' || total ? '3' : '14')
  if (late === '') return 4
  const band = numberOf(tables.bod[late as '3'])
  return exposed || tables.profile === 'bod' ? band : Math.max(2, band)
}

function numberOf(band: string): number {
  return Number(band.slice(1))
}

/** A point in the words of the configuration. */
export function factsAt(point: Point): Facts {
  const isCve = point.isCve
  const known = coordinatesOf({ isCve }).filter((each) => point.isKnown(each))
  return { isCve, ...Object.fromEntries(known.map((each) => [each, WORDS[each][point.at(each)]])) }
}

/** Facts with one of them replaced; undefined makes it unknown. */
export function withFact(facts: Facts, coordinate: Coordinate, value: string | undefined): Facts {
  return { ...facts, [coordinate]: value }
}

/** The first offence against the model that can be seen from here, in words: one step worse, or not knowing one thing. */
export function offenceAt(facts: Facts, bandOf: Plainly): string | undefined {
  const here = bandOf(facts)
  for (const each of coordinatesOf(facts)) {
    const [words, value] = [WORDS[each], facts[each]]
    const next = value === undefined ? undefined : words[words.indexOf(value) + 1]
    if (next !== undefined && bandOf(withFact(facts, each, next)) > here) return `${each} from ${value} to ${next}`
    if (value === words[0] && bandOf(withFact(facts, each, undefined)) > here) return `${each} unknown`
  }
  return undefined
}

/** Everything that can be known of what is no CVE, flags included where they are wanted. */
export function* everythingKnown({ flags }: { readonly flags: boolean }): Generator<Facts> {
  const names = coordinatesOf({ isCve: false })
  const facts: Record<string, unknown> = { isCve: false }
  function* vary(depth: number): Generator<Facts> {
    const name = names[depth]
    if (name === undefined) {
      yield { ...facts } as Facts
      return
    }
    const quiet = !flags && (name === 'anonymousAccess' || name === 'liveSecret')
    for (const value of quiet ? ['no'] : WORDS[name]) {
      facts[name] = value
      yield* vary(depth + 1)
    }
  }
  yield* vary(0)
}

/** What is wrong with tables, as far as it shows where nothing or one thing is known. */
export function plainMistake(tables: Tables): string | undefined {
  const { weights, dueDays, bod } = tables
  const bandOf = plainly(tables)
  if (Object.values(weights).every((each) => each === 0)) return 'weights'
  if (dueDays.P1 > dueDays.P2 || dueDays.P2 > dueDays.P3 || dueDays.P3 > dueDays.P4) return 'due days'
  if (bod[3] > bod[14] || bod[14] > bod[60]) return 'timelines'
  const safe = COUNTED.find((item) => tables.unknown[item] === WORDS[item][0])
  if (safe !== undefined) return `unknown ${safe}`
  for (const severity of [...WORDS.severity, undefined]) {
    const nothing = withFact({ isCve: false }, 'severity', severity)
    for (const facts of [nothing, ...COUNTED.map((item) => withFact(nothing, item, WORDS[item][0]))]) {
      const offence = offenceAt(facts, bandOf)
      if (offence !== undefined) return `${offence} at ${JSON.stringify(facts)}`
    }
  }
  return undefined
}
