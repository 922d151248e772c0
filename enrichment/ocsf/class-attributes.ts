import type { Description, Standard } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { FindingStatus } from '../../schemas/records.ts'
import type { EvidenceVector } from '../evidence.ts'
import { present, type Attributes } from './attributes.ts'
import { CLASSES, COMPLIANCE, sibling, type OcsfClass } from './captions.ts'
import { standardsOf, verdictOf } from './verdict.ts'
import { vulnerabilitiesIn, vulnerabilitiesOf } from './vulnerabilities.ts'

/**
 * The OCSF class of a finding. Two kinds become compliance findings where their own class would lack what it requires:
 * iam_analysis always (2008 wants an analysis of permissions or access), a vulnerability without any named one.
 */
export function classOf({ kind, description }: FindingState): OcsfClass {
  if (kind === 'iam_analysis') return CLASSES.compliance
  if (kind === 'vulnerability' && vulnerabilitiesIn(description).length === 0) return CLASSES.compliance
  return CLASSES[kind]
}

/** What only some classes have: the verdict, the remediation, the vulnerabilities; `more` as in `standardsOf`. */
export function classAttributes(
  finding: FindingState,
  status: FindingStatus,
  { cve }: EvidenceVector,
  more: readonly Standard[] | undefined,
): Attributes {
  const { description, detail } = finding
  const remediation = remediationOf(description)
  const vulnerabilities = (): Attributes[] => vulnerabilitiesOf(description, remediation, cve)
  switch (classOf(finding)) {
    case CLASSES.vulnerability:
      return present({ status_detail: detail, vulnerabilities: vulnerabilities() })
    case CLASSES.detection:
      return present({ status_detail: detail, remediation })
    case CLASSES.data_security:
      // This class has no place for a remediation: it goes into the enrichments.
      return present({ status_detail: detail })
    case CLASSES.application_security:
      return present({
        compliance: complianceOf(finding, status, more),
        remediation,
        vulnerabilities: vulnerabilities(),
      })
    default:
      return present({ compliance: complianceOf(finding, status, more), remediation })
  }
}

export function remediationOf({ remediation }: Description): Attributes {
  return remediation === undefined ? {} : { desc: remediation.text, ...present({ references: remediation.references }) }
}

function complianceOf(finding: FindingState, status: FindingStatus, more: readonly Standard[] | undefined): Attributes {
  const standards = standardsOf(finding, more)
  const verdict = verdictOf(finding)
  return present({
    control: finding.identity.control,
    standards: standards.map(({ name }) => name),
    // OCSF wants a requirement to be understood without its standard: "PCI DSS Requirement 8.2.3".
    requirements: standards.flatMap(({ name, requirements }) => requirements.map((each) => qualified(name, each))),
    ...sibling('status', status === 'gone' ? COMPLIANCE.gone : COMPLIANCE[verdict === 'none' ? 'unknown' : verdict]),
    status_code: wordOf(finding),
    status_details: finding.detail ? [finding.detail] : [],
  })
}

/** The source's own word, where all live records of the source use one. */
function wordOf({ members }: FindingState): string | undefined {
  const words = new Set(
    Object.values(members)
      .filter(({ archived, verdict }) => !archived && verdict !== 'absent')
      .map(({ word }) => word),
  )
  return words.size === 1 ? [...words][0] : undefined
}

function qualified(standard: string, requirement: string): string {
  return requirement.startsWith(standard) ? requirement : `${standard} ${requirement}`
}
