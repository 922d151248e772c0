import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eachNamed, NAMINGS } from './relations.ts'

interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly const?: string
}

const path = join(import.meta.dirname, '../../schemas/asset-document.schema.json')
const { $defs: definitions = {} } = JSON.parse(readFileSync(path, 'utf8')) as Schema

/** The paths of all properties of a document that hold a uid. */
function* uidsIn(schema: Schema, at: readonly string[]): Iterable<string> {
  const name = /^#\/\$defs\/(.+)$/.exec(schema.$ref ?? '')?.[1]
  if (name === 'uid') yield at.join('.')
  else if (name !== undefined) yield* uidsIn(definitions[name]!, at)
  for (const [property, each] of Object.entries(schema.properties ?? {})) yield* uidsIn(each, [...at, property])
  for (const each of [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])]) yield* uidsIn(each, at)
}

const named = (document: object): string[] => {
  const found: string[] = []
  eachNamed(document, (relation, uid) => found.push(`${relation} ${uid}`))
  return found
}

describe('the assets that a document names', () => {
  const documents = Object.values(definitions).filter(({ properties }) => properties?.['type']?.const !== undefined)

  test.each(documents.map((each): [string, Schema] => [each.properties!['type']!.const!, each]))(
    'are found by the table for each property of %s that holds a uid',
    (type, schema) => {
      const table = NAMINGS[type as keyof typeof NAMINGS].filter(({ holds }) => holds === 'uid')
      expect(table.map((each) => each.path.join('.')).toSorted()).toEqual([...uidsIn(schema, [])].toSorted())
    },
  )

  test('are found inside lists and lists of lists', () => {
    const rule = { groups: ['arn:sg-2', 'arn:sg-3'], prefixLists: ['arn:pl-1'] }
    expect(named({ type: 'AWS::EC2::SecurityGroup', ingress: [rule, rule], egress: [] })).toEqual([
      'group-rules arn:sg-2',
      'group-rules arn:sg-3',
      'group-rules arn:sg-2',
      'group-rules arn:sg-3',
      'prefix-lists arn:pl-1',
      'prefix-lists arn:pl-1',
    ])
  })

  test('are no addresses and no CIDRs', () => {
    const targets = [{ id: '10.0.0.1' }, { id: 'arn:i-1' }]
    expect(named({ type: 'AWS::ElasticLoadBalancingV2::TargetGroup', targets })).toEqual(['targets arn:i-1'])
    const routes = [{ to: '0.0.0.0/0', target: 'arn:igw-1' }, { to: 'arn:pl-1' }]
    expect(named({ type: 'AWS::EC2::RouteTable', routes })).toEqual(['prefix-lists arn:pl-1', 'routes arn:igw-1'])
  })

  test('are those that the conditions of a policy name, a VPC as one of the own account', () => {
    const Condition = {
      StringEquals: { 'aws:SourceVpc': ['vpc-1', 'vpc-*'], 'aws:PrincipalOrgID': 'o-1' },
      ArnLike: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:1:topic' },
    }
    const policy = JSON.stringify({
      Statement: { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::1:root' }, Condition },
    })
    const place = { uid: 'arn:aws-cn:sqs:cn-north-1:1:queue', account: '1', region: 'cn-north-1' }
    const found: string[] = []
    const queue = { type: 'AWS::SQS::Queue', policy }
    eachNamed(queue, (relation, uid) => found.push(`${relation} ${uid}`), place)
    expect(found).toEqual(['policy arn:aws-cn:ec2:cn-north-1:1:vpc/vpc-1', 'policy arn:aws:sns:eu-west-1:1:topic'])
    for (const odd of ['{', '7', 'null', '[]', '{"Statement":[null,{"Condition":7},{"Condition":{"A":{"b":[[1]]}}}]}'])
      expect(named({ type: 'AWS::S3::Bucket', policy: odd })).toEqual([])
  })

  test('are none where the document is odd', () => {
    expect(
      named({ type: 'AWS::EC2::Instance', groups: [null, 1, '', {}], vpc: null, interfaces: 'arn:eni-1' }),
    ).toEqual(['interfaces arn:eni-1'])
    for (const odd of [{}, { type: 'AWS::Odd', vpc: 'arn:vpc' }, { type: 'toString' }, { type: 7 }])
      expect(named(odd)).toEqual([])
  })
})
