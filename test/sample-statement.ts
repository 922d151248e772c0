import { findingKey } from '../schemas/finding-key.ts'
import type { FindingObserved } from '../schemas/generated/posture-event.ts'

const START = Date.UTC(2026, 10, 25, 12)

export interface StatementOptions {
  readonly verdict?: 'fail' | 'pass'
  /** The source's time, in milliseconds since the epoch. */
  readonly at?: number
  readonly text?: string
  readonly cves?: readonly string[]
  readonly account?: string
}

/** One source's statement about one resource; all of an account lie on one partition. */
export function statement(
  resource: string,
  { verdict = 'fail', at = START, text, cves, account = '123456789012' }: StatementOptions = {},
): FindingObserved {
  const identity = {
    product: 'prowler',
    provider: 'aws',
    account,
    region: '',
    control: 'bucket-public',
    resource,
    discriminator: '',
  }
  return {
    type: 'finding.observed',
    id: `${resource}/${at}`,
    time: at,
    tenant: 'acme',
    collector: 'numbered',
    key: findingKey('acme', identity),
    identity,
    source: { product: 'prowler', format: 'prowler-ocsf' },
    kind: 'compliance',
    verdict: { value: verdict, at },
    description: {
      title: 'Bucket is not public',
      severity: 'high',
      types: [],
      standards: [],
      categories: [],
      ...(text === undefined ? {} : { text }),
      ...(cves === undefined ? {} : { vulnerabilities: cves.map((uid) => ({ uid })) }),
    },
    resources: [{ uid: resource, tags: [] }],
    cloud: { provider: 'aws', account },
    flags: [],
  }
}
