import type { Evidence, Item, LADDERS } from '../evidence.ts'
import { RUNGS, type Coordinate, type CVE_LADDERS, type CveItem } from './point.ts'
import type { Condition } from './tables.ts'

/** Of others' words, in characters. */
const LONGEST = 120
/** The first half of a character that was cut in two. */
const HALF = /[\ud800-\udbff]$/

/** How a coordinate is called in a table. */
export const TITLES: Readonly<Record<Coordinate, string>> = {
  exposure: 'Exposure',
  exploitability: 'Exploitability',
  identity: 'Identity',
  data: 'Data',
  path: 'Attack path',
  asset: 'Asset',
  severity: 'Severity',
  anonymousAccess: 'Anonymous access',
  liveSecret: 'Live secret',
  kev: 'In CISA KEV',
  automatable: 'Automatable',
  technicalImpact: 'Technical impact',
}

/** A coordinate as what one does not know. */
export const QUESTIONS: Readonly<Record<Coordinate, string>> = {
  exposure: 'who can reach it',
  exploitability: 'what it takes to exploit it',
  identity: 'which rights it gives away',
  data: 'which data it holds or reaches',
  path: 'whether an attack path leads through it',
  asset: 'what it is to its owner',
  severity: 'how severe its source finds it',
  anonymousAccess: 'whether its data can be used without signing in',
  liveSecret: 'whether it holds a secret that still works',
  kev: 'whether its CVE is known to be exploited',
  automatable: 'whether an exploit of its CVE can be automated',
  technicalImpact: 'how much control an exploit of its CVE gives',
}

type RungName<C extends Coordinate> = C extends Item
  ? (typeof LADDERS)[C][number]
  : C extends CveItem
    ? (typeof CVE_LADDERS)[C][number]
    : never

/** What each rung says of the resource or finding, as a clause that also stands after "if". */
const CLAUSES: { readonly [C in Coordinate]: Readonly<Record<RungName<C>, string>> } = {
  exposure: {
    none: 'nobody can reach it',
    internal: 'nobody outside its network can reach it',
    cross_boundary: 'other networks or tenants can reach it but not the internet',
    internet_restricted: 'only known addresses or signed-in users can reach it from the internet',
    internet: 'it is reachable from the internet',
    internet_sensitive: 'it is reachable from the internet on an admin or database port or without signing in',
  },
  exploitability: {
    hygiene: 'there is nothing to exploit by itself',
    conditional: 'it can be exploited under further conditions only',
    easy: 'it can be exploited as it is',
    active: 'attackers are known to exploit this',
  },
  identity: {
    none: 'whoever takes it over gets no rights',
    scoped: 'whoever takes it over gets narrow rights',
    broad: 'whoever takes it over gets broad rights',
    admin: 'whoever takes it over gets admin rights',
  },
  data: {
    none: 'it holds and reaches no data that needs protection',
    internal: 'it holds or reaches internal data',
    confidential: 'it holds or reaches confidential data',
    restricted: 'it holds or reaches restricted data',
  },
  path: {
    none: 'no attack path leads through it',
    partial: 'an attack path leads through it at most possibly',
    long: 'a long attack path leads through it',
    short: 'a short attack path leads through it',
    completes: 'an attack path leads through it from the internet to what matters most',
  },
  asset: {
    sandbox: 'it is a sandbox',
    dev: 'it is for development',
    normal: 'it is an ordinary asset',
    prod: 'it is in production',
    crown_jewel: 'it is a crown jewel',
  },
  severity: {
    informational: 'its source calls it informational',
    low: 'its source calls it low',
    medium: 'its source calls it medium',
    high: 'its source calls it high',
    critical: 'its source calls it critical',
  },
  anonymousAccess: {
    no: 'nobody can use its data without signing in',
    read: 'anybody can read its data without signing in',
    write: 'anybody can change its data without signing in',
  },
  liveSecret: {
    no: 'it holds no secret that still works',
    yes: 'it holds a secret that still works but that the internet cannot read',
    readable: 'it holds a secret that still works and that the internet can read',
  },
  kev: { no: 'its CVE is not known to be exploited', yes: 'its CVE is known to be exploited' },
  automatable: {
    no: 'an exploit of its CVE cannot be automated',
    yes: 'an exploit of its CVE can be automated',
  },
  technicalImpact: {
    partial: 'an exploit of its CVE gives partial control',
    total: 'an exploit of its CVE gives total control',
  },
}

/** What a rung says, as a clause. */
export function clause(coordinate: Coordinate, rung: number): string {
  return (CLAUSES[coordinate] as Readonly<Record<string, string>>)[rungName(coordinate, rung)] ?? ''
}

/** The published name of a rung. */
export function rungName(coordinate: Coordinate, rung: number): string {
  return RUNGS[coordinate][rung] ?? 'unknown'
}

/** What a condition asks for, `exposure >= internet, asset >= prod`. */
export function conditionText(condition: Condition): string {
  return Object.entries(condition)
    .map(([item, bound]) => ('atLeast' in bound ? `${item} >= ${bound.atLeast}` : `${item} <= ${bound.atMost}`))
    .join(', ')
}

/** Who says so, whether it is proved, and what it rests on first. */
export function attribution({ source, certainty, evidence = [] }: Evidence): string {
  const said = certainty === 'possible' ? `${inLine(source)}, possible` : inLine(source)
  return evidence[0] === undefined ? said : `${said}: ${inLine(evidence[0])}`
}

/** Others' words as a part of our sentence: one line, and no longer than a sentence can bear. */
export function inLine(text: string): string {
  const line = text
    .slice(0, 2 * LONGEST)
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1).replace(HALF, '')}\u2026`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[], word = 'and'): string {
  if (parts.length < 2) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`
}

/** With a capital at its start. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
