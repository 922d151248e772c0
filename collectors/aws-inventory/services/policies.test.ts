import { describe, expect, test } from 'vitest'
import type { Calls, Described } from '../describer.ts'
import { keyDocument, keys } from './keys.ts'
import { queueDocument, queues, queueUid } from './queues.ts'
import { SampleCalls, describedBy, thrown, valid } from './sample-calls.ts'
import { secretDocument, secrets } from './secrets.ts'
import { topicDocument, topics } from './topics.ts'

const POLICY = '{"Statement":[]}'
const TAGS = [{ name: 'team', value: 'web' }]

/** What each service answers for three of a kind: one with a policy, one without, one that is gone. */
const KINDS = [
  {
    describer: queues,
    uid: (name: string) => `arn:aws:sqs:eu-west-1:111122223333:${name}`,
    type: 'AWS::SQS::Queue',
    withoutPolicy: null,
    policyAction: 'sqs:GetQueueAttributes',
    answers: {
      ListQueuesCommand: () => ({
        QueueUrls: ['with', 'without', 'gone'].map((name) => `https://sqs.example/111122223333/${name}`),
      }),
      GetQueueAttributesCommand: ({ QueueUrl }: Record<string, unknown>) => {
        const url = String(QueueUrl)
        if (url.endsWith('/gone')) return thrown('QueueDoesNotExist')
        return { Attributes: { QueueArn: 'x', ...(url.endsWith('/with') ? { Policy: POLICY } : {}) } }
      },
      ListQueueTagsCommand: () => ({ Tags: { team: 'web' } }),
    },
    policyCommand: 'GetQueueAttributesCommand',
  },
  {
    describer: topics,
    uid: (name: string) => `arn:aws:sns:eu-west-1:111122223333:${name}`,
    type: 'AWS::SNS::Topic',
    withoutPolicy: null,
    policyAction: 'sns:GetTopicAttributes',
    answers: {
      ListTopicsCommand: () => ({
        Topics: ['with', 'without', 'gone'].map((name) => ({ TopicArn: `arn:aws:sns:eu-west-1:111122223333:${name}` })),
      }),
      GetTopicAttributesCommand: ({ TopicArn }: Record<string, unknown>) => {
        const arn = String(TopicArn)
        if (arn.endsWith(':gone')) return thrown('NotFoundException')
        return { Attributes: arn.endsWith(':with') ? { Policy: POLICY } : {} }
      },
      ListTagsForResourceCommand: () => ({ Tags: [{ Key: 'team', Value: 'web' }] }),
    },
    policyCommand: 'GetTopicAttributesCommand',
  },
  {
    describer: keys,
    uid: (name: string) => `arn:aws:kms:eu-west-1:111122223333:key/${name}`,
    type: 'AWS::KMS::Key',
    withoutPolicy: undefined,
    policyAction: 'kms:GetKeyPolicy',
    answers: {
      ListKeysCommand: () => ({
        Keys: [{ KeyId: 'with' }, { KeyId: 'without' }, { KeyId: 'gone' }, { KeyId: 'of-aws' }],
      }),
      DescribeKeyCommand: ({ KeyId }: Record<string, unknown>) => ({
        KeyMetadata: { KeyManager: String(KeyId).endsWith('/of-aws') ? 'AWS' : 'CUSTOMER' },
      }),
      GetKeyPolicyCommand: ({ KeyId }: Record<string, unknown>) => {
        if (String(KeyId).endsWith('/gone')) return thrown('NotFoundException')
        return String(KeyId).endsWith('/with') ? { Policy: POLICY } : {}
      },
      ListResourceTagsCommand: () => ({ Tags: [{ TagKey: 'team', TagValue: 'web' }] }),
    },
    policyCommand: 'GetKeyPolicyCommand',
  },
  {
    describer: secrets,
    uid: (name: string) => `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}-AbCdEf`,
    type: 'AWS::SecretsManager::Secret',
    withoutPolicy: null,
    policyAction: 'secretsmanager:GetResourcePolicy',
    answers: {
      ListSecretsCommand: () => ({
        SecretList: ['with', 'without', 'gone'].map((name) => ({
          ARN: `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}-AbCdEf`,
          Tags: [{ Key: 'team', Value: 'web' }],
        })),
      }),
      GetResourcePolicyCommand: ({ SecretId }: Record<string, unknown>) => {
        const arn = String(SecretId)
        if (arn.includes(':gone-')) return thrown('ResourceNotFoundException')
        return { ARN: arn, ...(arn.includes(':with-') ? { ResourcePolicy: POLICY } : {}) }
      },
    },
    policyCommand: 'GetResourcePolicyCommand',
  },
] as const

