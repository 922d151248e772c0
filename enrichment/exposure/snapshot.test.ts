import { describe, expect, test } from 'vitest'
import type { Exposure } from '../exposure.ts'
import { SAMPLE_TENANT, sampleGraph, type SampleAsset } from '../graph/sample-graph.ts'
import { OWNER, PARTNER } from './policy/sample-policies.ts'
import { databaseSnapshotExposure, imageExposure, snapshotExposure } from './snapshot.ts'

const UID = `arn:aws:ec2:eu-west-1:${OWNER}:snapshot/snap-1`
const REGION = `arn:aws:account::${OWNER}:region/eu-west-1`

function snapshot(document: Record<string, unknown>, snapshotBlock?: string): Exposure {
  const settings = { uid: REGION, document: { type: 'AWS::Account::RegionSettings', snapshotBlock } }
  const assets = [
    { uid: UID, document: { type: 'AWS::EC2::Snapshot', ...document } },
    ...(snapshotBlock ? [settings] : []),
  ]
  const graph = sampleGraph(assets as SampleAsset[])
  const asset = graph.asset(SAMPLE_TENANT, UID, 'AWS::EC2::Snapshot')
  if (asset === undefined) throw new Error('The sample graph does not know its snapshot.')
  return snapshotExposure(graph, SAMPLE_TENANT, asset)
}

describe('EBS snapshots', () => {
  test('one that is private is closed for sure, whatever the region says', () => {
    const exposure = snapshot({ public: false, sharedWith: [] })
    expect(exposure).toMatchObject({ value: 'none', certainty: 'certain', anonymous: 'no' })
    expect(exposure.closedBy).toEqual([{ uid: UID, text: 'snapshot is shared with nobody' }])
  })

  test.each([
    ['unblocked', 'internet_sensitive', 'read'],
    ['block-new-sharing', 'internet_sensitive', 'read'],
    ['block-all-sharing', 'none', 'no'],
    [undefined, undefined, 'unknown'],
  ])('a public one under %s is %s', (block, value, anonymous) => {
    expect(snapshot({ public: true, sharedWith: [] }, block)).toMatchObject({ value, anonymous })
  })

  test('sharing with another account is across the boundary, and no block closes it', () => {
    expect(snapshot({ public: false, sharedWith: [PARTNER] })).toMatchObject({
      value: 'cross_boundary',
      certainty: 'certain',
    })
    expect(snapshot({ public: true, sharedWith: [PARTNER] }, 'block-all-sharing').value).toBe('cross_boundary')
    expect(snapshot({ public: false, sharedWith: [OWNER] }).value).toBe('none')
  })

  test('with whom it is shared may not be known', () => {
    expect(snapshot({})).toMatchObject({ value: undefined, anonymous: 'unknown' })
    expect(snapshot({}, 'block-all-sharing')).toMatchObject({ value: 'cross_boundary', certainty: 'possible' })
    expect(snapshot({ public: false }).missing).toEqual([`accounts that ${UID} is shared with`])
  })
})

test('a public image stays public under block-new-sharing', () => {
  const uid = `arn:aws:ec2:eu-west-1:${OWNER}:image/ami-1`
  const settings = { type: 'AWS::Account::RegionSettings', imageBlock: 'block-new-sharing' } as const
  const document = { type: 'AWS::EC2::Image', public: true, sharedWith: [] } as const
  const graph = sampleGraph([
    { uid, document: { ...document, sharedWith: [] } },
    { uid: REGION, document: settings },
  ])
  const asset = graph.asset(SAMPLE_TENANT, uid, 'AWS::EC2::Image')
  expect(asset && imageExposure(graph, SAMPLE_TENANT, asset)).toMatchObject({
    value: 'internet_sensitive',
    anonymous: 'read',
  })
})

test('snapshots of databases and of clusters are shared the same way', () => {
  for (const type of ['AWS::RDS::DBSnapshot', 'AWS::RDS::DBClusterSnapshot'] as const) {
    const uid = `arn:aws:rds:eu-west-1:${OWNER}:snapshot:s`
    const value = (isPublic: boolean, sharedWith: string[]) => {
      const graph = sampleGraph([{ uid, document: { type, public: isPublic, sharedWith } }])
      const asset =
        graph.asset(SAMPLE_TENANT, uid, 'AWS::RDS::DBSnapshot') ??
        graph.asset(SAMPLE_TENANT, uid, 'AWS::RDS::DBClusterSnapshot')
      return asset && databaseSnapshotExposure(graph, SAMPLE_TENANT, asset).value
    }
    expect([value(true, []), value(false, [PARTNER]), value(false, [])]).toEqual([
      'internet_sensitive',
      'cross_boundary',
      'none',
    ])
  }
})
