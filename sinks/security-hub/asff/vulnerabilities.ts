import type { Cvss, SoftwarePackage, Vulnerability } from '@aws-sdk/client-securityhub'
import { at, list, numberAt, textAt, type Json } from '../event.ts'
import { LIMITS } from './limits.ts'
import { fit, fitAddress, present } from './text.ts'

const NAME_LIMIT = 512
/** So many vulnerabilities, and of each so many packages and references; a scanner's report of an image has fewer. */
const MOST = 100

/** The vulnerabilities, each with its packages and what is known of a fix. */
export function asffVulnerabilities(event: Json): Vulnerability[] {
  return list(event['vulnerabilities'])
    .flatMap((each): Vulnerability[] => {
      const id = fit(textAt(each, 'cve', 'uid') ?? textAt(each, 'advisory', 'uid'), NAME_LIMIT)
      if (id === undefined) return []
      const packages = list(at(each, 'affected_packages')).slice(0, MOST).map(packageOf).filter(isNamed)
      return [
        present<Vulnerability>({
          Id: id,
          VulnerablePackages: packages,
          ReferenceUrls: list(at(each, 'references'))
            .flatMap((url) => fitAddress(url, LIMITS.url) ?? [])
            .slice(0, MOST),
          FixAvailable: fixOf(packages),
          Cvss: list(at(each, 'cve', 'cvss'))
            .slice(0, MOST)
            .map(cvssOf),
          EpssScore: epssOf(textAt(each, 'cve', 'epss', 'score')),
          ExploitAvailable: exploitOf(at(each, 'is_exploit_available')),
        }),
      ]
    })
    .slice(0, MOST)
}

/** Nothing where no package has one: that none is known is not that there is none. */
function fixOf(packages: readonly SoftwarePackage[]): Vulnerability['FixAvailable'] {
  const fixed = packages.filter(({ FixedInVersion }) => FixedInVersion !== undefined).length
  if (fixed === 0) return undefined
  return fixed === packages.length ? 'YES' : 'PARTIAL'
}

function cvssOf(each: unknown): Cvss {
  return present({
    Version: fit(at(each, 'version'), NAME_LIMIT),
    BaseScore: numberAt(each, 'base_score'),
    BaseVector: fit(at(each, 'vector_string'), NAME_LIMIT),
  })
}

/** OCSF has the probability as a text. */
function epssOf(score: string | undefined): number | undefined {
  const number = Number(score ?? NaN)
  return number >= 0 && number <= 1 ? number : undefined
}

function exploitOf(available: unknown): Vulnerability['ExploitAvailable'] {
  return typeof available === 'boolean' ? (available ? 'YES' : 'NO') : undefined
}

function packageOf(each: unknown): SoftwarePackage {
  return present({
    Name: fit(at(each, 'name'), NAME_LIMIT),
    Version: fit(at(each, 'version'), NAME_LIMIT),
    FixedInVersion: fit(at(each, 'fixed_in_version'), NAME_LIMIT),
  })
}

function isNamed({ Name }: SoftwarePackage): boolean {
  return Name !== undefined
}
