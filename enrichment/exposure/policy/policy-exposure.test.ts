import { describe, expect, test } from 'vitest'
import type { AssetType, ContextGraph, KnownAsset } from '../../context-graph.ts'
import type { Exposure } from '../../exposure.ts'
import { SAMPLE_TENANT, sampleGraph, type SampleAsset } from '../../graph/sample-graph.ts'
import { keyExposure } from '../key.ts'
import { queueExposure } from '../queue.ts'
import { secretExposure } from '../secret.ts'
import { topicExposure } from '../topic.ts'
import { OWNER, PARTNER, policyText } from './sample-policies.ts'

type Evaluate<Type extends AssetType> = (graph: ContextGraph, tenant: string, asset: KnownAsset<Type>) => Exposure

function exposureBy<Type extends AssetType>(
  type: Type,
  evaluate: Evaluate<Type>,
  policy: string | null | undefined,
): Exposure {
  const uid = `arn:aws:any:eu-west-1:${OWNER}:one`
  const sample = { uid, document: { type, ...(policy === undefined ? {} : { policy }) } } as unknown as SampleAsset
  const graph = sampleGraph([sample])
  const asset = graph.asset(SAMPLE_TENANT, uid, type)
  if (asset === undefined) throw new Error('The sample graph does not know its asset.')
  return evaluate(graph, SAMPLE_TENANT, asset)
}

const allow = (action: string, changes: Record<string, unknown> = {}) =>
  policyText({ Effect: 'Allow', Principal: '*', Action: action, Resource: '*', ...changes })

describe('a queue', () => {
  const by = (policy: string | null | undefined) => exposureBy('AWS::SQS::Queue', queueExposure, policy)

  test('that anyone may read or fill is open data; another account is across the boundary', () => {
    expect(by(allow('sqs:ReceiveMessage'))).toMatchObject({ value: 'internet_sensitive', anonymous: 'read' })
    expect(by(allow('sqs:SendMessage'))).toMatchObject({ value: 'internet_sensitive', anonymous: 'write' })
    expect(by(allow('SQS:*'))).toMatchObject({ anonymous: 'write' })
    expect(by(allow('sqs:GetQueueUrl'))).toMatchObject({ value: 'internet', anonymous: 'no' })
    expect(by(allow('sqs:SendMessage', { Principal: { AWS: PARTNER } })).value).toBe('cross_boundary')
    expect(by(null)).toMatchObject({ value: 'none', certainty: 'certain' })
    expect(by(undefined)).toMatchObject({ value: undefined, anonymous: 'unknown' })
  })

  test('that a topic or a bucket may fill is as far as whose they are', () => {
    const from = (arn: string) => by(allow('sqs:SendMessage', { Condition: { ArnLike: { 'aws:SourceArn': arn } } }))
    expect(from(`arn:aws:sns:*:${OWNER}:news`).value).toBe('none')
    expect(from(`arn:aws:sns:*:${PARTNER}:news`).value).toBe('cross_boundary')
    expect(from('arn:aws:sns:*:*:news')).toMatchObject({ value: 'internet_sensitive', anonymous: 'no' })
    expect(from('arn:aws:s3:*:*:uploads')).toMatchObject({ value: 'cross_boundary', certainty: 'possible' })
    expect(from('arn:aws:s3:*:*:*')).toMatchObject({ value: 'internet_sensitive' })
    const mine = { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::uploads' }, StringEquals: { 'aws:SourceAccount': OWNER } }
    expect(by(allow('sqs:SendMessage', { Condition: mine }))).toMatchObject({ value: 'none', certainty: 'certain' })
  })
})

test("a topic's default policy opens it to its own account only; who may subscribe reads", () => {
  const by = (policy: string) => exposureBy('AWS::SNS::Topic', topicExposure, policy)
  const standard = allow('SNS:Publish', { Condition: { StringEquals: { 'AWS:SourceOwner': OWNER } } })
  expect(by(standard)).toMatchObject({ value: 'none', certainty: 'certain', anonymous: 'no' })
  expect(by(allow('SNS:Subscribe'))).toMatchObject({ value: 'internet_sensitive', anonymous: 'read' })
})

test('a key that every account may use is open to calls; through a service and from its own account it is not', () => {
  const by = (condition?: unknown) =>
    exposureBy('AWS::KMS::Key', keyExposure, allow('kms:*', condition === undefined ? {} : { Condition: condition }))
  expect(by()).toMatchObject({ value: 'internet', certainty: 'certain' })
  expect(by()).not.toHaveProperty('anonymous')
  const via = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' }
  expect(by({ StringEquals: via }).value).toBe('internet')
  expect(by({ StringEquals: { ...via, 'kms:CallerAccount': OWNER } })).toMatchObject({
    value: 'none',
    certainty: 'certain',
  })
})

test('a secret that every account may read is open data', () => {
  const by = (policy: string) => exposureBy('AWS::SecretsManager::Secret', secretExposure, policy)
  expect(by(allow('secretsmanager:GetSecretValue'))).toMatchObject({ value: 'internet_sensitive', anonymous: 'no' })
  expect(by(allow('secretsmanager:GetSecretValue', { Principal: { AWS: `arn:aws:iam::${OWNER}:root` } })).value).toBe(
    'none',
  )
})
