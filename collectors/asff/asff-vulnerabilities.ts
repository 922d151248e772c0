import type { AffectedPackage, Vulnerability } from '../../schemas/generated/posture-event.ts'
import { cvssOf, exploitAvailable, probability } from './exploit-scores.ts'
import type { Fields } from '../records/fields.ts'
import { present } from '../records/present.ts'
import { severityOf } from '../records/severity.ts'

const CVSS = { version: 'Version', score: 'BaseScore', vector: 'BaseVector' }

/** What an ASFF finding says about CVEs; those without an id are left out. */
export function asffVulnerabilities(root: Fields): Vulnerability[] {
  return root.objects('Vulnerabilities').flatMap((each): Vulnerability[] => {
    const uid = each.text('Id')
    if (uid === undefined) return []
    const vendor = each.object('Vendor').text('VendorSeverity')
    const references = each.texts('ReferenceUrls')
    const packages = each.objects('VulnerablePackages').flatMap(packageOf)
    return [
      present({
        uid,
        severity: vendor === undefined ? undefined : severityOf(vendor),
        references: references.length === 0 ? undefined : references,
        cvss: cvssOf(each.objects('Cvss'), CVSS),
        epss: probability(each.value['EpssScore']),
        publicExploit: exploitAvailable(each.text('ExploitAvailable')),
        packages: packages.length === 0 ? undefined : packages,
      }),
    ]
  })
}

function packageOf(each: Fields): AffectedPackage[] {
  const name = each.text('Name')
  const version = each.text('Version')
  if (name === undefined || version === undefined) return []
  return [present({ name, version, fixedIn: each.text('FixedInVersion') })]
}
