import type { Cvss, Description, Vulnerability } from '../../schemas/generated/posture-event.ts'
import type { CveEvidence } from '../evidence.ts'
import { present, type Attributes } from './attributes.ts'
import { SEVERITIES } from './captions.ts'

const CVE = /^CVE-\d{4}-\d{4,}$/i
/** FIRST publishes five digits. */
const EPSS_UNIT = 1e5

/** The vulnerabilities that have a name: without one OCSF knows no vulnerability. */
export function vulnerabilitiesIn({ vulnerabilities = [] }: Description): readonly Vulnerability[] {
  return vulnerabilities.filter(({ uid }) => uid !== '')
}

/** The vulnerabilities, with what is known beyond the source of the CVE that decides. */
export function vulnerabilitiesOf(
  description: Description,
  remediation: Attributes,
  known: CveEvidence | undefined,
): Attributes[] {
  return vulnerabilitiesIn(description).map((vulnerability) => {
    const { uid, title, severity, references, publicExploit } = vulnerability
    const named = present({ uid, title, references })
    const more = known?.uid.toUpperCase() === uid.toUpperCase() ? known : undefined
    return present({
      // Exactly one of the two: OCSF knows no vulnerability that is both.
      ...(CVE.test(uid) ? { cve: { ...named, ...scoresOf(vulnerability, more) } } : { advisory: named }),
      title,
      severity: severity === undefined ? undefined : SEVERITIES[severity][1],
      references,
      remediation,
      ...packagesOf(vulnerability),
      // What is exploited can be exploited.
      is_exploit_available: more?.kev === true || more?.publicExploit === true ? true : publicExploit,
    })
  })
}

function scoresOf({ cvss = [], epss }: Vulnerability, known: CveEvidence | undefined): Attributes {
  const score = known?.epss ?? epss
  return present({
    epss:
      score === undefined
        ? undefined
        : {
            score: decimal(score),
            ...(known?.epss === undefined ? {} : present({ percentile: known.epssPercentile })),
          },
    cvss: cvss.map(cvssOf),
  })
}

function cvssOf({ version, score, vector }: Cvss): Attributes {
  return { version, base_score: score, ...present({ vector_string: vector }) }
}

/** Never with an exponent, so that texts sort as their numbers do. */
function decimal(score: number): string {
  return String(Math.round(score * EPSS_UNIT) / EPSS_UNIT)
}

function packagesOf({ packages = [] }: Vulnerability): Attributes {
  return {
    affected_packages: packages.map(({ name, version, fixedIn }) => ({
      name,
      version,
      ...present({ fixed_in_version: fixedIn }),
    })),
    // No fixed version named is no proof that there is none.
    is_fix_available: packages.some(({ fixedIn }) => fixedIn) ? true : undefined,
  }
}
