import { cveId, parseCve } from '../../../schemas/cve.ts'
import type { AffectedPackage, Cvss, Vulnerability } from '../../../schemas/generated/posture-event.ts'
import { present } from '../../records/present.ts'
import { severityOf } from '../../records/severity.ts'
import { isObject } from '../../records/fields.ts'
import { AnyCase, objectIn } from './any-case.ts'
import { webAddress } from './html-text.ts'

/** Ids of advisories that stand where a CVE id could: of GitHub, of Microsoft's own list, of distributions. */
const ADVISORY =
  /^(?:GHSA(?:-[\da-z]{4}){3}|TVM-\d{4}-\d+|(?:USN|RHSA|RHBA|DSA|DLA|ELSA|ALAS\w*|SUSE-SU|openSUSE-SU|FEDORA)-[\w:.-]*\d[\w:.-]*|MS\d{2}-\d{3}|KB\d{6,})$/i
const CVSS_VERSION = /^CVSS:(\d\.\d)\//i
const HIGHEST_CVSS = 10
/** More than the longest id of an advisory. */
const MOST_ID_CHARACTERS = 64
/** An update of many years brings fewer. */
const MOST_VULNERABILITIES = 256
const MOST_LINKS = 16

/** What is known of vulnerabilities in the part of an assessment that lists one. */
export interface FoundVulnerabilities {
  readonly vulnerabilities: readonly Vulnerability[]
  /** Whether an update mends it, where the scanner says so. */
  readonly patchable: boolean | undefined
}

/**
 * The CVEs of a part of an assessment, else its advisories; none of a rule that was broken. Their scores, references and
 * packages are those of the part, in the forms of Qualys (`cve[]`, `cvss` by version, `vendorReferences[]`) and of
 * Defender Vulnerability Management (`vulnerabilityDetails`, `softwareDetails`).
 */
export function vulnerabilitiesOf(properties: AnyCase, additional: AnyCase): FoundVulnerabilities {
  const details = additional.object('vulnerabilitydetails')
  const severity = details.text('severity') ?? additional.text('cveseverity')
  const shared = {
    severity: severity === undefined ? undefined : severityOf(severity),
    cvss: cvssOf(additional, details),
    publicExploit: exploitOf(details),
    packages: packagesOf(additional.object('softwaredetails')),
  }
  const links = [...linksOf(details.objects('references')), ...linksOf(additional.objects('vendorreferences'))].slice(
    0,
    MOST_LINKS,
  )
  const vulnerabilities = namedIn(properties, additional, details).map(({ uid, link }): Vulnerability => {
    const references = [...new Set([...(link === undefined ? [] : [link]), ...links])]
    return present({ uid, ...shared, references: references.length === 0 ? undefined : references })
  })
  return { vulnerabilities, patchable: patchableOf(additional) }
}

interface Named {
  readonly uid: string
  readonly link?: string | undefined
}

/** Sorted, each once: CVEs, and only where there is none the advisories. */
function namedIn(properties: AnyCase, additional: AnyCase, details: AnyCase): Named[] {
  const ids = [details.text('cveid'), properties.text('id'), properties.text('displayname')]
  const listed = additional.objects('cve').map((each) => ({ uid: each.firstText('title', 'id'), link: linkOf(each) }))
  const vendor = additional.objects('vendorreferences').map((each) => ({ uid: each.text('title'), link: linkOf(each) }))
  const all = [...listed, ...[...ids, ...additional.texts('cve')].map((uid) => ({ uid, link: undefined })), ...vendor]
  const cves = all.flatMap(({ uid, link }): Named[] => {
    const cve = parseCve(uid ?? '')
    return cve === undefined ? [] : [{ uid: cveId(cve), link }]
  })
  const found =
    cves.length > 0
      ? cves
      : all.flatMap(({ uid = '', link }) =>
          uid.length <= MOST_ID_CHARACTERS && ADVISORY.test(uid) ? [{ uid, link }] : [],
        )
  // The first of one id is the one that was listed with its link.
  const byUid = new Map(found.toReversed().map((each) => [each.uid, each]))
  return [...byUid.values()].toSorted((a, b) => (a.uid < b.uid ? -1 : 1)).slice(0, MOST_VULNERABILITIES)
}

function linkOf(reference: AnyCase): string | undefined {
  return webAddress(reference.firstText('link', 'url'))
}

function linksOf(references: readonly AnyCase[]): string[] {
  return references.flatMap((each) => linkOf(each) ?? [])
}

/** `{"2.0": {"base": 7.3}, "3.0": null}`, a score alone, or one with its vector. */
function cvssOf(additional: AnyCase, details: AnyCase): Cvss[] | undefined {
  const scores = new Map<string, Cvss>()
  for (const versions of [details.object('cvss'), additional.object('cvss')]) {
    for (const [key, value] of [...Object.entries(versions.value), ['', versions.value] as const]) {
      const score = isObject(value) ? scoreOf(new AnyCase(value, new Set()), key) : undefined
      if (score !== undefined && !scores.has(score.version)) scores.set(score.version, score)
    }
  }
  const third = additional.number('cvssv30score')
  if (third !== undefined && isScore(third) && ![...scores.keys()].some((version) => version.startsWith('3')))
    scores.set('3.0', { version: '3.0', score: third })
  return scores.size === 0 ? undefined : [...scores.values()].toSorted((a, b) => (a.version < b.version ? -1 : 1))
}

function scoreOf(fields: AnyCase, key: string): Cvss | undefined {
  const score = fields.number('base')
  const vector = fields.firstText('cvssvectorstring', 'vector')
  const version = CVSS_VERSION.exec(vector ?? '')?.[1] ?? (/^\d\.\d$/.test(key) ? key : undefined)
  return score === undefined || !isScore(score) || version === undefined
    ? undefined
    : present({ version, score, vector })
}

function isScore(score: number): boolean {
  return score >= 0 && score <= HIGHEST_CVSS
}

/** Whether somebody published how to use it, or sells it. */
function exploitOf(details: AnyCase): boolean | undefined {
  const assessed = objectIn(details.value['exploitabilityassessment'])
  if (assessed === undefined) return undefined
  const exploit = new AnyCase(assessed, new Set())
  const marks = ['exploitstepspublished', 'exploitstepsverified', 'isinexploitkit']
  return marks.some((key) => exploit.value[key] === true) || exploit.texts('exploituris').length > 0
}

function packagesOf(software: AnyCase): AffectedPackage[] | undefined {
  const name = software.text('packagename')
  const version = software.text('version')
  if (name === undefined || version === undefined) return undefined
  return [present({ name, version, fixedIn: software.text('fixedversion') })]
}

function patchableOf(additional: AnyCase): boolean | undefined {
  const software = additional.object('softwaredetails')
  const stated = [additional.value['patchable'], software.value['patchable']].find((each) => typeof each === 'boolean')
  if (typeof stated === 'boolean') return stated
  const fix = software.text('fixstatus')?.toLowerCase()
  return fix === undefined ? undefined : fix === 'fixavailable'
}
