import type { Evidence, EvidenceVector, Overruled, Rung } from '../evidence.ts'
import type { Exposure, Hop, Route } from '../exposure.ts'
import { cleanLine } from './sanitize.ts'

/** What a sentence can bear of each kind. */
const MOST = { hops: 8, ports: 6, missing: 3 } as const
/** Of others' words, in characters. */
const LONGEST = 160

/** What a rung says, as a sentence begins. */
const BEGINNINGS: Readonly<Record<Rung<'exposure'>, string>> = {
  none: 'Not reachable from outside',
  internal: 'Not reachable from outside its own network',
  cross_boundary: 'Reachable from other networks or tenants but not from the internet',
  internet_restricted: 'Reachable from the internet for some only',
  internet: 'Reachable from the internet',
  internet_sensitive: 'Reachable from the internet',
}

/** What a rung says, as a clause: `it is reachable from the internet`. */
const CLAIMS: Readonly<Record<Rung<'exposure'>, string>> = {
  none: 'nobody can reach it',
  internal: 'only its own network can reach it',
  cross_boundary: 'other networks or tenants can reach it',
  internet_restricted: 'some can reach it from the internet',
  internet: 'the internet can reach it',
  internet_sensitive: 'the internet can reach its data or a port for administrators',
}

const ANONYMOUS = { read: 'read', write: 'change' } as const

/**
 * The proof as one sentence: from where, to which port, through what; or what is in the way; or what would have to be known.
 * Then what the source states otherwise, since the reader may have that before them too.
 */
export function exposureSentences(proof: Exposure | undefined, { exposure }: EvidenceVector): string[] {
  if (proof === undefined) return []
  const claims = exposure?.overruled ?? []
  return [sentenceOf(proof), ...claims.map((claim) => contradicted(claim, exposure))].map((each) => cleanLine(each))
}

/** `Reachable from the internet on port 22: internet gateway igw-1, security group sg-1 (tcp 22 from 0.0.0.0/0).` */
export function sentenceOf(proof: Exposure): string {
  const { value, certainty, anonymous, routes } = proof
  if (value === undefined) return unknown(proof)
  // From inside it may well be reached; what is said is why from nowhere else.
  const [deciding] = value === 'none' || value === 'internal' ? [] : routes
  const beginning = certainty === 'possible' ? `Possibly ${lowerFirst(BEGINNINGS[value])}` : BEGINNINGS[value]
  const data =
    anonymous === 'read' || anonymous === 'write'
      ? `; anybody can ${ANONYMOUS[anonymous]} its data without signing in`
      : ''
  const where = deciding === undefined ? '' : `${placeOf(deciding)}${othersOf(routes)}`
  const through = deciding === undefined ? proof.closedBy : deciding.hops
  return ended(`${beginning}${where}${data}`, through)
}

function unknown({ missing }: Exposure): string {
  const shown = missing.slice(0, MOST.missing)
  const more = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : ''
  const why = shown.length === 0 ? '' : ` Not known: ${shown.map(short).join(', ')}${more}.`
  return `Who can reach it is not proved.${why}`
}

function contradicted({ value, source, evidence = [] }: Overruled<'exposure'>, proof?: Evidence<'exposure'>): string {
  const by = evidence[0] === undefined ? '' : ` (${short(evidence[0])})`
  const against = proof === undefined ? '' : ` that ${CLAIMS[proof.value]}`
  return `${short(source)} states that ${CLAIMS[value]}${by}; the inventory proves${against}, and that counts.`
}

/** ` from 203.0.113.0/24 on ports 22 and 443`; that it is the internet is said before. */
function placeOf({ from, ports }: Route): string {
  const source = from === 'internet' ? '' : ` (from ${short(from)})`
  return `${source}${portsOf(ports)}`
}

function portsOf(ports: readonly string[]): string {
  if (ports.length === 0) return ''
  if (ports.includes('all')) return ' on all ports'
  const shown = ports.slice(0, MOST.ports).map(short)
  const more = ports.length > shown.length ? ` and ${ports.length - shown.length} more` : ''
  return ` on port${ports.length === 1 && !/\D/.test(shown[0] ?? '') ? '' : 's'} ${shown.join(', ')}${more}`
}

function othersOf(routes: readonly Route[]): string {
  const others = routes.length - 1
  return others === 0 ? '' : ` and ${others} other ${others === 1 ? 'way' : 'ways'}`
}

function ended(said: string, hops: readonly Hop[]): string {
  const shown = hops.slice(0, MOST.hops).map(({ text }) => short(text))
  const more = hops.length > shown.length ? [`${hops.length - shown.length} more`] : []
  return shown.length === 0 ? `${said}.` : `${said}: ${[...shown, ...more].join(', ')}.`
}

function short(text: string): string {
  return cleanLine(text, LONGEST)
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
