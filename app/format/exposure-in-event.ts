import type { StoredFinding } from '../../sinks/local/findings-store.ts'
import { EventReader } from './event-reader.ts'

/** The proof of who can reach a finding's resource, as lines for a person; none where the event holds none. */
export function exposureLines({ event }: Pick<StoredFinding, 'event'>): readonly string[] {
  const proof = new EventReader(event).enrichment('exposure')
  if (proof === undefined) return []
  const closing = proof.list('data', 'closed_by').map(hopLine)
  const missing = proof.strings('data', 'missing')
  return [
    proof.text('short_desc'),
    ...proof.list('data', 'routes').map(routeLine),
    ...(closing.length === 0 ? [] : [`closed by ${closing.join('; ')}`]),
    ...(missing.length === 0 ? [] : [`missing: ${missing.join(', ')}`]),
    ...proof.list('data', 'source_claims').map(claimLine),
  ].filter((line) => line !== '')
}

function routeLine(route: EventReader, index: number): string {
  const possible = route.text('certainty') === 'possible' ? ' (possible)' : ''
  const to = [route.text('protocol'), route.strings('ports').join(', ')].filter((part) => part !== '').join(' ')
  const hops = route.list('hops').map(hopLine)
  const through = hops.length === 0 ? '' : `: ${hops.join('; ')}`
  return `${index + 1}. from ${route.text('from')} to ${to}${possible}${through}`
}

function hopLine(hop: EventReader): string {
  return hop.text('text') || hop.text('uid')
}

function claimLine(claim: EventReader): string {
  const [by = ''] = claim.strings('evidence')
  return `overruled: ${claim.text('source')} states ${claim.text('value')}${by === '' ? '' : ` (${by})`}`
}
