import { BatchUpdateFindingsV2Command, GetFindingsCommand, GetFindingsV2Command } from '@aws-sdk/client-securityhub'
import { describe, expect, onTestFinished, test } from 'vitest'
import { clientOf, sampleFinding } from './sample-finding.ts'
import { SecurityHubServer } from './security-hub-server.ts'

const day = (n: number) => `2026-11-${String(n).padStart(2, '0')}T00:00:00.000Z`

describe('OCSF', () => {
  const given = {
    class_uid: 2003,
    metadata: { uid: 'given', product: { uid: 'p' } },
    finding_info: { uid: 'g', modified_time_dt: day(9) },
    cloud: { account: { uid: '111122223333' }, region: 'eu-west-1' },
  }
  async function seeded() {
    const server = await SecurityHubServer.start({ rateFactor: Infinity })
    onTestFinished(() => server.stop())
    server.seed([
      sampleFinding({ Id: 'a', Severity: { Label: 'HIGH' }, Workflow: { Status: 'NEW' }, UpdatedAt: day(3) }),
    ])
    server.seedOcsf([given])
    return { client: clientOf(server) }
  }
  const uid = (finding: unknown) => (finding as { finding_info: { uid: string } }).finding_info.uid

  test('is derived from ASFF, or as it was given; GetFindings does not show what was given', async () => {
    const { client } = await seeded()
    const { Findings } = await client.send(new GetFindingsV2Command({}))
    expect(Findings).toHaveLength(2)
    expect(Findings![0]).toMatchObject({
      class_uid: 2003,
      severity_id: 4,
      status_id: 1,
      compliance: { status_id: 3, status: 'Fail', status_code: 'FAILED' },
      finding_info: { uid: 'a', modified_time: Date.parse(day(3)), modified_time_dt: day(3) },
      cloud: { account: { uid: '111122223333' }, region: 'eu-west-1' },
    })
    expect(Findings![1]).toEqual(given)
    expect((await client.send(new GetFindingsCommand({}))).Findings!.map(({ Id }) => Id)).toEqual(['a'])
  })

  test('is filtered, sorted and paged', async () => {
    const { client } = await seeded()
    const date = { FieldName: 'finding_info.modified_time_dt', Filter: { Start: day(4), End: day(30) } } as const
    const high = { FieldName: 'severity_id', Filter: { Gte: 4 } } as const
    const both = {
      CompositeFilters: [{ DateFilters: [date] }, { NumberFilters: [high] }],
      CompositeOperator: 'OR',
    } as const
    const only = { CompositeFilters: [{ DateFilters: [date] }] }
    const found = async (input: object) => (await client.send(new GetFindingsV2Command(input))).Findings!.map(uid)
    expect(await found({ Filters: only })).toEqual(['g'])
    const SortCriteria = [{ Field: 'finding_info.modified_time_dt', SortOrder: 'desc' }]
    expect(await found({ Filters: both, SortCriteria })).toEqual(['g', 'a'])
    const { NextToken } = await client.send(new GetFindingsV2Command({ MaxResults: 1 }))
    expect(await found({ MaxResults: 1, NextToken })).toEqual(['g'])
    await expect(found({ MaxResults: 2, NextToken })).rejects.toMatchObject({ name: 'ValidationException' })
  })

  test('takes a comment, a severity and a status, by either name', async () => {
    const { client } = await seeded()
    const change = { Comment: 'c', SeverityId: 5, StatusId: 3 }
    const update = (input: object) => client.send(new BatchUpdateFindingsV2Command(input))
    const named = { CloudAccountUid: '111122223333', FindingInfoUid: 'g', MetadataProductUid: 'p' }
    const byUid = await update({ MetadataUids: ['given', 'none'], ...change })
    expect(byUid.ProcessedFindings).toEqual([{ MetadataUid: 'given' }])
    expect(byUid.UnprocessedFindings).toMatchObject([{ MetadataUid: 'none', ErrorCode: 'ResourceNotFoundException' }])
    expect((await update({ FindingIdentifiers: [named], StatusId: 4 })).ProcessedFindings).toHaveLength(1)
    const { Findings } = await client.send(new GetFindingsV2Command({}))
    expect(Findings![1]).toEqual({
      ...given,
      comment: 'c',
      severity_id: 5,
      severity: 'Critical',
      status_id: 4,
      status: 'Resolved',
    })
    const wrong = [
      { ...change, MetadataUids: [] },
      { MetadataUids: ['given'], FindingIdentifiers: [named] },
    ]
    for (const input of [
      ...wrong,
      { MetadataUids: ['given'], Comment: 'x'.repeat(513) },
      { MetadataUids: ['given'], StatusId: 7 },
    ])
      await expect(update(input)).rejects.toMatchObject({ name: 'ValidationException' })
  })
})
