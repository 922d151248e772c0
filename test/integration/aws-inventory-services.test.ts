import { describe, expect, onTestFinished, test, type TestContext } from 'vitest'
import { serviceDescribers } from '../../collectors/aws-inventory/services/services.ts'
import { InventoryBench, outcomes } from '../../collectors/aws-inventory/sample-inventory.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { OTHER_REGION, seedServices, type SeededServices } from '../inventory-services.ts'
import { FaultyProxy } from '../servers/faulty-proxy.ts'
import { SampleAccount } from '../servers/moto/sample-account.ts'
import { SAMPLE_ACCOUNT, SAMPLE_REGION, seedTarget } from '../servers/moto/seed/seeded.ts'

const timeout = 300_000
const schemas = new SchemaRegistry()
const regions = [SAMPLE_REGION, OTHER_REGION]
const arn = (service: string, resource: string) => `arn:aws:${service}:${SAMPLE_REGION}:${SAMPLE_ACCOUNT}:${resource}`

/** The sample account with everything else that is described here. */
async function filled(context: TestContext) {
  const account = await SampleAccount.open(context)
  return { account, seeded: await seedServices(seedTarget(account.moto.url), SAMPLE_ACCOUNT) }
}

async function proxied(account: SampleAccount): Promise<FaultyProxy> {
  const proxy = await FaultyProxy.start(account.moto.url)
  onTestFinished(() => proxy.stop())
  return proxy
}

type Swept = Awaited<ReturnType<InventoryBench['sweep']>>

function expectNetworks({ documents }: Swept, seeded: SeededServices): void {
  const subnets = seeded.subnets.map((id) => arn('ec2', `subnet/${id}`)).toSorted()
  const groups = [arn('ec2', `security-group/${seeded.group}`)]
  expect(documents.get(seeded.loadBalancer)).toMatchObject({
    kind: 'application',
    scheme: 'internet-facing',
    vpc: arn('ec2', `vpc/${seeded.vpc}`),
    subnets,
    groups,
    tags: [{ name: 'team', value: 'web' }],
  })
  expect(documents.get(seeded.listener)).toMatchObject({
    loadBalancer: seeded.loadBalancer,
    protocol: 'HTTP',
    port: 80,
    actions: [
      { kind: 'forward', targetGroups: [seeded.targetGroup] },
      { kind: 'fixed-response', targetGroups: [] },
    ],
  })
  const targets = [{ id: '10.9.0.7', port: 8080 }]
  expect(documents.get(seeded.targetGroup)).toMatchObject({ kind: 'ip', preservesClientIp: false, targets })
  expect(documents.get(arn('elasticloadbalancing', 'loadbalancer/old'))).toMatchObject({
    subnets: [arn('ec2', `subnet/${seeded.subnets[0]!}`)],
    groups,
    listeners: [{ protocol: 'HTTP', port: 80, instancePort: 8080 }],
    instances: [],
    tags: [{ name: 'team', value: 'old' }],
  })
  const endpoint = { endpointPublic: true, publicCidrs: ['0.0.0.0/0'] }
  expect(documents.get(arn('eks', 'cluster/main'))).toMatchObject({ ...endpoint, subnets, groups })
  expect(documents.get(arn('rds', 'db:main-1'))).toMatchObject({ subnets, cluster: arn('rds', 'cluster:main') })
  expect(documents.get(arn('rds', 'cluster:main'))).toMatchObject({ members: [arn('rds', 'db:main-1')] })
}

