import { at, list, numberAt, textAt, type Json } from '../event.ts'
import { LIMITS } from './limits.ts'

/** `namespace[/category[/classifier]]` with one of the five namespaces. */
const TYPE =
  /^(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(\/[^/\s][^/]*){0,2}$/
const LONGEST = 256

const CHECKS = 'Software and Configuration Checks'
const BY_KIND: Readonly<Record<string, string>> = {
  compliance: `${CHECKS}/AWS Security Best Practices`,
  vulnerability: `${CHECKS}/Vulnerabilities/CVE`,
  detection: 'TTPs',
  data_security: 'Sensitive Data Identifications',
  application_security: `${CHECKS}/Vulnerabilities`,
  iam_analysis: `${CHECKS}/AWS Security Best Practices`,
}
const BY_CLASS: Readonly<Record<number, string>> = {
  2002: 'vulnerability',
  2003: 'compliance',
  2004: 'detection',
  2006: 'data_security',
  2007: 'application_security',
  2008: 'iam_analysis',
}
const STANDARDS = `${CHECKS}/Industry and Regulatory Standards`

/** The source's types, where they are of Security Hub's taxonomy; else the one of the finding's kind. Never none. */
export function asffTypes(event: Json, hasStandards: boolean): string[] {
  const given = list(at(event, 'finding_info', 'types')).flatMap((each) => {
    if (typeof each !== 'string' || each.length > 2 * LONGEST) return []
    const type = each.replace(/[/\s]+$/, '').trim()
    return type.length <= LONGEST && type.isWellFormed() && TYPE.test(type) ? [type] : []
  })
  if (given.length > 0) return [...new Set(given)].slice(0, LIMITS.types)
  const kind = textAt(event, 'unmapped', 'kind') ?? BY_CLASS[numberAt(event, 'class_uid') ?? 0] ?? 'compliance'
  if (kind === 'compliance' && hasStandards) return [STANDARDS]
  return [(Object.hasOwn(BY_KIND, kind) ? BY_KIND[kind] : undefined) ?? CHECKS]
}
