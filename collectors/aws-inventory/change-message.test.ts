import { describe, expect, test } from 'vitest'
import { readChanges } from './change-message.ts'
import { describers } from './describers.ts'

const call = (eventSource: string, eventName: string, detail: object = {}, event: object = {}): string =>
  JSON.stringify({
    'detail-type': 'AWS API Call via CloudTrail',
    account: '111122223333',
    region: 'eu-west-1',
    detail: { eventSource, eventName, awsRegion: 'eu-west-1', readOnly: false, ...detail },
    ...event,
  })
const named = (body: string): string[] => readChanges(body, describers).map(({ describer }) => describer.name)

describe('a message', () => {
  test.each([
    ['ec2.amazonaws.com', 'AuthorizeSecurityGroupIngress', 'ec2-security-groups'],
    ['ec2.amazonaws.com', 'RunInstances', 'ec2-instances'],
    ['ec2.amazonaws.com', 'RunInstances', 'ec2-network-interfaces'],
    ['ec2.amazonaws.com', 'AssociateAddress', 'ec2-network-interfaces'],
    ['ec2.amazonaws.com', 'ReplaceRoute', 'ec2-route-tables'],
    ['ec2.amazonaws.com', 'AssociateRouteTable', 'ec2-route-tables'],
    ['ec2.amazonaws.com', 'DetachInternetGateway', 'ec2-internet-gateways'],
    ['ec2.amazonaws.com', 'ReplaceNetworkAclEntry', 'ec2-network-acls'],
    ['ec2.amazonaws.com', 'ModifySnapshotAttribute', 'ec2-snapshots'],
    ['ec2.amazonaws.com', 'ModifyImageAttribute', 'ec2-images'],
    ['ec2.amazonaws.com', 'ModifyManagedPrefixList', 'ec2-prefix-lists'],
    ['ec2.amazonaws.com', 'AcceptVpcPeeringConnection', 'ec2-vpc-peerings'],
    ['ec2.amazonaws.com', 'ModifyVpcBlockPublicAccessOptions', 'ec2-region-settings'],
    ['ec2.amazonaws.com', 'EnableSnapshotBlockPublicAccess', 'ec2-region-settings'],
    ['ec2.amazonaws.com', 'ModifyNetworkInterfaceAttribute', 'ec2-network-interfaces'],
    ['ec2.amazonaws.com', 'ModifyInstanceAttribute', 'ec2-network-interfaces'],
    ['s3.amazonaws.com', 'PutBucketPolicy', 's3-buckets'],
    ['lambda.amazonaws.com', 'AddPermission20150331v2', 'lambda-functions'],
  ])('of %s %s concerns %s', (source, name, describer) => {
    expect(named(call(source, name))).toContain(describer)
  })

  test('of a change that AWS Config noticed concerns what describes that type', () => {
    const configurationItem = {
      resourceType: 'AWS::EC2::SecurityGroup',
      awsAccountId: '444455556666',
      awsRegion: 'eu-north-1',
    }
    const body = JSON.stringify({ 'detail-type': 'Config Configuration Item Change', detail: { configurationItem } })
    expect(readChanges(body, describers)).toMatchObject([
      { account: '444455556666', region: 'eu-north-1', describer: { name: 'ec2-security-groups' } },
    ])
  })

  test('may come through SNS', () => {
    const body = JSON.stringify({ Type: 'Notification', Message: call('ec2.amazonaws.com', 'DeleteRoute') })
    expect(named(body)).toEqual(['ec2-route-tables'])
  })

  test('of a call that reads, was refused, or concerns nothing here changes nothing', () => {
    expect(named(call('ec2.amazonaws.com', 'DescribeSecurityGroups', { readOnly: true }))).toEqual([])
    expect(
      named(call('ec2.amazonaws.com', 'DeleteSecurityGroup', { errorCode: 'Client.UnauthorizedOperation' })),
    ).toEqual([])
    expect(named(call('athena.amazonaws.com', 'RunInstances'))).toEqual([])
    expect(named(call('ec2.amazonaws.com', 'CreateKeyPair'))).toEqual([])
    expect(named(JSON.stringify({ 'detail-type': 'Scheduled Event', detail: {} }))).toEqual([])
    expect(named(JSON.stringify({ 'detail-type': 'Config Configuration Item Change', detail: {} }))).toEqual([])
  })

  test.each([
    '',
    'no',
    'null',
    '[]',
    '7',
    '{}',
    '{"detail-type":1,"detail":{}}',
    '{"detail-type":"x"}',
    '{"Message":"{}"}',
    '{"Message":"["}',
  ])('that is no event is refused: %s', (body) => {
    expect(() => readChanges(body, describers)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^MESSAGE_/) }),
    )
  })
})
