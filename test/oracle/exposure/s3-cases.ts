import type { AclGrant, AssetDocument, Bucket, PublicAccessBlock } from '../../../schemas/generated/asset-document.ts'
import type { Case } from './base-world.ts'
import { REGION } from './uids.ts'
import * as uid from './uids.ts'

type Block = PublicAccessBlock | null | undefined

const FLAGS = ['blockPublicAcls', 'ignorePublicAcls', 'blockPublicPolicy', 'restrictPublicBuckets'] as const

/** All sixteen, none at all, and what nobody told. */
const BLOCKS: readonly Block[] = [
  ...Array.from(
    { length: 16 },
    (_, bits) =>
      Object.fromEntries(FLAGS.map((flag, index) => [flag, (bits & (1 << index)) > 0])) as unknown as PublicAccessBlock,
  ),
  null,
  undefined,
]

const grant = (grantee: AclGrant['grantee'], permission: AclGrant['permission']): AclGrant => ({ grantee, permission })
const OWNER = grant('owner', 'FULL_CONTROL')

const ACLS: Readonly<Record<string, AclGrant[] | undefined>> = {
  private: [OWNER],
  empty: [],
  'public read': [OWNER, grant('all-users', 'READ')],
  'public write': [OWNER, grant('all-users', 'WRITE')],
  'public control': [OWNER, grant('all-users', 'FULL_CONTROL')],
  'public write of ACL': [OWNER, grant('all-users', 'WRITE_ACP')],
  'read of any account': [OWNER, grant('authenticated-users', 'READ')],
  'write of any account': [OWNER, grant('authenticated-users', 'WRITE')],
  logs: [OWNER, grant('log-delivery', 'WRITE')],
  'another account': [OWNER, grant('other', 'READ')],
  'not read': undefined,
}
const OWNERSHIPS = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter', null, undefined] as const

const BUCKET = uid.bucket(1)
const allow = (more: object): object => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `${BUCKET}/*`,
  ...more,
})
const deny = (more: object): object => ({
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [BUCKET, `${BUCKET}/*`],
  ...more,
})
const policy = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements })
const office = { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }
const partner = { Principal: { AWS: `arn:aws:iam::${uid.PARTNER}:root` } }

const BUCKET_POLICIES: Readonly<Record<string, string | null | undefined>> = {
  none: null,
  'not read': undefined,
  'public read': policy(allow({})),
  'public list': policy(allow({ Action: 's3:ListBucket', Resource: BUCKET })),
  'public write': policy(allow({ Action: ['s3:PutObject', 's3:DeleteObject'] })),
  'public all': policy(allow({ Action: 's3:*', Resource: [BUCKET, `${BUCKET}/*`] })),
  'office reads': policy(allow(office)),
  'partner reads': policy(allow(partner)),
  'partner reads, and the public': policy(allow(partner), allow({})),
  'partner reads, and the office': policy(allow(partner), allow(office)),
  'public read, all denied': policy(allow({}), deny({})),
  'public read, denied outside a VPC': policy(
    allow({}),
    deny({ Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } } }),
  ),
  'public read, denied without TLS': policy(
    allow({}),
    deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
  ),
  'any organisation reads': policy(allow({ Condition: { StringLike: { 'aws:PrincipalOrgID': 'o-*' } } })),
  'one organisation reads': policy(allow({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } } })),
  'no statement': policy(),
  'own account': policy(allow({ Principal: { AWS: `arn:aws:iam::${uid.ACCOUNT}:root` } })),
  unreadable: '{"Statement": [',
}

/** Every pair of settings with every kind of ACL and policy. */
export function* flagCases(): Generator<Case> {
  const acls = ['private', 'public read', 'public control', 'read of any account', 'not read']
  const policies = [
    'none',
    'public read',
    'office reads',
    'partner reads, and the public',
    'partner reads, and the office',
    'not read',
    'unreadable',
  ]
  for (const account of BLOCKS)
    for (const own of BLOCKS)
      for (const ownership of ['BucketOwnerEnforced', 'ObjectWriter'] as const)
        for (const acl of acls) for (const each of policies) yield caseOf(account, own, acl, ownership, each)
}

/** Every ACL with every ownership and policy, under the settings that matter to them. */
export function* aclPolicyCases(): Generator<Case> {
  for (const acl of Object.keys(ACLS))
    for (const ownership of OWNERSHIPS)
      for (const each of Object.keys(BUCKET_POLICIES))
        for (const bits of [0, 2, 8, 10]) yield caseOf(BLOCKS[bits], null, acl, ownership, each)
}

function caseOf(account: Block, own: Block, acl: string, ownership: Bucket['ownership'], text: string): Case {
  const bucket: AssetDocument = {
    type: 'AWS::S3::Bucket',
    ...(own === undefined ? {} : { publicAccessBlock: own }),
    ...(ACLS[acl] === undefined ? {} : { acl: ACLS[acl] }),
    ...(ownership === undefined ? {} : { ownership }),
    ...(BUCKET_POLICIES[text] === undefined ? {} : { policy: BUCKET_POLICIES[text] }),
  }
  const settings: AssetDocument = {
    type: 'AWS::Account::Settings',
    ...(account === undefined ? {} : { s3PublicAccessBlock: account }),
  }
  return {
    name: `bucket: account ${show(account)}, bucket ${show(own)}, ACL ${acl}, ownership ${ownership}, policy ${text}`,
    uid: BUCKET,
    assets: [
      { uid: BUCKET, document: bucket, region: REGION },
      { uid: uid.accountSettings(), document: settings, region: '' },
    ],
  }
}

const show = (block: Block): string => (block ? FLAGS.map((flag) => (block[flag] ? '1' : '0')).join('') : String(block))