describe.each(KINDS)('$type', ({ describer, uid, type, withoutPolicy, policyAction, policyCommand, answers }) => {
  const described = (calls: Calls): Promise<Described[]> => describedBy(describer, calls)

  test('is known by its policy, also by having none; one that is gone is left out', async () => {
    const without = withoutPolicy === undefined ? {} : { policy: withoutPolicy }
    expect(await described(new SampleCalls(answers))).toEqual([
      { uid: uid('with'), document: { type, policy: POLICY, tags: TAGS } },
      { uid: uid('without'), document: { type, ...without, tags: TAGS } },
    ])
  })

  test('whose policy may not be read is there, with what was refused', async () => {
    const calls = new SampleCalls({ ...answers, [policyCommand]: () => thrown('AccessDenied') })
    const [first] = await described(calls)
    expect(first).toEqual({
      uid: uid('with'),
      document: { type, tags: TAGS, refused: { policy: `${policyAction}: AccessDenied, it said` } },
    })
  })

  test('asks for nothing that it has no permission listed for', async () => {
    const calls = new SampleCalls(answers)
    await described(calls)
    expect([...new Set(calls.actions)].toSorted()).toEqual([...describer.permissions].toSorted())
  })
})

test('a key that may not be described is asked for its policy all the same', async () => {
  const calls = new SampleCalls({
    ListKeysCommand: () => ({ Keys: [{ KeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/k' }, {}] }),
    DescribeKeyCommand: () => thrown('AccessDenied'),
    GetKeyPolicyCommand: () => ({ Policy: POLICY }),
  })
  expect(await describedBy(keys, calls)).toMatchObject([
    { uid: 'arn:aws:kms:eu-west-1:111122223333:key/k', document: { policy: POLICY } },
    { refused: ['AWS::KMS::Key'] },
  ])
})

test('the tags of a key come in pages', async () => {
  const calls = new SampleCalls({
    ListKeysCommand: () => ({ Keys: [{ KeyId: 'k' }] }),
    ListResourceTagsCommand: ({ Marker }) =>
      Marker === undefined
        ? { Tags: [{ TagKey: 'b', TagValue: '' }], NextMarker: 'm' }
        : { Tags: [{ TagKey: 'a', TagValue: '' }] },
  })
  expect(await describedBy(keys, calls)).toMatchObject([{ document: { tags: [{ name: 'a' }, { name: 'b' }] } }])
})

test('a queue is known by account and name of its URL, and not without them', () => {
  const place = new SampleCalls()
  expect(queueUid('http://127.0.0.1:5000/444455556666/jobs.fifo', place)).toBe(
    'arn:aws:sqs:eu-west-1:444455556666:jobs.fifo',
  )
  for (const url of ['', 'https://sqs.example/jobs', 'https://sqs.example/111122223333/'])
    expect(queueUid(url, place)).toBeUndefined()
})

test.each([
  [queueDocument({ value: {} }, { absent: 'x' })],
  [topicDocument({ value: {} }, { absent: 'x' })],
  [keyDocument({ value: {} }, { absent: 'x' })],
])('an answer without anything in it is a document without facts: %j', (document) => {
  expect(Object.keys(valid({ uid: 'x', document }).document)).toEqual(['type'])
})

test('an answer that does not even name the secret does not say that it has no policy', () => {
  expect(secretDocument({}, { value: {} })).toEqual({ type: 'AWS::SecretsManager::Secret', tags: [] })
})
