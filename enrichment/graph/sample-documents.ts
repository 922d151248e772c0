import * as fc from 'fast-check'
import type { AssetDocument } from '../../schemas/generated/asset-document.ts'
import { SAMPLE_ACCOUNT, SAMPLE_REGION } from './sample-graph.ts'

/** For tests: small worlds of assets that name each other at random, in one account or two. */
export const OTHER_ACCOUNT = '444455556666'
const ACCOUNTS = [SAMPLE_ACCOUNT, OTHER_ACCOUNT]
const arn = (service: string, account: string, name: string): string =>
  `arn:aws:${service}:${SAMPLE_REGION}:${account}:${name}`

const uids = (service: string, name: string, count: number): readonly string[] =>
  ACCOUNTS.flatMap((account, index) =>
    Array.from({ length: index === 0 ? count : 1 }, (_, each) => arn(service, account, `${name}${each}`)),
  )

const VPCS = uids('ec2', 'vpc/vpc-', 2)
const SUBNETS = uids('ec2', 'subnet/subnet-', 3)
const GROUPS = uids('ec2', 'security-group/sg-', 3)
const LISTS = uids('ec2', 'prefix-list/pl-', 1)
const INSTANCES = uids('ec2', 'instance/i-', 3)
const INTERFACES = uids('ec2', 'network-interface/eni-', 3)
const GATEWAYS = uids('ec2', 'internet-gateway/igw-', 1)
const TABLES = uids('ec2', 'route-table/rtb-', 2)
const ACLS = uids('ec2', 'network-acl/acl-', 2)
const BALANCERS = uids('elasticloadbalancing', 'loadbalancer/app/lb', 2)
const LISTENERS = uids('elasticloadbalancing', 'listener/app/l', 2)
const TARGETS = uids('elasticloadbalancing', 'targetgroup/t', 2)
const CLASSICS = uids('elasticloadbalancing', 'loadbalancer/c', 1)
const DATABASES = uids('rds', 'db:d', 2)
const CLUSTERS = uids('rds', 'cluster:c', 1)
const KUBERNETES = uids('eks', 'cluster/k', 1)
const BUCKETS = ['arn:aws:s3:::bucket-0', 'arn:aws:s3:::bucket-1']
const QUEUES = uids('sqs', 'queue-', 1)
const FUNCTIONS = uids('lambda', 'function:f', 1)
const SETTINGS = ACCOUNTS.map((account) => `arn:aws:account::${account}:region/${SAMPLE_REGION}`)

const one = (among: readonly string[]) => fc.constantFrom(...among)
const some = (among: readonly string[]) => fc.subarray([...among], { maxLength: 2 })
const cidr = fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '203.0.113.0/24', '::/0')
const ports = fc.constantFrom<[number, number]>([22, 22], [443, 443], [0, 65_535])

/** Every property may be missing: it is not known then. */
function document(type: AssetDocument['type'], properties: Readonly<Record<string, fc.Arbitrary<unknown>>>) {
  return fc.record(properties, { requiredKeys: [] }).map((known) => ({ type, ...known }) as unknown as AssetDocument)
}

const groupRule = fc.record(
  {
    protocol: fc.constantFrom('tcp', '-1', 'udp'),
    ports,
    cidrs: fc.subarray(['0.0.0.0/0', '10.0.0.0/8', '::/0']),
    groups: some(GROUPS),
    prefixLists: some(LISTS),
  },
  { requiredKeys: ['protocol', 'cidrs', 'groups', 'prefixLists'] },
)
const aclEntry = fc.record({
  number: fc.constantFrom(100, 200, 32_767),
  direction: fc.constantFrom('in', 'out'),
  action: fc.constantFrom('allow', 'deny'),
  protocol: fc.constantFrom('-1', '6'),
  cidr,
})
const route = fc.oneof(
  fc.record({
    to: cidr,
    via: fc.constant('internet-gateway'),
    target: one(GATEWAYS),
    state: fc.constantFrom('active', 'blackhole'),
  }),
  fc.record({
    to: one(LISTS),
    via: fc.constant('internet-gateway'),
    target: one(GATEWAYS),
    state: fc.constant('active'),
  }),
  fc.record({
    to: cidr,
    via: fc.constantFrom('network-interface', 'nat-gateway'),
    target: one(INTERFACES),
    state: fc.constant('active'),
  }),
)
const condition = fc.oneof(
  fc.constantFrom('vpc-0', 'vpc-1').map((vpc) => ({ StringEquals: { 'aws:SourceVpc': vpc } })),
  one([...BUCKETS, ...QUEUES]).map((source) => ({ ArnEquals: { 'aws:SourceArn': [source] } })),
  fc.constant({}),
)
const policy = fc.option(
  fc
    .tuple(
      condition,
      fc.constantFrom('s3:GetObject', 'sqs:SendMessage', 'lambda:InvokeFunction'),
      one([...BUCKETS, ...QUEUES, ...FUNCTIONS]),
    )
    .map(([Condition, Action, Resource]) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: '*', Action, Resource: [Resource, `${Resource}/*`], Condition }],
      }),
    ),
)
const place = { vpc: one(VPCS), groups: some(GROUPS) }
const balancer = { ...place, scheme: fc.constantFrom('internet-facing', 'internal'), subnets: some(SUBNETS) }
const block = fc.record({
  mode: fc.constantFrom('off', 'block-ingress', 'block-bidirectional'),
  exclusions: fc.array(fc.record({ resource: one([...VPCS, ...SUBNETS]), mode: fc.constant('allow-bidirectional') }), {
    maxLength: 1,
  }),
})

