import type { AffectedPackage, Vulnerability } from '../../schemas/generated/posture-event.ts'
import { cvssOf, probability } from './exploit-scores.ts'
import type { Fields } from '../records/fields.ts'
import { present } from '../records/present.ts'
import { severityOf } from '../records/severity.ts'

const CVSS = { version: 'version', score: 'base_score', vector: 'vector_string' }

/** What an OCSF finding says about CVEs and advisories; those without an id are left out. */
export function ocsfVulnerabilities(root: Fields): Vulnerability[] {
  return root.objects('vulnerabilities').flatMap((each): Vulnerability[] => {
    const cve = each.object('cve')
    const uid = cve.text('uid') ?? each.object('advisory').text('uid')
    if (uid === undefined) return []
    const severity = each.text('severity')
    const references = each.texts('references')
    // OCSF 1.0 calls them packages.
    const packages = [...each.objects('affected_packages'), ...each.objects('packages')].flatMap(packageOf)
    return [
      present({
        uid,
        title: each.text('title'),
        severity: severity === undefined ? undefined : severityOf(severity),
        references: references.length === 0 ? undefined : references,
        cvss: cvssOf(cve.objects('cvss'), CVSS),
        epss: probability(cve.object('epss').value['score']),
        publicExploit: exploited(each.value['is_exploit_available']),
        packages: packages.length === 0 ? undefined : packages,
      }),
    ]
  })
}

/** Absent says nothing. */
function exploited(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

function packageOf(each: Fields): AffectedPackage[] {
  const name = each.text('name')
  const version = each.text('version')
  if (name === undefined || version === undefined) return []
  return [present({ name, version, fixedIn: each.text('fixed_in_version') })]
}
