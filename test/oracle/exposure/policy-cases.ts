import type { Case } from './base-world.ts'
import { ACCOUNT, PARTNER, queue } from './uids.ts'

const QUEUE = queue(1)

const PRINCIPALS: Readonly<Record<string, object>> = {
  everybody: { Principal: '*' },
  'everybody, long': { Principal: { AWS: '*' } },
  'everybody and a partner': { Principal: { AWS: [`arn:aws:iam::${PARTNER}:root`, '*'] } },
  'own account': { Principal: { AWS: ACCOUNT } },
  partner: { Principal: { AWS: `arn:aws:iam::${PARTNER}:root` } },
  'a partner as role': { Principal: { AWS: `arn:aws:iam::${PARTNER}:role/deploy` } },
  'all but a partner': { NotPrincipal: { AWS: `arn:aws:iam::${PARTNER}:root` } },
}
const ACTIONS: Readonly<Record<string, object>> = {
  send: { Action: 'sqs:SendMessage' },
  receive: { Action: ['sqs:ReceiveMessage'] },
  all: { Action: '*' },
  'any case': { Action: 'SQS:*' },
  'begins with': { Action: 'sqs:Send*' },
  'one letter open': { Action: 'sqs:SendMessag?' },
  'all but send': { NotAction: 'sqs:SendMessage' },
  'all but everything': { NotAction: 'sqs:*' },
}
const RESOURCES: Readonly<Record<string, object>> = {
  'this one': { Resource: QUEUE },
  any: { Resource: '*' },
  another: { Resource: `${QUEUE}0` },
  'by pattern': { Resource: `arn:aws:sqs:*:${ACCOUNT}:queue-?` },
  'all but this': { NotResource: QUEUE },
}

/** Who, what and which, of Allow alone and of a Deny beside an Allow for everybody. */
export function* statementCases(): Generator<Case> {
  for (const [who, principal] of Object.entries(PRINCIPALS))
    for (const [what, action] of Object.entries(ACTIONS))
      for (const [which, resource] of Object.entries(RESOURCES)) {
        const name = `${who}, ${what}, ${which}`
        yield caseOf(`Allow ${name}`, [{ Effect: 'Allow', ...principal, ...action, ...resource }])
        yield caseOf(`Deny ${name}`, [OPEN, { Effect: 'Deny', ...principal, ...action, ...resource }])
      }
}

const VALUES: Readonly<Record<string, Readonly<Record<string, string | string[]>>>> = {
  'aws:PrincipalOrgID': { fixed: 'o-abcdefghij', open: 'o-*', one: 'o-abcdefghi?', both: ['o-abcdefghij', 'o-*'] },
  'aws:PrincipalAccount': { fixed: PARTNER, open: '*', own: ACCOUNT, both: [PARTNER, '*'] },
  'aws:PrincipalArn': {
    fixed: `arn:aws:iam::${PARTNER}:role/deploy`,
    open: 'arn:aws:iam::*:role/*',
    any: '*',
  },
  'aws:SourceArn': {
    fixed: `arn:aws:sns:eu-west-1:${PARTNER}:topic`,
    own: `arn:aws:sns:eu-west-1:${ACCOUNT}:topic`,
    open: 'arn:aws:s3:::*',
  },
  'aws:SourceAccount': { fixed: PARTNER, own: ACCOUNT, open: '*', variable: '${aws:PrincipalAccount}' },
  'aws:SourceVpc': { fixed: 'vpc-1', open: 'vpc-*' },
  'aws:SourceVpce': { fixed: 'vpce-1', open: 'vpce-*', both: ['vpce-1', 'vpce-2'] },
  'aws:UserAgent': { fixed: 'known-agent', open: '*' },
  'aws:Referer': { fixed: 'https://example.com/', open: 'https://*' },
}
const STRING_OPERATORS = [
  'StringEquals',
  'StringEqualsIgnoreCase',
  'StringLike',
  'StringNotEquals',
  'StringNotEqualsIgnoreCase',
  'StringNotLike',
]
const ARN_OPERATORS = ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike']
const RANGES: Readonly<Record<string, string | string[]>> = {
  office: '203.0.113.0/24',
  one: '203.0.113.7',
  'a /8': '54.0.0.0/8',
  'a /7': '54.0.0.0/7',
  all: '0.0.0.0/0',
  halves: ['0.0.0.0/1', '128.0.0.0/1'],
  'a /32 of v6': '2600::/32',
  'a /31 of v6': '2600::/31',
  both: ['203.0.113.0/24', '2600::/32'],
}

