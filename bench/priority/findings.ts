import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mapProwlerOcsf } from '../../collectors/scanner-report/mapping/prowler-ocsf.ts'
import type { JsonObject } from '../../collectors/records/fields.ts'
import { findingKey } from '../../schemas/finding-key.ts'
import type { FindingObserved, Vulnerability } from '../../schemas/generated/posture-event.ts'

const SAMPLE = join(import.meta.dirname, '../../test/samples/account/prowler.ocsf.json')
const AT = Date.UTC(2026, 10, 25, 12)
const ENVIRONMENTS = ['prod', 'dev', 'sandbox', undefined]
const CLASSIFICATIONS = ['restricted', 'internal', undefined, undefined, undefined]
/** One finding in so many is about a CVE. */
const OF_A_CVE = 10

/**
 * So many failed findings: those that Prowler has of the sample account, in as many accounts as it takes; some with tags of
 * environment and data, and every tenth with a CVE.
 */
export function sampleFindings(count: number): FindingObserved[] {
  const records = JSON.parse(readFileSync(SAMPLE, 'utf8')) as JsonObject[]
  const options = { zone: 'UTC', reportedAt: AT, withoutData: true }
  const statements = records.map((record) => mapProwlerOcsf(record, options).statement)
  const failed = statements.filter(({ verdict }) => verdict.value === 'fail')
  return Array.from({ length: count }, (_, at): FindingObserved => {
    const statement = failed[at % failed.length]!
    const account = String(100_000_000_000 + Math.floor(at / failed.length))
    const identity = { ...statement.identity, account }
    const { description } = statement
    const [subject, ...others] = statement.resources
    return {
      ...statement,
      type: 'finding.observed',
      id: `bench/${at}`,
      time: AT,
      tenant: 'acme',
      collector: 'bench',
      key: findingKey('acme', identity),
      identity,
      cloud: { ...statement.cloud, provider: identity.provider, account },
      resources: [{ ...subject, tags: [...subject.tags, ...tagsOf(at)] }, ...others],
      description: at % OF_A_CVE === 0 ? { ...description, vulnerabilities: [vulnerabilityOf(at)] } : description,
    }
  })
}

function tagsOf(at: number): { name: string; value: string }[] {
  const environment = ENVIRONMENTS[at % ENVIRONMENTS.length]
  const classification = CLASSIFICATIONS[at % CLASSIFICATIONS.length]
  return [
    ...(environment === undefined ? [] : [{ name: 'Environment', value: environment }]),
    ...(classification === undefined ? [] : [{ name: 'DataClassification', value: classification }]),
  ]
}

function vulnerabilityOf(at: number): Vulnerability {
  const isRemote = at % 3 > 0
  return {
    uid: `CVE-2025-${1000 + (at % 400)}`,
    cvss: [
      {
        version: '3.1',
        score: isRemote ? 9.8 : 5.5,
        vector: isRemote
          ? 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'
          : 'CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:L/A:N',
      },
    ],
    epss: (at % 50) / 100,
  }
}
