/**
 * The published model of the priority, written a second time and as plainly as it reads: what the evaluator makes of every
 * combination is held against this. It shares no code with it, and knows neither its tables nor how it counts.
 */

export interface Facts {
  exposure:
    | 'none'
    | 'internal'
    | 'cross_boundary'
    | 'internet_restricted'
    | 'internet'
    | 'internet_sensitive'
    | 'unknown'
  exploitability: 'hygiene' | 'conditional' | 'easy' | 'active' | 'unknown'
  identity: 'none' | 'scoped' | 'broad' | 'admin' | 'unknown'
  data: 'none' | 'internal' | 'confidential' | 'restricted' | 'unknown'
  path: 'none' | 'partial' | 'long' | 'short' | 'completes' | 'unknown'
  asset: 'sandbox' | 'dev' | 'normal' | 'prod' | 'crown_jewel' | 'unknown'
  severity: 'informational' | 'low' | 'medium' | 'high' | 'critical' | 'unknown'
  anonymousAccess: 'no' | 'read' | 'write' | 'unknown'
  liveSecret: 'no' | 'yes' | 'readable' | 'unknown'
  isCve: boolean
  kev: 'no' | 'yes' | 'unknown'
  automatable: 'no' | 'yes' | 'unknown'
  technicalImpact: 'partial' | 'total' | 'unknown'
}

/** 1 for P1 to 4 for P4, of the text's tables and overrides alone, before it is held between what its unknowns make of it. */
function bandByTheText(facts: Facts): number {
  const { exposure, exploitability } = facts
  if (knowsNothingButSeverity(facts)) return defaultOf(facts)
  let band = tableTwo(likelihood(facts), consequence(facts))

  if (facts.severity === 'critical' && band > 1) band = band - 1
  else if (facts.severity === 'low' && band < 4) band = band + 1

  if (facts.severity === 'informational') band = 4
  if (exposure === 'none' && facts.path === 'none' && exploitability !== 'active' && band < 3) band = 3

  if (exposure === 'unknown' || exploitability === 'unknown') band = Math.min(band, defaultOf(facts))

  return Math.min(band, floor(facts), bodFloor(facts))
}

function knowsNothingButSeverity(facts: Facts): boolean {
  if (facts.isCve || facts.exposure !== 'unknown' || facts.exploitability !== 'unknown') return false
  if (facts.identity !== 'unknown' || facts.data !== 'unknown' || facts.path !== 'unknown') return false
  if (facts.asset !== 'unknown') return false
  if (facts.anonymousAccess === 'read' || facts.anonymousAccess === 'write') return false
  return facts.liveSecret !== 'yes' && facts.liveSecret !== 'readable'
}

function defaultOf({ severity }: Facts): number {
  if (severity === 'critical') return 2
  if (severity === 'low' || severity === 'informational') return 4
  return 3
}

function likelihood({ exposure, exploitability }: Facts): number {
  const isConditional = exploitability === 'conditional' || exploitability === 'unknown'
  switch (exposure) {
    case 'none':
      return exploitability === 'active' ? 2 : 1
    case 'internal':
      if (exploitability === 'active') return 3
      return exploitability === 'easy' ? 2 : 1
    case 'cross_boundary':
    case 'unknown':
      if (exploitability === 'active') return 3
      return exploitability === 'hygiene' ? 1 : 2
    case 'internet_restricted':
      if (exploitability === 'hygiene') return 1
      return isConditional ? 2 : 3
    case 'internet':
      if (exploitability === 'hygiene') return 2
      return exploitability === 'active' ? 4 : 3
    case 'internet_sensitive':
      if (exploitability === 'hygiene') return 2
      return isConditional ? 3 : 4
  }
}

function consequence({ identity, data, asset }: Facts): number {
  if (identity === 'admin' || data === 'restricted' || asset === 'crown_jewel') return 4
  if (identity === 'broad' || data === 'confidential') return 3
  if (identity === 'scoped' || identity === 'unknown') return 2
  if (data === 'internal' || data === 'unknown') return 2
  return asset === 'sandbox' || asset === 'dev' ? 1 : 2
}

function tableTwo(likely: number, grave: number): number {
  if (likely === 1) return grave <= 2 ? 4 : 3
  if (likely === 2) {
    if (grave === 1) return 4
    return grave === 4 ? 2 : 3
  }
  if (likely === 3) {
    if (grave === 1) return 3
    return grave === 4 ? 1 : 2
  }
  return grave === 1 ? 2 : 1
}

