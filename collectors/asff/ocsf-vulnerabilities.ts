import type { AffectedPackage, Vulnerability } from '../../schemas/generated/posture-event.ts'
import type { Fields } from './fields.ts'
import { present } from './present.ts'
import { severityOf } from './severity.ts'

/** What an OCSF finding says about CVEs and advisories; those without an id are left out. */
export function ocsfVulnerabilities(root: Fields): Vulnerability[] {
  return root.objects('vulnerabilities').flatMap((each): Vulnerability[] => {
    const uid = each.object('cve').text('uid') ?? each.object('advisory').text('uid')
    if (uid === undefined) return []
    const severity = each.text('severity')
    const references = each.texts('references')
    const packages = each.objects('affected_packages').flatMap(packageOf)
    return [
      present({
        uid,
        title: each.text('title'),
        severity: severity === undefined ? undefined : severityOf(severity),
        references: references.length === 0 ? undefined : references,
        packages: packages.length === 0 ? undefined : packages,
      }),
    ]
  })
}

function packageOf(each: Fields): AffectedPackage[] {
  const name = each.text('name')
  const version = each.text('version')
  if (name === undefined || version === undefined) return []
  return [present({ name, version, fixedIn: each.text('fixed_in_version') })]
}
