import type { Cloud, Resource } from '../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../schemas/generated/state.ts'

/** What of a finding the rules look at. */
export interface Sample {
  readonly tags?: Readonly<Record<string, string>>
  readonly cloud?: Partial<Cloud>
  readonly resource?: Partial<Resource>
}

/** A finding of Prowler in an account of AWS, about a bucket that is named first. */
export function sampleFinding({ tags = {}, cloud, resource }: Sample): FindingState {
  return {
    type: 'finding',
    key: `v1:${'0'.repeat(32)}`,
    tenant: 'acme',
    identity: {
      product: 'prowler',
      provider: 'aws',
      account: '123456789012',
      region: '',
      control: 'a_check',
      resource: 'arn:aws:s3:::bkt-1',
      discriminator: '',
    },
    source: { product: 'prowler', format: 'prowler-ocsf' },
    kind: 'compliance',
    state: 'open',
    revision: 1,
    members: {},
    description: { title: 't', severity: 'low', types: [], standards: [], categories: [] },
    descriptionVersion: { time: 1, sequence: 0, digest: '' },
    describedBy: { collector: 'nightly', format: 'prowler-ocsf', member: '' },
    resources: [
      {
        uid: 'arn:aws:s3:::bkt-1',
        tags: Object.entries(tags).map(([name, value]) => ({ name, value })),
        ...resource,
      },
      { uid: 'arn:aws:s3:::other', tags: [{ name: 'env', value: 'prod' }] },
    ],
    cloud: { provider: 'aws', account: '123456789012', ...cloud },
    firstSeen: 1,
    lastSeen: 1,
    acceptedAt: 1,
    flags: [],
  }
}