function expectPolicies({ documents }: Swept, seeded: SeededServices): void {
  expect(documents.get(arn('rds', 'snapshot:acme-orders-public'))).toMatchObject({ public: true, sharedWith: [] })
  expect(documents.get(arn('rds', 'cluster-snapshot:s'))).toMatchObject({ public: false, sharedWith: [] })
  expect(documents.get(arn('lambda', 'function:acme-webhook'))).toMatchObject({
    url: { authType: 'NONE', createdAt: expect.any(Number) },
    policy: expect.stringContaining('InvokeFunctionUrl'),
    subnets: [],
  })
  const queue = documents.get(arn('sqs', 'posture-findings'))
  expect(queue).toMatchObject({ policy: expect.stringContaining('SendMessage') })
  expect(documents.get(arn('sqs', 'own'))).toMatchObject({ policy: null, tags: [{ name: 'team', value: 'web' }] })
  expect(documents.get(arn('sns', 'posture-alerts'))).toMatchObject({ policy: expect.any(String), tags: [] })
  expect(documents.get(seeded.key)).toMatchObject({ policy: expect.any(String), tags: [{ name: 'team' }] })
  expect(documents.get(seeded.secret)).toMatchObject({ policy: expect.stringContaining('secretsmanager:*') })
  expect(JSON.stringify([...documents.values()])).not.toContain('hunter2')
  expect(documents.get(seeded.member.arn)).toMatchObject({
    name: 'web',
    organization: seeded.organization,
    management: false,
    parents: [seeded.member.unit, seeded.member.root],
  })
  expect(documents.get(`arn:aws:iam::${SAMPLE_ACCOUNT}:group/people`)).toMatchObject({
    detail: { GroupPolicyList: [{ PolicyName: 'buckets', PolicyDocument: expect.stringMatching(/^\{.*s3:\*/) }] },
  })
}

function expectBuckets({ documents, assets }: Swept): void {
  const regionOf = new Map(assets.map(({ asset }) => [asset.uid, asset.region]))
  const off = {
    blockPublicAcls: false,
    ignorePublicAcls: false,
    blockPublicPolicy: false,
    restrictPublicBuckets: false,
  }
  const on = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true }
  expect(documents.get('arn:aws:s3:::acme-customer-exports')).toMatchObject({
    publicAccessBlock: off,
    policy: expect.stringContaining('AnyoneReads'),
    ownership: 'BucketOwnerEnforced',
    acl: [{ grantee: 'owner', permission: 'FULL_CONTROL' }],
    tags: expect.arrayContaining([{ name: 'owner', value: 'billing' }]),
  })
  expect(documents.get('arn:aws:s3:::acme-legacy-acl')).toMatchObject({
    policy: null,
    ownership: 'ObjectWriter',
    acl: expect.arrayContaining([{ grantee: 'all-users', permission: 'READ' }]),
  })
  expect(documents.get('arn:aws:s3:::acme-untagged')).toMatchObject({ publicAccessBlock: on, tags: [] })
  expect(documents.get('arn:aws:s3:::acme-elsewhere')).toMatchObject({ publicAccessBlock: null, policy: null })
  expect(regionOf.get('arn:aws:s3:::acme-elsewhere')).toBe(OTHER_REGION)
  expect(regionOf.get('arn:aws:s3:::acme-untagged')).toBe(SAMPLE_REGION)
  expect(documents.get(`arn:aws:account::${SAMPLE_ACCOUNT}:account`)).toMatchObject({
    s3PublicAccessBlock: { ...off, ignorePublicAcls: true },
  })
}

describe('the services of an account', () => {
  test('are described whole, and every document is valid', { timeout }, async (context) => {
    const { account, seeded } = await filled(context)
    const swept = await new InventoryBench({ url: account.moto.url }, { regions }, serviceDescribers).sweep()
    expect(swept.error).toBeUndefined()
    expect(Object.values(outcomes(swept)).filter((each) => !each.startsWith('complete'))).toEqual([])
    for (const each of swept.events) schemas.encode('posture-event', each)
    for (const each of swept.documents.values()) schemas.encode('asset-document', each)
    const seen = new Set([...swept.documents.values()].map(({ type }) => type))
    expect([...seen].toSorted()).toEqual(serviceDescribers.flatMap(({ types }) => types).toSorted())
    expectNetworks(swept, seeded)
    expectPolicies(swept, seeded)
    expectBuckets(swept)
  })

  test('say what was refused; lists that are refused or break off are never complete', { timeout }, async (context) => {
    const { account } = await filled(context)
    const proxy = await proxied(account)
    const deniedByLambda = { headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: '{"message":"no"}' }
    const xml = { 'content-type': 'application/xml' }
    const deniedByS3 = { headers: xml, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' }
    const outage = { headers: xml, body: '<Error><Code>InternalError</Code></Error>' }
    proxy.answer(403, { path: /^\/acme-website\/?\?policy/, ...deniedByS3 })
    proxy.answer(403, { path: /\/functions\/.*\/policy/, ...deniedByLambda })
    proxy.answer(403, { path: /^\/clusters(\?|$)/, ...deniedByLambda })
    proxy.answer(500, { path: /^\/acme-elsewhere\/?\?acl/, ...outage })
    const swept = await new InventoryBench({ url: proxy.url }, { regions }, serviceDescribers).sweep()
    const bucket = swept.documents.get('arn:aws:s3:::acme-website')
    expect(bucket).not.toHaveProperty('policy')
    expect(bucket).toMatchObject({ ownership: 'BucketOwnerEnforced', refused: { policy: expect.any(String) } })
    const webhook = swept.documents.get(arn('lambda', 'function:acme-webhook'))
    expect(webhook).not.toHaveProperty('policy')
    expect(webhook).toMatchObject({ url: { authType: 'NONE' }, refused: { policy: expect.any(String) } })
    expect(outcomes(swept)).toMatchObject({
      [`AWS::S3::Bucket ${SAMPLE_REGION}`]: 'complete 6',
      [`AWS::Lambda::Function ${SAMPLE_REGION}`]: 'complete 1',
      [`AWS::RDS::DBInstance ${SAMPLE_REGION}`]: 'complete 2',
      [`AWS::EKS::Cluster ${SAMPLE_REGION}`]: 'failed 0',
      [`AWS::S3::Bucket ${OTHER_REGION}`]: 'failed 0',
    })
  })
})
