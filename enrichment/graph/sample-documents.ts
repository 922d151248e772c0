import * as fc from 'fast-check'
import type { AssetDocument } from '../../schemas/generated/asset-document.ts'
import { aclEntry, groupRule, one, policy, route, some } from './sample-parts.ts'
import {
  ACLS,
  BALANCERS,
  BUCKETS,
  CLASSICS,
  CLUSTERS,
  DATABASES,
  FUNCTIONS,
  GATEWAYS,
  GROUPS,
  INSTANCES,
  INTERFACES,
  KUBERNETES,
  LISTENERS,
  LISTS,
  OTHER_ACCOUNT,
  PEERINGS,
  QUEUES,
  SETTINGS,
  SNAPSHOTS,
  SUBNETS,
  TABLES,
  TARGETS,
  VPCS,
} from './sample-uids.ts'

/** Every property may be missing: it is not known then. */
function document(type: AssetDocument['type'], properties: Readonly<Record<string, fc.Arbitrary<unknown>>>) {
  return fc.record(properties, { requiredKeys: [] }).map((known) => ({ type, ...known }) as unknown as AssetDocument)
}

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
    SNAPSHOTS,
    document('AWS::RDS::DBSnapshot', {
      public: fc.boolean(),
      sharedWith: fc.subarray([OTHER_ACCOUNT]),
      instance: one(DATABASES),
    }),
  ],
  [
    PEERINGS,
    document('AWS::EC2::VPCPeeringConnection', {
      requester: one(VPCS),
      accepter: one(VPCS),
      status: fc.constantFrom('active', 'deleted'),
    }),
  ],
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