/** Every operator with every key it can stand with and every form of value, as Allow and as Deny, plain and in its variants. */
export function* conditionCases(): Generator<Case> {
  for (const [key, values] of Object.entries(VALUES)) {
    const operators = key.endsWith('Arn') ? [...STRING_OPERATORS, ...ARN_OPERATORS] : STRING_OPERATORS
    for (const [form, value] of Object.entries(values))
      for (const operator of operators)
        // What a lone star is to an operator that reads ARNs part by part, AWS does not say.
        if (!(value === '*' && ARN_OPERATORS.includes(operator))) yield* both(operator, key, form, value)
    for (const value of ['true', 'false']) yield* both('Null', key, value, value, false)
  }
  for (const [form, value] of Object.entries(RANGES))
    for (const operator of ['IpAddress', 'NotIpAddress']) yield* both(operator, 'aws:SourceIp', form, value)
  for (const value of ['true', 'false']) yield* both('Bool', 'aws:SecureTransport', value, value)
}

function* both(operator: string, key: string, form: string, value: unknown, variants = true): Generator<Case> {
  const names = variants
    ? [operator, `${operator}IfExists`, `ForAllValues:${operator}`, `ForAnyValue:${operator}`]
    : [operator]
  for (const name of names) {
    const Condition = { [name]: { [key]: value } }
    yield caseOf(`Allow if ${name} ${key} ${form}`, [{ ...OPEN, Condition }])
    yield caseOf(`Deny if ${name} ${key} ${form}`, [OPEN, { ...OPEN, Effect: 'Deny', Condition }])
  }
}

/** Two conditions in one statement, and in two. */
export function* pairCases(): Generator<Case> {
  const conditions = [
    { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } },
    { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abcdefghij' } },
    { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    { IpAddressIfExists: { 'aws:SourceIp': '54.0.0.0/7' } },
    { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
    { Bool: { 'aws:SecureTransport': 'true' } },
    { Null: { 'aws:PrincipalArn': 'false' } },
  ]
  for (const [first, one] of conditions.entries())
    for (const [second, other] of conditions.entries()) {
      yield caseOf(`Allow if #${first} and #${second}`, [{ ...OPEN, Condition: { ...one, ...other } }])
      yield caseOf(`Allow if #${first} or #${second}`, [
        { ...OPEN, Condition: one },
        { ...OPEN, Condition: other },
      ])
      yield caseOf(`Allow if #${first}, Deny if #${second}`, [
        { ...OPEN, Condition: one },
        { ...OPEN, Effect: 'Deny', Condition: other },
      ])
    }
  for (const [name, text] of Object.entries(ODD))
    yield { name: `policy: ${name}`, uid: QUEUE, assets: [queueWith(text)] }
}

const OPEN = { Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: QUEUE }

const ODD: Readonly<Record<string, string | null | undefined>> = {
  none: null,
  'not read': undefined,
  'no JSON': '{"Statement": [',
  'no statement': '{"Version": "2012-10-17", "Statement": []}',
  'one statement, not in a list': JSON.stringify({ Statement: OPEN }),
  'no effect that is known': JSON.stringify({ Statement: [{ ...OPEN, Effect: 'allow' }] }),
}

const queueWith = (policy: string | null | undefined): Case['assets'][number] => ({
  uid: QUEUE,
  document: { type: 'AWS::SQS::Queue', ...(policy === undefined ? {} : { policy }) },
})

const caseOf = (name: string, statements: readonly object[]): Case => ({
  name: `policy: ${name}`,
  uid: QUEUE,
  assets: [queueWith(JSON.stringify({ Version: '2012-10-17', Statement: statements }))],
})
