import { describe, expect, test } from 'vitest'
import { iamGroupDocument, iamPolicyDocument, iamRoleDocument, iamUserDocument } from './iam-documents.ts'
import { identities } from './identities.ts'
import { SampleCalls, describedBy, valid } from './sample-calls.ts'

const IAM = 'arn:aws:iam::111122223333'
const TRUST = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}'
const encoded = encodeURIComponent(TRUST)

describe('IAM', () => {
  test('gives users, groups, roles and policies, page by page', async () => {
    const calls = new SampleCalls({
      GetAccountAuthorizationDetailsCommand: ({ Marker }) =>
        Marker === undefined
          ? { UserDetailList: [{ Arn: `${IAM}:user/u` }], IsTruncated: true, Marker: 'm' }
          : {
              GroupDetailList: [{ Arn: `${IAM}:group/g` }],
              RoleDetailList: [{ Arn: `${IAM}:role/r` }],
              Policies: [{ Arn: `${IAM}:policy/p` }, {}],
              IsTruncated: false,
              Marker: 'left over',
            },
    })
    expect(await describedBy(identities, calls)).toMatchObject([
      { uid: `${IAM}:user/u`, document: { type: 'AWS::IAM::User' } },
      { uid: `${IAM}:group/g`, document: { type: 'AWS::IAM::Group' } },
      { uid: `${IAM}:role/r`, document: { type: 'AWS::IAM::Role' } },
      { uid: `${IAM}:policy/p`, document: { type: 'AWS::IAM::Policy' } },
      { refused: ['AWS::IAM::Policy'] },
    ])
  })

  test('policies become readable, times are ISO 8601, tags stand where all tags stand', () => {
    const document = iamUserDocument({
      Arn: `${IAM}:user/u`,
      CreateDate: new Date(0),
      UserPolicyList: [{ PolicyName: 'inline', PolicyDocument: encoded }],
      GroupList: ['g'],
      Tags: [{ Key: 'team', Value: 'web' }],
    })
    expect(valid({ uid: 'x', document }).document).toEqual({
      type: 'AWS::IAM::User',
      tags: [{ name: 'team', value: 'web' }],
      detail: {
        Arn: `${IAM}:user/u`,
        CreateDate: '1970-01-01T00:00:00.000Z',
        UserPolicyList: [{ PolicyName: 'inline', PolicyDocument: TRUST }],
        GroupList: ['g'],
      },
    })
    const inline = [{ PolicyDocument: encoded }]
    expect(iamGroupDocument({ GroupPolicyList: inline }).detail).toEqual({
      GroupPolicyList: [{ PolicyDocument: TRUST }],
    })
  })

  test('a role says on which day it was used last, and what of its instance profiles was left out', () => {
    const document = iamRoleDocument({
      AssumeRolePolicyDocument: encoded,
      InstanceProfileList: [{ InstanceProfileName: 'p', Roles: [{ RoleName: 'r' } as never] } as never],
      RoleLastUsed: { LastUsedDate: new Date('2026-11-25T13:14:15Z'), Region: 'eu-west-1' },
    })
    expect(document.detail).toEqual({
      AssumeRolePolicyDocument: TRUST,
      InstanceProfileList: [{ InstanceProfileName: 'p' }],
      RoleLastUsed: { LastUsedDate: '2026-11-25', Region: 'eu-west-1' },
      trimmed: ['InstanceProfileList[].Roles'],
    })
  })

  test('of a policy the version in effect has its text, the others are named as trimmed', () => {
    const versions = [
      { VersionId: 'v2', IsDefaultVersion: true, Document: encoded },
      { VersionId: 'v1', IsDefaultVersion: false, Document: encoded },
    ]
    expect(iamPolicyDocument({ AttachmentCount: 2, PolicyVersionList: versions }).detail).toEqual({
      AttachmentCount: 2,
      PolicyVersionList: [
        { VersionId: 'v2', IsDefaultVersion: true, Document: TRUST },
        { VersionId: 'v1', IsDefaultVersion: false },
      ],
      trimmed: ['PolicyVersionList[v1].Document'],
    })
  })

  test("a policy of AWS's own is the same in every account", () => {
    const Arn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    const [first, second] = [1, 2].map((AttachmentCount) =>
      iamPolicyDocument({ Arn, AttachmentCount, PermissionsBoundaryUsageCount: AttachmentCount }),
    )
    expect(first).toEqual(second)
    expect(first?.detail?.['trimmed']).toEqual(['AttachmentCount', 'PermissionsBoundaryUsageCount'])
  })

  test('what is too much for one record loses its longest property, and says which', () => {
    const UserPolicyList = Array.from({ length: 30 }, () => ({ PolicyDocument: 'x'.repeat(10_000) }))
    const { detail } = iamUserDocument({ UserName: 'u', UserPolicyList, GroupList: ['g'] })
    expect(detail).toEqual({ UserName: 'u', GroupList: ['g'], trimmed: ['UserPolicyList'] })
  })

  test('a text that is encoded badly, or not at all, stays as it is', () => {
    for (const text of ['%7B%', '{"a":"%20"}', ''])
      expect(iamRoleDocument({ AssumeRolePolicyDocument: text }).detail).toEqual({ AssumeRolePolicyDocument: text })
  })

  test.each([iamUserDocument, iamGroupDocument, iamRoleDocument, iamPolicyDocument])(
    'an answer without anything in it is a document without detail',
    (documentFor) => {
      expect(valid({ uid: 'x', document: documentFor({}) }).document).toMatchObject({ detail: {} })
    },
  )
})
