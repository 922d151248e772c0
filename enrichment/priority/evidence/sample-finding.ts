import type { Description } from '../../../schemas/generated/posture-event.ts'
import type { FindingState } from '../../../schemas/generated/state.ts'

export const OBSERVED = Date.UTC(2026, 10, 25)

export interface SampleChanges {
  readonly product?: string
  readonly name?: string
  readonly control?: string
  readonly description?: Partial<Description>
}

/** An open finding of a source about a bucket, as the lifecycle keeps it. */
export function sampleFinding(changes: SampleChanges = {}): FindingState {
  const { product = 'prowler', name = 'Prowler', control = 'x', description } = changes
  return {
    type: 'finding',
    key: `v1:${'0'.repeat(32)}`,
    tenant: 'acme',
    identity: {
      product,
      provider: 'aws',
      account: '111122223333',
      region: '',
      control,
      resource: 'arn:aws:s3:::shop',
      discriminator: '',
    },
    source: { product, name, format: 'json' },
    kind: 'compliance',
    state: 'open',
    revision: 0,
    members: { '': { verdict: 'fail', archived: false, standards: [] } },
    description: { title: 'It fails', severity: 'high', types: [], standards: [], categories: [], ...description },
    descriptionVersion: { time: OBSERVED, sequence: 0, digest: '0'.repeat(32) },
    describedBy: { collector: 'nightly', format: 'json', member: '' },
    resources: [{ uid: 'arn:aws:s3:::shop', tags: [] }],
    cloud: { provider: 'aws', account: '111122223333' },
    firstSeen: OBSERVED,
    lastSeen: OBSERVED,
    acceptedAt: OBSERVED,
    flags: [],
  }
}
