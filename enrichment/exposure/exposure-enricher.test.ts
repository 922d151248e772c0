import { describe, expect, test } from 'vitest'
import { ec2, networkDocuments, ssh } from '../../test/sample-network.ts'
import type { FindingState } from '../../schemas/generated/state.ts'
import type { ContextGraph, DocumentOf } from '../context-graph.ts'
import type { FindingContext, StateReader } from '../enricher.ts'
import { sampleGraph, SAMPLE_TENANT, type SampleAsset } from '../graph/sample-graph.ts'
import { exposure } from './exposure-enricher.ts'

const network = networkDocuments({
  groups: { 'sg-1': [ssh('0.0.0.0/0')] },
  instances: { 'web-1': { subnet: 'public', group: 'sg-1' }, 'batch-1': { subnet: 'private', group: 'sg-1' } },
})
const BUCKET = 'arn:aws:s3:::exports'
const policy = (principal: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 's3:GetObject', Resource: `${BUCKET}/*` }],
  })
const bucket: DocumentOf<'AWS::S3::Bucket'> = {
  type: 'AWS::S3::Bucket',
  publicAccessBlock: null,
  acl: [],
  ownership: 'BucketOwnerEnforced',
}
const account: DocumentOf<'AWS::Account::Settings'> = { type: 'AWS::Account::Settings', s3PublicAccessBlock: null }
const ACCOUNT_SETTINGS = 'arn:aws:account::111122223333:account'

const assets: readonly SampleAsset[] = [
  ...[...network].map(([uid, document]) => ({ uid, document, version: 7 })),
  { uid: BUCKET, document: { ...bucket, policy: policy('*') } },
  { uid: ACCOUNT_SETTINGS, document: account },
]

function found(uid: string, graph: ContextGraph = sampleGraph(assets)): FindingContext {
  const store: StateReader = { graph, get: () => undefined, keys: () => [], findingsOf: () => [] }
  const finding = { tenant: SAMPLE_TENANT, resources: [{ uid, tags: [] }] } as unknown as FindingState
  return exposure().enrich(finding, store, {})
}

describe('what the inventory adds to a finding', () => {
  test('is who can reach its resource, by whom that is said, since when, and what it rests on', () => {
    const { exposure: said, exposureProof } = found(ec2('instance/i-web-1'))
    expect(said).toMatchObject({
      value: 'internet_sensitive',
      certainty: 'certain',
      source: 'inventory',
      observedAt: 7,
    })
    expect(said?.evidence?.[0]).toBe('0.0.0.0/0 on port 22')
    expect(exposureProof?.value).toBe('internet_sensitive')
  })

  test('is what is in the way, where nobody outside can reach it', () => {
    const { exposure: said, exposureProof } = found(ec2('instance/i-batch-1'))
    expect(said).toMatchObject({ value: 'internal', certainty: 'certain' })
    expect(exposureProof?.closedBy.length).toBeGreaterThan(0)
  })

  test('is that anybody reads its data', () => {
    expect(found(BUCKET)).toMatchObject({
      exposure: { value: 'internet_sensitive' },
      anonymousAccess: { value: 'read', certainty: 'certain', source: 'inventory' },
    })
  })

  test('is no evidence where something is missing, but what that is', () => {
    const context = found(
      ec2('instance/i-web-1'),
      sampleGraph(assets.filter(({ uid }) => !uid.includes('network-acl'))),
    )
    expect(context).not.toHaveProperty('exposure')
    expect(context.exposureProof).toMatchObject({ value: undefined })
    expect(context.exposureProof?.missing.length).toBeGreaterThan(0)
  })

  test('is nothing where the resource is not known, or nobody could reach its kind', () => {
    expect(found(ec2('instance/i-never-heard-of'))).toEqual({})
    expect(
      found(ec2('volume/vol-1'), sampleGraph([{ uid: ec2('volume/vol-1'), document: { type: 'AWS::EC2::Volume' } }])),
    ).toEqual({})
  })
})