function floor(facts: Facts): number {
  const { exposure, exploitability, identity, data, path } = facts
  const isOnInternet = exposure === 'internet' || exposure === 'internet_sensitive'
  const isEasy = exploitability === 'easy' || exploitability === 'active'
  const isConfidential = data === 'confidential' || data === 'restricted'

  if (isOnInternet && isEasy && (identity === 'broad' || identity === 'admin' || isConfidential)) return 1
  if ((facts.anonymousAccess === 'read' || facts.anonymousAccess === 'write') && isConfidential) return 1
  if (facts.liveSecret === 'readable' && identity === 'admin') return 1
  if (path === 'completes' && isEasy) return 1

  if (facts.liveSecret === 'readable') return 2
  if (path === 'completes') return 2
  // What is not known counts as across a boundary, which is above none.
  if (exploitability === 'active' && exposure !== 'none') return 2
  return 4
}

function bodFloor(facts: Facts): number {
  if (!facts.isCve) return 4
  const exposed = facts.exposure === 'internet' || facts.exposure === 'internet_sensitive'
  const timeline = bodDays(facts, exposed)
  const band = timeline === 3 ? 1 : timeline === 14 ? 2 : timeline === 60 ? 3 : 4
  return exposed ? band : Math.max(band, 2)
}

function bodDays({ kev, automatable, technicalImpact }: Facts, exposed: boolean): number {
  const total = technicalImpact === 'total'
  if (kev === 'yes') {
    if (exposed && automatable === 'yes') return 3
    if (exposed || automatable === 'yes') return total ? 3 : 14
    return 14
  }
  if (exposed) {
    if (automatable === 'yes') return total ? 3 : 14
    return total ? 14 : 60
  }
  return automatable === 'yes' ? 60 : Infinity
}

/** What each can be, the safest first and unknown last; from one combination to the next the last one changes first. */
const VALUES: { readonly [N in Exclude<keyof Facts, 'isCve'>]: readonly Facts[N][] } = {
  technicalImpact: ['partial', 'total', 'unknown'],
  automatable: ['no', 'yes', 'unknown'],
  kev: ['no', 'yes', 'unknown'],
  liveSecret: ['no', 'yes', 'readable', 'unknown'],
  anonymousAccess: ['no', 'read', 'write', 'unknown'],
  exposure: ['none', 'internal', 'cross_boundary', 'internet_restricted', 'internet', 'internet_sensitive', 'unknown'],
  exploitability: ['hygiene', 'conditional', 'easy', 'active', 'unknown'],
  identity: ['none', 'scoped', 'broad', 'admin', 'unknown'],
  data: ['none', 'internal', 'confidential', 'restricted', 'unknown'],
  path: ['none', 'partial', 'long', 'short', 'completes', 'unknown'],
  asset: ['sandbox', 'dev', 'normal', 'prod', 'crown_jewel', 'unknown'],
  severity: ['informational', 'low', 'medium', 'high', 'critical', 'unknown'],
}
type Name = keyof typeof VALUES
const NAMES = Object.keys(VALUES) as readonly Name[]
const OF_A_CVE: readonly Name[] = ['technicalImpact', 'automatable', 'kev']

/** Every combination of what is no CVE, or of what is one, counted from 0. The facts are one object, which changes. */
type Visit = (facts: Readonly<Facts>, index: number, raw: number, held: number) => void

/**
 * The band of every combination, as it is held: no single unknown may make it more urgent than at its worst, or less than at its
 * safest. In the order of VALUES both are there before the unknown one.
 */
export function bandsByTheText(isCve: boolean, visit: Visit = () => undefined): Uint8Array {
  const names = isCve ? NAMES : NAMES.filter((name) => !OF_A_CVE.includes(name))
  const counts = names.map((name) => VALUES[name].length)
  const strides = counts.map((_, at) => counts.slice(at + 1).reduce((product, count) => product * count, 1))
  const held = new Uint8Array(counts.reduce((product, count) => product * count, 1))
  const facts: Record<string, unknown> = { kev: 'unknown', automatable: 'unknown', technicalImpact: 'unknown', isCve }
  const unknowns: number[] = []
  let index = 0
  const vary = (depth: number): void => {
    const name = names[depth]
    if (name === undefined) return evaluate()
    for (const value of VALUES[name]) {
      facts[name] = value
      if (value === 'unknown') unknowns.push(depth)
      vary(depth + 1)
      if (value === 'unknown') unknowns.pop()
    }
  }
  const evaluate = (): void => {
    const raw = bandByTheText(facts as unknown as Facts)
    let band = raw
    for (const depth of unknowns) band = Math.min(band, held[index - (counts[depth]! - 1) * strides[depth]!]!)
    for (const depth of unknowns) band = Math.max(band, held[index - strides[depth]!]!)
    held[index] = band
    visit(facts as unknown as Facts, index, raw, band)
    index += 1
  }
  vary(0)
  return held
}