/** Uids, and the documents that assets with them may have. */
export const DOCUMENTS: readonly (readonly [readonly string[], fc.Arbitrary<AssetDocument>])[] = [
  [VPCS, document('AWS::EC2::VPC', { cidrs: fc.constant(['10.0.0.0/16']), default: fc.boolean() })],
  [SUBNETS, document('AWS::EC2::Subnet', { vpc: one(VPCS), cidr: fc.constant('10.0.1.0/24') })],
  [
    GROUPS,
    document('AWS::EC2::SecurityGroup', {
      vpc: one(VPCS),
      ingress: fc.array(groupRule, { maxLength: 2 }),
      tags: fc.array(fc.record({ name: fc.constant('team'), value: fc.constantFrom('a', 'b') }), { maxLength: 1 }),
    }),
  ],
  [
    LISTS,
    document('AWS::EC2::PrefixList', {
      managedBy: fc.constantFrom('customer', 'aws'),
      cidrs: fc.subarray(['0.0.0.0/0', '10.0.0.0/8']),
    }),
  ],
  [
    INSTANCES,
    document('AWS::EC2::Instance', {
      ...place,
      state: fc.constantFrom('running', 'stopped'),
      subnet: one(SUBNETS),
      interfaces: some(INTERFACES),
    }),
  ],
  [
    INTERFACES,
    document('AWS::EC2::NetworkInterface', {
      ...place,
      subnet: one(SUBNETS),
      instance: fc.option(one(INSTANCES)),
      addresses: fc.subarray([{ private: '10.0.1.1', public: '198.51.100.1' }, { private: '10.0.1.2' }]),
      ipv6: fc.subarray(['2001:db8::1', '2600::1']),
    }),
  ],
  [GATEWAYS, document('AWS::EC2::InternetGateway', { vpcs: some(VPCS) })],
  [
    TABLES,
    document('AWS::EC2::RouteTable', {
      vpc: one(VPCS),
      main: fc.boolean(),
      subnets: some(SUBNETS),
      routes: fc.array(route, { maxLength: 3 }),
    }),
  ],
  [
    ACLS,
    document('AWS::EC2::NetworkAcl', {
      vpc: one(VPCS),
      default: fc.boolean(),
      subnets: some(SUBNETS),
      entries: fc.array(aclEntry, { maxLength: 3 }),
    }),
  ],
  [
    BALANCERS,
    document('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      ...balancer,
      kind: fc.constantFrom('application', 'network'),
    }),
  ],
  [
    LISTENERS,
    document('AWS::ElasticLoadBalancingV2::Listener', {
      loadBalancer: one(BALANCERS),
      protocol: fc.constantFrom('HTTP', 'TCP'),
      port: fc.constantFrom(80, 443),
      actions: fc.array(fc.record({ kind: fc.constantFrom('forward', 'redirect'), targetGroups: some(TARGETS) }), {
        maxLength: 2,
      }),
    }),
  ],
  [
    TARGETS,
    document('AWS::ElasticLoadBalancingV2::TargetGroup', {
      vpc: one(VPCS),
      kind: fc.constantFrom('instance', 'ip', 'alb'),
      protocol: fc.constant('TCP'),
      port: fc.constant(80),
      preservesClientIp: fc.boolean(),
      targets: fc.array(
        fc.record({ id: one([...INSTANCES, ...BALANCERS, ...FUNCTIONS, '10.0.1.1']), port: fc.constant(22) }),
        {
          maxLength: 3,
        },
      ),
    }),
  ],
  [
    CLASSICS,
    document('AWS::ElasticLoadBalancing::LoadBalancer', {
      ...balancer,
      listeners: fc.constant([{ protocol: 'TCP', port: 80, instancePort: 22 }]),
      instances: some(INSTANCES),
    }),
  ],
  [
    DATABASES,
    document('AWS::RDS::DBInstance', {
      ...place,
      public: fc.boolean(),
      port: fc.constant(5432),
      subnets: some(SUBNETS),
      cluster: one(CLUSTERS),
    }),
  ],
  [
    CLUSTERS,
    document('AWS::RDS::DBCluster', { groups: some(GROUPS), port: fc.constant(5432), members: some(DATABASES) }),
  ],
  [
    KUBERNETES,
    document('AWS::EKS::Cluster', {
      ...place,
      endpointPublic: fc.boolean(),
      endpointPrivate: fc.boolean(),
      publicCidrs: fc.subarray(['0.0.0.0/0']),
      subnets: some(SUBNETS),
    }),
  ],
  [
    BUCKETS,
    document('AWS::S3::Bucket', {
      policy,
      acl: fc.constant([]),
      ownership: fc.constant('BucketOwnerEnforced'),
      publicAccessBlock: fc.constant(null),
    }),
  ],
  [QUEUES, document('AWS::SQS::Queue', { policy })],
  [FUNCTIONS, document('AWS::Lambda::Function', { policy, url: fc.constant(null) })],
  [SETTINGS, document('AWS::Account::RegionSettings', { vpcBlockPublicAccess: block })],
]
