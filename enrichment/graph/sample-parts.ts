import * as fc from 'fast-check'
import { BUCKETS, FUNCTIONS, GATEWAYS, GROUPS, INTERFACES, LISTS, PEERINGS, QUEUES } from './sample-uids.ts'

/** For tests: what the documents of the small worlds are made of. */
export const one = (among: readonly string[]) => fc.constantFrom(...among)
export const some = (among: readonly string[]) => fc.subarray([...among], { maxLength: 2 })
const cidr = fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '203.0.113.0/24', '::/0')
const ports = fc.constantFrom<[number, number]>([22, 22], [443, 443], [0, 65_535])

export const groupRule = fc.record(
  {
    protocol: fc.constantFrom('tcp', '-1', 'udp'),
    ports,
    cidrs: fc.subarray(['0.0.0.0/0', '10.0.0.0/8', '::/0']),
    groups: some(GROUPS),
    prefixLists: some(LISTS),
  },
  { requiredKeys: ['protocol', 'cidrs', 'groups', 'prefixLists'] },
)
export const aclEntry = fc.record({
  number: fc.constantFrom(100, 200, 32_767),
  direction: fc.constantFrom('in', 'out'),
  action: fc.constantFrom('allow', 'deny'),
  protocol: fc.constantFrom('-1', '6'),
  cidr,
})
export const route = fc.oneof(
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
    via: fc.constant('peering'),
    target: one(PEERINGS),
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
export const policy = fc.option(
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
