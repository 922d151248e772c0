import * as fc from 'fast-check'
import type { AssetType, DocumentOf } from '../../../enrichment/context-graph.ts'
import type { AssetDocument } from '../../../schemas/generated/asset-document.ts'
import { named, some } from './any-network.ts'
import * as uid from './uids.ts'

const groups = some(named(uid.group, 4), 2)
const subnets = fc.uniqueArray(named(uid.subnet, 3), { minLength: 1, maxLength: 2 })

const block = fc.record({
  blockPublicAcls: fc.boolean(),
  ignorePublicAcls: fc.boolean(),
  blockPublicPolicy: fc.boolean(),
  restrictPublicBuckets: fc.boolean(),
})

/** A policy text: open, open under a condition, for a known account, denied again, or unreadable. */
const policyFor = (action: string): fc.Arbitrary<string | null> =>
  fc
    .record({
      principal: fc.constantFrom<unknown>('*', { AWS: '*' }, { AWS: `arn:aws:iam::${uid.PARTNER}:root` }),
      condition: fc.constantFrom<unknown>(
        undefined,
        undefined,
        { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
        { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } },
        { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } },
        { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
      ),
      denied: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 0),
      form: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ principal, condition, denied, form }) => {
      if (form === 0) return '{"Statement": ['
      if (form < 4) return null
      const allow = { Effect: 'Allow', Principal: principal, Action: action, Resource: '*', Condition: condition }
      const deny = { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }
      return JSON.stringify({ Version: '2012-10-17', Statement: denied ? [allow, deny] : [allow] })
    })

type Arbitraries = { [Type in AssetType]?: () => fc.Arbitrary<DocumentOf<Type>> }

const withPolicy = <Type extends AssetType>(type: Type, action: string): fc.Arbitrary<DocumentOf<Type>> =>
  fc.record({ type: fc.constant(type), policy: policyFor(action) }) as unknown as fc.Arbitrary<DocumentOf<Type>>

const balancers: Arbitraries = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': () =>
    fc.record({
      type: fc.constant('AWS::ElasticLoadBalancingV2::LoadBalancer'),
      kind: fc.constantFrom('application' as const, 'network' as const),
      scheme: fc.constantFrom('internet-facing' as const, 'internet-facing' as const, 'internal' as const),
      vpc: fc.constant(uid.vpc(1)),
      subnets,
      groups,
      state: fc.constant('active'),
    }),
  'AWS::ElasticLoadBalancingV2::Listener': () =>
    fc.record({
      type: fc.constant('AWS::ElasticLoadBalancingV2::Listener'),
      loadBalancer: named(uid.loadBalancer, 2),
      protocol: fc.constantFrom('HTTPS', 'TCP'),
      port: fc.constantFrom(80, 443, 5432),
      actions: some(
        fc.record({
          kind: fc.constantFrom('forward', 'forward', 'redirect', 'authenticate-oidc'),
          targetGroups: some(named(uid.targetGroup, 3), 2),
        }),
        2,
      ),
    }),
  'AWS::ElasticLoadBalancingV2::TargetGroup': () =>
    fc.record({
      type: fc.constant('AWS::ElasticLoadBalancingV2::TargetGroup'),
      kind: fc.constantFrom('instance' as const, 'instance' as const, 'ip' as const),
      protocol: fc.constantFrom('HTTP', 'TCP'),
      port: fc.constantFrom(80, 8080, 22),
      vpc: fc.constant(uid.vpc(1)),
      preservesClientIp: fc.boolean(),
      targets: some(
        fc.record({
          id: fc.oneof(named(uid.instance, 4), fc.constantFrom('10.0.1.11', '10.0.1.200')),
          health: fc.constantFrom('healthy', 'healthy', 'unhealthy'),
        }),
        2,
      ),
    }),
  'AWS::ElasticLoadBalancing::LoadBalancer': () =>
    fc.record({
      type: fc.constant('AWS::ElasticLoadBalancing::LoadBalancer'),
      scheme: fc.constantFrom('internet-facing' as const, 'internal' as const),
      vpc: fc.constant(uid.vpc(1)),
      subnets,
      groups,
      listeners: some(fc.record({ port: fc.constantFrom(80, 443), instancePort: fc.constantFrom(80, 22) }), 2),
      instances: some(named(uid.instance, 4), 2),
    }),
}

const databases: Arbitraries = {
  'AWS::RDS::DBInstance': () =>
    fc.record({
      type: fc.constant('AWS::RDS::DBInstance'),
      public: fc.boolean(),
      port: fc.constantFrom(5432, 3306),
      vpc: fc.constant(uid.vpc(1)),
      zone: fc.constantFrom('eu-west-1a', 'eu-west-1b'),
      subnets,
      groups,
      cluster: fc.constant(uid.uidOf('AWS::RDS::DBCluster', 1)),
    }),
  'AWS::RDS::DBCluster': () =>
    fc.record({
      type: fc.constant('AWS::RDS::DBCluster'),
      port: fc.constant(5432),
      groups,
      members: some(named(uid.database, 3), 2),
    }),
}

