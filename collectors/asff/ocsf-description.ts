import type { Description, Standard } from '../../schemas/generated/posture-event.ts'
import { standardSet } from './asff-standards.ts'
import { attackOf } from './attacks.ts'
import type { Fields } from '../records/fields.ts'
import type { OcsfDialect } from './ocsf-dialect.ts'
import { ocsfVulnerabilities } from './ocsf-vulnerabilities.ts'
import { present } from '../records/present.ts'
import { severityOfOcsf } from '../records/severity.ts'

/** What an OCSF finding says about itself, apart from its verdict. */
export function ocsfDescription(root: Fields, info: Fields, control: string, dialect: OcsfDialect): Description {
  const { text, references } = remediationOf(root, info, dialect)
  const word = root.text('severity')
  const attacks = [...info.objects('attacks'), ...(dialect.isStamped ? root.objects('attacks') : [])].flatMap(attackOf)
  const vulnerabilities = ocsfVulnerabilities(root)
  return present({
    title: info.text('title') ?? (dialect.isStamped ? root.text('message') : undefined) ?? control,
    text: info.text('desc'),
    severity: severityOfOcsf(root.number('severity_id'), word),
    sourceSeverity: root.object('vendor_attributes').text('severity') ?? word,
    risk: root.text('risk_details'),
    remediation: text === undefined ? undefined : { text, references },
    url: info.text('src_url') ?? (text === undefined ? references[0] : undefined),
    types: info.texts('types'),
    standards: standardsOf(root.object('compliance')),
    categories: [],
    attacks: attacks.length === 0 ? undefined : attacks,
    vulnerabilities: vulnerabilities.length === 0 ? undefined : vulnerabilities,
  })
}

/** Of the whole finding; else of what was found: a vulnerability's, or that of its first package which has one. */
function remediationOf(
  root: Fields,
  info: Fields,
  { isStamped }: OcsfDialect,
): { text: string | undefined; references: string[] } {
  const whole = root.object('remediation')
  const flaws = isStamped ? root.objects('vulnerabilities') : []
  const others = [
    info.object('remediation'),
    ...flaws.map((each) => each.object('remediation')),
    ...flaws.flatMap((each) => each.objects('affected_packages')).map((each) => each.object('remediation')),
  ]
  const first = [whole, ...(isStamped ? others : [])].find((each) => each.text('desc') !== undefined) ?? whole
  const articles = first.objects('kb_article_list').flatMap((each) => each.text('src_url') ?? [])
  return { text: first.text('desc'), references: [...first.texts('references'), ...articles] }
}

/** A requirement that names no standard is one of the only standard, where there is only one. */
function standardsOf(compliance: Fields): Standard[] {
  const names = compliance.texts('standards')
  const requirements = compliance.texts('requirements')
  const [only, second] = names
  if (only === undefined || second !== undefined) return standardSet(names, requirements, undefined)
  const bare = requirements.filter((each) => !/[\s/]/.test(each))
  const [first, ...others] = standardSet(
    names,
    requirements.filter((each) => !bare.includes(each)),
    undefined,
  )
  if (first === undefined) return others
  return [{ ...first, requirements: [...new Set([...first.requirements, ...bare])] }, ...others]
}
