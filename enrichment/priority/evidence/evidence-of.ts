import type { FindingState } from '../../../schemas/generated/state.ts'
import type { FindingContext } from '../../enricher.ts'
import type { Evidence, EvidenceVector, Item, Rung } from '../../evidence.ts'
import type { Intelligence } from '../../intelligence.ts'
import type { Tables } from '../tables.ts'
import { commandCenterControl } from './command-center-controls.ts'
import type { ControlMeaning } from './control-meaning.ts'
import { typeMeanings } from './finding-types.ts'
import { merged } from './merged.ts'
import { prowlerControl } from './prowler-controls.ts'
import { securityHubControl } from './security-hub-controls.ts'
import { vulnerabilityEvidence } from './vulnerabilities.ts'

/** Prowler's category for checks of what the internet reaches. */
const INTERNET_EXPOSED = 'internet-exposed'
/** What enrichers prove, in the words of the context. */
const PROVED = ['exposure', 'identity', 'data', 'path', 'asset'] as const

/** What says something of a finding, and in which words. */
interface Statement {
  readonly meaning: ControlMeaning
  readonly evidence: readonly string[]
  /** How sure the kind of the control is. */
  readonly kind: Evidence['certainty']
}

/**
 * Everything that is known about one finding: what its source states, what public lists know about its CVEs, and what
 * the enrichers found out. What nobody says is absent. Pure; the finding's verdict changes nothing.
 */
export function evidenceOf(
  finding: FindingState,
  context: FindingContext,
  intelligence: Intelligence,
  { epssEasy }: Tables,
): EvidenceVector {
  const { severity, vulnerabilities = [] } = finding.description
  const source = nameOf(finding)
  const observedAt = finding.lastSeen
  const known = new Known()
  for (const item of PROVED) known.add(item, context[item])
  if (severity !== 'unknown') known.add('severity', { value: severity, certainty: 'certain', source, observedAt })
  const { exploitability, cve } = vulnerabilityEvidence(vulnerabilities, { intelligence, epssEasy, source })
  known.add('exploitability', exploitability)
  for (const { meaning, evidence, kind } of statementsOf(finding))
    for (const [item, value] of Object.entries(meaning) as [keyof ControlMeaning, Rung][]) {
      // What is known of the vulnerabilities themselves says more than the kind of control that found them.
      if (item === 'exploitability' && exploitability !== undefined) continue
      const certainty = item === 'exploitability' ? kind : 'possible'
      known.add(item, { value, certainty, source, observedAt, evidence })
    }
  // That anybody reads a bucket is no reason to hurry with its missing lifecycle rule: mending that changes nothing of it.
  if (known.items.exploitability?.value !== 'hygiene') known.add('anonymousAccess', context.anonymousAccess)
  return cve === undefined ? known.items : { ...known.items, cve }
}

/** Of each item what all that was said of it comes to. */
class Known {
  readonly items: { [I in Item]?: Evidence<I> } = {}

  add(item: Item, offered: Evidence | undefined): void {
    if (offered === undefined) return
    const held = this.items[item]
    Object.assign(this.items, { [item]: held === undefined ? offered : merged(item, held, offered) })
  }
}

function nameOf({ source: { name = '', product } }: FindingState): string {
  return name.trim() === '' ? product : name
}

/** What the finding's control means, or its category and types where nobody has considered that. */
function statementsOf(finding: FindingState): readonly Statement[] {
  const { product, control } = finding.identity
  const { categories, types, title } = finding.description
  const isExposed = categories.includes(INTERNET_EXPOSED)
  const meaning = considered(finding)
  if (meaning !== undefined) {
    const byCategory = isExposed && meaning.exposure !== undefined ? [`category ${INTERNET_EXPOSED}`] : []
    return [{ meaning, evidence: [`control ${control}`, ...byCategory], kind: 'certain' }]
  }
  const statements = typeMeanings({ product, types, title }).map(([by, each]): Statement => ({
    meaning: each,
    evidence: [by],
    kind: 'possible',
  }))
  if (!isExposed) return statements
  return [
    { meaning: { exposure: 'internet' }, evidence: [`category ${INTERNET_EXPOSED}`], kind: 'possible' },
    ...statements,
  ]
}

function considered({ identity, description }: FindingState): ControlMeaning | undefined {
  const { product, control } = identity
  if (product === 'prowler') return prowlerControl(control)
  if (product === 'security-command-center') return commandCenterControl(control)
  return product === 'security-hub' ? securityHubControl(control, description.title) : undefined
}