const shared = <Type extends AssetType>(type: Type): fc.Arbitrary<DocumentOf<Type>> =>
  fc.record({
    type: fc.constant(type),
    public: fc.boolean(),
    sharedWith: some(fc.constant(uid.PARTNER), 1),
  }) as unknown as fc.Arbitrary<DocumentOf<Type>>

const DOCUMENTS: Arbitraries = {
  ...balancers,
  ...databases,
  'AWS::EC2::Snapshot': () => shared('AWS::EC2::Snapshot'),
  'AWS::EC2::Image': () => shared('AWS::EC2::Image'),
  'AWS::RDS::DBSnapshot': () => shared('AWS::RDS::DBSnapshot'),
  'AWS::RDS::DBClusterSnapshot': () => shared('AWS::RDS::DBClusterSnapshot'),
  'AWS::EC2::Volume': () =>
    fc.record({
      type: fc.constant('AWS::EC2::Volume'),
      encrypted: fc.boolean(),
      instances: some(named(uid.instance, 4), 1),
    }),
  'AWS::S3::Bucket': () =>
    fc.record({
      type: fc.constant('AWS::S3::Bucket'),
      publicAccessBlock: fc.oneof(fc.constant(null), block),
      policy: policyFor('s3:GetObject'),
      acl: some(
        fc.record({
          grantee: fc.constantFrom('owner' as const, 'all-users' as const, 'authenticated-users' as const),
          permission: fc.constantFrom('READ' as const, 'WRITE' as const, 'FULL_CONTROL' as const),
        }),
        2,
      ),
      ownership: fc.constantFrom(
        'BucketOwnerEnforced' as const,
        'BucketOwnerEnforced' as const,
        'ObjectWriter' as const,
        null,
      ),
    }),
  'AWS::Lambda::Function': () =>
    fc.record({
      type: fc.constant('AWS::Lambda::Function'),
      url: fc.constantFrom(
        null,
        { authType: 'NONE' as const, createdAt: Date.UTC(2025, 1) },
        { authType: 'AWS_IAM' as const, createdAt: Date.UTC(2025, 11) },
      ),
      policy: policyFor('lambda:InvokeFunctionUrl'),
    }),
  'AWS::EKS::Cluster': () =>
    fc.record({
      type: fc.constant('AWS::EKS::Cluster'),
      endpointPublic: fc.boolean(),
      endpointPrivate: fc.constant(true),
      publicCidrs: fc.constantFrom(['0.0.0.0/0'], ['203.0.113.0/24']),
      vpc: fc.constant(uid.vpc(1)),
      subnets,
      groups,
    }),
  'AWS::SQS::Queue': () => withPolicy('AWS::SQS::Queue', 'sqs:SendMessage'),
  'AWS::SNS::Topic': () => withPolicy('AWS::SNS::Topic', 'sns:Publish'),
  'AWS::KMS::Key': () => withPolicy('AWS::KMS::Key', 'kms:Decrypt'),
  'AWS::SecretsManager::Secret': () => withPolicy('AWS::SecretsManager::Secret', 'secretsmanager:GetSecretValue'),
  'AWS::Account::Settings': () =>
    fc.record({ type: fc.constant('AWS::Account::Settings'), s3PublicAccessBlock: fc.oneof(fc.constant(null), block) }),
  'AWS::Account::RegionSettings': () =>
    fc.record({
      type: fc.constant('AWS::Account::RegionSettings'),
      vpcBlockPublicAccess: fc
        .tuple(
          fc.constantFrom('off', 'off', 'off', 'block-ingress', 'block-bidirectional'),
          some(named(uid.subnet, 3), 1),
        )
        .map(([mode, open]) => ({
          mode,
          exclusions: open.map((resource) => ({ resource, mode: 'allow-bidirectional' as const })),
        })),
      snapshotBlock: fc.constantFrom('unblocked' as const, 'unblocked' as const, 'block-all-sharing' as const),
      imageBlock: fc.constantFrom('unblocked' as const, 'block-new-sharing' as const),
    }),
}

/** What may be told of an asset of a service. */
export function anyServiceDocument(type: AssetType): fc.Arbitrary<AssetDocument> {
  const arbitrary = DOCUMENTS[type]
  if (!arbitrary) throw new Error(`No documents were thought out for ${type}: add them to any-service.ts.`)
  return arbitrary()
}
