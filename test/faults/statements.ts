import { findingKey } from '../../schemas/finding-key.ts'
import { accountPartition, eventRoute } from '../../schemas/event-route.ts'
import type { FindingObserved, Identity } from '../../schemas/generated/posture-event.ts'
import { eventHeaders, type FindingStatus } from '../../schemas/records.ts'
import type { SchemaRegistry } from '../../schemas/registry.ts'
import { partitionFor } from '../../stream/partitioner.ts'
import type { OutgoingRecord } from '../../stream/stream.ts'

export const TENANT = 'acme'
const FIRST_ACCOUNT = 100_000_000_000
const SENTENCE = 'The bucket policy grants access to principals outside of the organisation. '

/** A finding about which numbered statements are made. */
export interface NumberedFinding {
  readonly key: string
  readonly identity: Identity
  readonly partition: number
}

/** Findings of several accounts, as many on each partition as on any other; neighbours lie on different partitions. */
export function numberedFindings(partitions: number, accounts: number, findings: number): NumberedFinding[] {
  const byPartition = Array.from({ length: partitions }, (): string[] => [])
  for (let number = FIRST_ACCOUNT; byPartition.some(({ length }) => length < accounts); number += 1) {
    const own = byPartition[partitionFor(accountPartition(TENANT, `${number}`), partitions)]!
    if (own.length < accounts) own.push(`${number}`)
  }
  return Array.from({ length: findings }, (_, bucket) => bucket).flatMap((bucket) =>
    Array.from({ length: accounts }, (_, account) => account).flatMap((account) =>
      byPartition.map((own, partition) => numbered(own[account]!, bucket, partition)),
    ),
  )
}

function numbered(account: string, bucket: number, partition: number): NumberedFinding {
  const identity = {
    product: 'prowler',
    provider: 'aws',
    account,
    region: '',
    control: 's3_bucket_public_access',
    resource: `arn:aws:s3:::bucket-${account}-${bucket}`,
    discriminator: '',
  }
  return { key: findingKey(TENANT, identity), identity, partition }
}

/** The state that a finding has after its statement `number`: each of them turns it, and so makes one revision. */
export function stateAfter(number: number): FindingStatus {
  return number % 2 === 1 ? 'open' : 'resolved'
}

/** Statement `number` (from 1) about a finding, by a source's clock that says `at`, as collectors write it. */
export function statementRecord(
  { key, identity }: NumberedFinding,
  number: number,
  at: number,
  schemas: SchemaRegistry,
): OutgoingRecord {
  const { account, resource } = identity
  const event: FindingObserved = {
    type: 'finding.observed',
    id: `${key}/${number}`,
    time: at,
    tenant: TENANT,
    collector: 'numbered',
    key,
    identity,
    source: { product: 'prowler', format: 'prowler-ocsf' },
    kind: 'compliance',
    verdict: { value: stateAfter(number) === 'open' ? 'fail' : 'pass', at, detail: `Statement ${number}. ${SENTENCE}` },
    description: {
      title: 'The bucket is not public',
      text: SENTENCE.repeat(8),
      severity: 'high',
      types: [],
      standards: [],
      categories: [],
    },
    resources: [{ uid: resource, tags: [] }],
    cloud: { provider: 'aws', account },
    flags: [],
  }
  const { key: recordKey, partitionBy } = eventRoute(event)
  return {
    key: recordKey,
    value: schemas.encode('posture-event', event),
    headers: eventHeaders(event),
    ...(partitionBy === undefined ? {} : { partitionBy }),
  }
}
