import type { GroupRule, PortRange } from '../../../schemas/generated/asset-document.ts'
import * as base from './base-world.ts'
import { ANYWHERE, type Case, caseOf, type Changes, rule } from './base-world.ts'
import { LISTS } from './network-cases.ts'
import * as uid from './uids.ts'

const CIDR_FORMS: Readonly<Record<string, string[]>> = {
  none: [],
  all: ANYWHERE,
  'all v6': ['::/0'],
  'two halves': ['0.0.0.0/1', '128.0.0.0/1'],
  'one half twice': ['0.0.0.0/1', '0.0.0.0/1'],
  'every /8': Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`),
  'a /8': ['54.0.0.0/8'],
  'a /8 twice': ['54.0.0.0/8', '54.0.0.0/8'],
  'a /8 and one more': ['54.0.0.0/8', '55.0.0.0/32'],
  'a /8 in quarters and one more': ['54.0.0.0/10', '54.64.0.0/10', '54.128.0.0/9', '55.1.1.1/32'],
  'a /7': ['54.0.0.0/7'],
  'an office': ['203.0.113.0/24'],
  'host bits': ['203.0.113.77/24'],
  'a /32 of v6': ['2600::/32'],
  'a /31 of v6': ['2600::/31'],
  'two /32 of v6': ['2600::/32', '2a00::/32'],
  private: ['10.0.0.0/8', '192.168.0.0/16', '172.16.0.0/12'],
  'the VPC': ['10.0.0.0/16'],
  'the other subnet': ['10.0.2.0/24'],
  'elsewhere private': ['192.168.0.0/16'],
  'unique local v6': ['fd00::/8'],
}
const SERVICES: readonly (readonly [string, PortRange?])[] = [
  ['tcp', [22, 22]],
  ['tcp', [443, 443]],
  ['tcp', [0, 65_535]],
  ['tcp', [20, 25]],
  ['tcp', [5432, 5432]],
  ['udp', [53, 53]],
  ['icmp'],
  ['icmpv6'],
  ['-1'],
  ['47'],
  ['tcp'],
]

/** Every form of CIDRs with every service, alone and beside a second rule or group. */
export function* groupCases(): Generator<Case> {
  const seconds: Readonly<Record<string, Changes>> = {
    alone: {},
    'with an empty group': { [uid.group(2)]: base.group([]) },
    'with an office': { [uid.group(2)]: base.group([rule('tcp', [8443, 8443], ['198.51.100.0/24'])]) },
    'with an unknown group': { [uid.group(2)]: null },
    'with an unread group': { [uid.group(2)]: { type: 'AWS::EC2::SecurityGroup' } },
  }
  for (const [form, cidrs] of Object.entries(CIDR_FORMS))
    for (const [protocol, ports] of SERVICES)
      for (const [second, changes] of Object.entries(seconds))
        yield caseOf(`groups: ${protocol} ${ports?.join('-') ?? ''} from ${form}, ${second}`, {
          ...changes,
          [uid.group(1)]: base.group([rule(protocol, ports, cidrs)]),
          [uid.networkInterface(1)]: base.networkInterface(
            1,
            second === 'alone' ? [uid.group(1)] : [uid.group(1), uid.group(2)],
          ),
        })
}

/** References to groups and lists, known and not, with members and without. */
export function* referenceCases(): Generator<Case> {
  const member: Changes = { [uid.networkInterface(2)]: base.networkInterface(2, [uid.group(2)], { subnet: 2 }) }
  const rules: Readonly<Record<string, Partial<GroupRule>>> = {
    'a group': { groups: [uid.group(2)] },
    'an unknown group': { groups: [uid.group(99)] },
    'the offices': { prefixLists: [uid.prefixList(1)] },
    'an empty list': { prefixLists: [uid.prefixList(2)] },
    'a list of all': { prefixLists: [uid.prefixList(3)] },
    'an unread list': { prefixLists: [uid.prefixList(4)] },
    'an unknown list': { prefixLists: [uid.prefixList(99)] },
    'both lists': { prefixLists: [uid.prefixList(1), uid.prefixList(2)] },
    'a group and a list': { groups: [uid.group(2)], prefixLists: [uid.prefixList(1)] },
  }
  for (const [name, more] of Object.entries(rules))
    for (const [who, members] of [
      ['with members', member],
      ['without members', {}],
    ] as const)
      for (const [address, open] of [
        ['public', true],
        ['private', false],
      ] as const)
        for (const [form, cidrs] of [
          ['', []],
          [' and an office', ['198.51.100.0/24']],
          [' and all', ANYWHERE],
        ] as const)
          yield caseOf(`references: ${name}${form} ${who}, ${address}`, {
            ...LISTS,
            ...members,
            [uid.group(2)]: base.group([]),
            [uid.group(1)]: base.group([rule('tcp', [443, 443], [...cidrs], more)]),
            [uid.networkInterface(1)]: base.networkInterface(1, [uid.group(1)], { open, ipv6: false }),
          })
}
