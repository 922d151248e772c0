import type { FlowSet } from './flow-set.ts'
import { equal, intersect, toCidrs } from './flow-set-addresses.ts'
import type { AddressSet, Family } from './flow-set-addresses.ts'
import { INTERNET } from './flow-set-internet.ts'
import { describeServices } from './flow-set-services.ts'

/** How many ranges one sentence tells. */
const TOLD = 3

/** `tcp 22 and 80-443 from 0.0.0.0/0`: the first segments of a set, for a person. */
export function describeFlows(family: Family, set: FlowSet): string {
  const bySources = new Map<string, string[]>()
  for (const { services, sources } of set.slice(0, TOLD)) {
    const from = describeSources(family, sources)
    const texts = describeServices(services, TOLD).map(({ protocol, ports }) =>
      ports === 'all' ? (protocol === 'all' ? 'everything' : `all ${protocol}`) : `${protocol} ${ports}`,
    )
    bySources.set(from, [...(bySources.get(from) ?? []), ...texts])
  }
  const more = set.length > TOLD ? ', and more' : ''
  return `${[...bySources].map(([from, what]) => `${what.join(' and ')} from ${from}`).join(', ')}${more}`
}

/** `0.0.0.0/0`, `203.0.113.0/24`, `192.0.2.1/32, 198.51.100.0/24 and more`. */
export function describeSources(family: Family, sources: AddressSet): string {
  return someOf(sourceTexts(family, sources))
}

/** The first few of many, for a person. */
export function someOf(texts: readonly string[]): string {
  return texts.length > TOLD ? `${texts.slice(0, TOLD).join(', ')} and more` : texts.join(', ')
}

/** As CIDRs, a few; all that the internet can send from is written as a rule would. */
function sourceTexts(family: Family, sources: AddressSet): readonly string[] {
  const all = INTERNET[family]
  return equal(intersect(sources, all), all)
    ? [family === 'v4' ? '0.0.0.0/0' : '::/0']
    : toCidrs(family, sources, TOLD + 1)
}
