import type { Suite } from './comparison.ts'

/** One rule, spoilt: the text that stands for it, what it becomes, and the cases that have to tell. */
export interface Mutation {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  readonly suites: readonly Suite[]
}

const HERE = 'enrichment/exposure/'

/** Of the network: `test/oracle/exposure/mutations.test.ts` tries each on a copy of the sources. */
const NETWORK: readonly Mutation[] = [
  {
    name: 'the last entry of an ACL wins',
    file: `${HERE}network-acl.ts`,
    from: '.toSorted((one, other) => one.number - other.number)',
    to: '.toSorted((one, other) => other.number - one.number)',
    suites: ['acl'],
  },
  {
    name: 'what an ACL denies is passed over',
    file: `${HERE}network-acl.ts`,
    from: 'entry.direction === direction)',
    to: "entry.direction === direction && entry.action === 'allow')",
    suites: ['acl'],
  },
  {
    name: 'replies may go to any port',
    file: `${HERE}network-acl.ts`,
    from: 'FIRST_REPLY_PORT = 1024',
    to: 'FIRST_REPLY_PORT = 0',
    suites: ['acl'],
  },
  {
    name: 'replies need nothing',
    file: `${HERE}network-acl.ts`,
    from: 'bounds: map(outbound, (set) => repliesOf(family, set))',
    to: "bounds: passing(family, 'certain')",
    suites: ['acl'],
  },
  {
    name: "a subnet's own table is ignored",
    file: `${HERE}network-routes.ts`,
    from: 'if (explicit !== undefined) return',
    to: 'if (explicit === null) return',
    suites: ['routes'],
  },
  {
    name: 'the main table is ignored',
    file: `${HERE}network-routes.ts`,
    from: 'document.main === true',
    to: 'document.main === false',
    suites: ['routes'],
  },
  {
    name: 'a blackhole leads on',
    file: `${HERE}network-routes.ts`,
    from: "if (state !== 'active') return 'no'",
    to: '',
    suites: ['routes'],
  },
  {
    name: 'the widest route wins',
    file: `${HERE}network-routes.ts`,
    from: 'other.prefix - one.prefix',
    to: 'one.prefix - other.prefix',
    suites: ['routes'],
  },
  {
    name: 'a gateway needs no VPC',
    file: `${HERE}network-routes.ts`,
    from: "gateway.document.vpcs.includes(vpc) ? 'certain' : 'no'",
    to: "'certain'",
    suites: ['routes'],
  },
  {
    name: 'an exclusion for what leaves lets in',
    file: `${HERE}network-block.ts`,
    from: "mode === 'allow-bidirectional' && ",
    to: '',
    suites: ['block'],
  },
  {
    name: 'a block that is not known is none',
    file: `${HERE}network-block.ts`,
    from: 'if (block === undefined) return unknownStep(',
    to: 'if (block === undefined) return openStep(',
    suites: ['block'],
  },
  {
    name: 'a /8 is the internet',
    file: `${HERE}flow-set-internet.ts`,
    from: '> SOMEBODIES[family]',
    to: '>= SOMEBODIES[family]',
    suites: ['groups'],
  },
  {
    name: 'a prefix list that is not known is empty',
    file: `${HERE}network-groups.ts`,
    from: ": { sources: [], how: 'certain', gap }",
    to: ": { sources: [], how: 'certain' }",
    suites: ['references'],
  },
  {
    name: 'a group that is not known is closed',
    file: `${HERE}network-groups.ts`,
    from: "return { uid, bounds: passing(family, 'unknown'), named: []",
    to: 'return { uid, bounds: CLOSED, named: []',
    suites: ['groups', 'missing'],
  },
  {
    name: 'a target never sees who calls',
    file: `${HERE}load-balancer-delivery.ts`,
    from: 'return keepsClient ? kept() : replaced()',
    to: 'return replaced()',
    suites: ['balancers'],
  },
  {
    name: 'a login before a target is overlooked',
    file: `${HERE}load-balancer-listeners.ts`,
    from: 'isSignedIn = true',
    to: 'isSignedIn = false',
    suites: ['balancers'],
  },
]

const POLICIES: readonly Mutation[] = [
  {
    name: 'IfExists restricts',
    file: `${HERE}policy/condition.ts`,
    from: "if (ifExists || quantifier === 'all') return 'yes'",
    to: '',
    suites: ['conditions'],
  },
  {
    name: 'what is negated needs the key',
    file: `${HERE}policy/condition.ts`,
    from: "return negated && quantifier === undefined ? 'yes' : 'no'",
    to: "return 'no'",
    suites: ['conditions'],
  },
  {
    name: 'a Deny is passed over',
    file: `${HERE}policy/decide.ts`,
    from: "if (deny.answer === 'yes') return",
    to: "if (deny.answer === 'yes' && allow.answer === 'no') return",
    suites: ['statements'],
  },
  {
    name: 'RestrictPublicBuckets is ignored',
    file: `${HERE}bucket.ts`,
    from: 'every([restrict.answer, isPublic])',
    to: "every(['no', isPublic])",
    suites: ['bucket flags'],
  },
  {
    name: 'a value with a wildcard is fixed',
    file: `${HERE}policy/public.ts`,
    from: 'return !/[*?]/.test(fixed)',
    to: 'return true',
    suites: ['bucket ACLs'],
  },
  {
    name: 'all accounts that sign are one account',
    file: `${HERE}bucket-acl.ts`,
    from: "'authenticated-users': { kind: 'signed' }",
    to: "'authenticated-users': { kind: 'account', account: ANOTHER }",
    suites: ['bucket ACLs'],
  },
  {
    name: 'public ACLs count although they are ignored',
    file: `${HERE}bucket-acl.ts`,
    from: "if (ignore.answer === 'yes') return byName",
    to: '',
    suites: ['bucket ACLs'],
  },
]

const GRAPH: readonly Mutation[] = [
  {
    name: 'an ACL names no subnets',
    file: 'enrichment/graph/relations.ts',
    from: "'AWS::EC2::NetworkAcl': [VPC, SUBNETS]",
    to: "'AWS::EC2::NetworkAcl': [VPC]",
    suites: ['block'],
  },
]

export const MUTATIONS: readonly Mutation[] = [...NETWORK, ...POLICIES, ...GRAPH]
