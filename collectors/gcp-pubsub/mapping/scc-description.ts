import type { Description, FindingKind, Severity, Standard } from '../../../schemas/generated/posture-event.ts'
import type { Fields } from '../../records/fields.ts'
import { present } from '../../records/present.ts'
import { severityOf } from '../../records/severity.ts'
import { sccAttacks } from './attacks.ts'
import { CLASSES, enumWord, SEVERITIES } from './enums.ts'
import { sccVulnerability } from './scc-vulnerability.ts'

/** Of a class that is not here, an unspecified one among them, nobody knows what it is. */
const KINDS: ReadonlyMap<string | undefined, FindingKind> = new Map([
  ['MISCONFIGURATION', 'compliance'],
  ['POSTURE_VIOLATION', 'compliance'],
  ['EXTERNAL_EXPOSURE', 'compliance'],
  // With a CVE it is one; without there is nothing to write into a vulnerability of OCSF.
  ['VULNERABILITY', 'compliance'],
  ['THREAT', 'detection'],
  ['OBSERVATION', 'detection'],
  ['TOXIC_COMBINATION', 'detection'],
  ['CHOKEPOINT', 'detection'],
  ['SENSITIVE_DATA_RISK', 'data_security'],
])
const KIND_ASSUMED = 'finding_class_assumed'

/** The class of the finding, with what it becomes; an unknown one counts as a misconfiguration, which a flag tells. */
export function sccKind(finding: Fields): FindingKind {
  const word = enumWord(finding, 'findingClass', CLASSES)
  const kind = KINDS.get(word)
  if (kind === undefined) finding.note([KIND_ASSUMED])
  const mayBeFlaw = word === 'VULNERABILITY' || kind === undefined
  if (mayBeFlaw && sccVulnerability(finding) !== undefined) return 'vulnerability'
  return kind ?? 'compliance'
}

/** What Security Command Center says of the finding, whose category is given. */
export function sccDescription(finding: Fields, category: string): Description {
  const word = enumWord(finding, 'findingClass', CLASSES)
  // Before these fields were there Security Health Analytics wrote them into properties of its own, and it does so still.
  const own = finding.object('sourceProperties')
  const nextSteps = finding.text('nextSteps') ?? own.text('Recommendation')
  const severity = enumWord(finding, 'severity', SEVERITIES) ?? own.text('SeverityLevel')
  const vulnerability = sccVulnerability(finding)
  return present({
    title: category,
    text: finding.text('description') ?? own.text('Explanation'),
    severity: severityIn(severity, word),
    sourceSeverity: severity,
    remediation: nextSteps === undefined ? undefined : { text: nextSteps, references: [] },
    url: finding.text('externalUri'),
    types: [word, finding.text('parentDisplayName')].filter((each) => each !== undefined),
    standards: standardsOf(finding),
    categories: [],
    attacks: sccAttacks(finding),
    vulnerabilities: vulnerability === undefined ? undefined : [vulnerability],
    related: relatedOf(finding),
  })
}

/** An observation is for information: low, unless it is said to be more or less. */
function severityIn(stated: string | undefined, findingClass: string | undefined): Severity {
  const severity = severityOf(stated)
  return severity === 'unknown' && findingClass === 'OBSERVATION' ? 'low' : severity
}

/** One for each version of a standard, with all the requirements that its entries name. */
function standardsOf(finding: Fields): Standard[] {
  const standards = new Map<string, Set<string>>()
  for (const each of finding.objects('compliances')) {
    const standard = each.text('standard')
    if (standard === undefined) continue
    const name = [standard, each.text('version')].filter(Boolean).join(' ')
    standards.set(name, new Set([...(standards.get(name) ?? []), ...each.texts('ids')]))
  }
  return [...standards].map(([name, requirements]) => ({ name, requirements: [...requirements] }))
}

/** The names of the findings that a toxic combination or a chokepoint is made of. */
function relatedOf(finding: Fields): string[] | undefined {
  const names = ['toxicCombination', 'chokepoint'].flatMap((key) => finding.object(key).texts('relatedFindings'))
  return names.length === 0 ? undefined : [...new Set(names)]
}
