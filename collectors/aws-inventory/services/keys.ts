import type * as Aws from '@aws-sdk/client-kms'
import type { KeyListEntry, KeyMetadata, KMSClient, Tag } from '@aws-sdk/client-kms'
import type { KmsKey } from '../../../schemas/generated/asset-document.ts'
import type { Attempted, Calls, Described, Describer } from '../describer.ts'
import { described, documentOf, factOf, isGone, tagsOf, textOf } from './facts.ts'
import { attemptAll, pages, stillThere } from './listing.ts'

type Sdk = typeof Aws

const GONE = ['NotFoundException']
const PAGE_SIZE = 1000

/** The keys that customers manage, by their policies; what AWS manages for a service nobody else can open. */
export const keys: Describer = {
  name: 'kms-keys',
  service: 'kms',
  types: ['AWS::KMS::Key'],
  scope: 'regional',
  permissions: ['kms:ListKeys', 'kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:ListResourceTags'],
  changedBy: /^((Create|Delete|Replicate)Key|PutKeyPolicy|(Tag|Untag)Resource|(Schedule|Cancel)KeyDeletion)$/,
  describe: describeKeys,
}

async function* describeKeys(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-kms')
  const client = () => calls.client('kms', (options) => new sdk.KMSClient(options))
  const list = (Marker: string | undefined) =>
    calls.send('kms:ListKeys', async (options) =>
      client().send(new sdk.ListKeysCommand({ Marker, Limit: PAGE_SIZE }), options),
    )
  for await (const { Keys = [] } of pages(list, ({ NextMarker }) => NextMarker)) {
    yield* stillThere(Keys, async (key) => describeKey(sdk, client, calls, key))
  }
}

/** A key that may not be described is taken for a customer's: its policy says it, and tells more. */
async function describeKey(
  sdk: Sdk,
  client: () => KMSClient,
  calls: Calls,
  key: KeyListEntry,
): Promise<Described | undefined> {
  const uid = textOf(key.KeyArn) ?? (textOf(key.KeyId) && calls.arn('kms', `key/${key.KeyId}`))
  if (uid === undefined) return described(undefined, { type: 'AWS::KMS::Key' })
  const metadata = await calls.attempt(
    'kms:DescribeKey',
    async (options) => client().send(new sdk.DescribeKeyCommand({ KeyId: uid }), options),
    GONE,
  )
  if (isGone(metadata, GONE)) return undefined
  if ('value' in metadata && isAwsManaged(metadata.value.KeyMetadata)) return undefined
  const listTags = (Marker: string | undefined) =>
    calls.attempt(
      'kms:ListResourceTags',
      async (options) => client().send(new sdk.ListResourceTagsCommand({ KeyId: uid, Marker }), options),
      GONE,
    )
  const [policy, tags] = await Promise.all([
    calls.attempt(
      'kms:GetKeyPolicy',
      async (options) => client().send(new sdk.GetKeyPolicyCommand({ KeyId: uid, PolicyName: 'default' }), options),
      GONE,
    ),
    attemptAll(listTags, ({ Tags, NextMarker }) => ({ items: Tags, next: NextMarker })),
  ])
  return isGone(policy, GONE) ? undefined : described(uid, keyDocument(policy, tags))
}

function isAwsManaged(metadata: Pick<KeyMetadata, 'KeyManager'> | undefined): boolean {
  return metadata?.KeyManager === 'AWS'
}

export function keyDocument(
  policy: Attempted<{ readonly Policy?: string | undefined }>,
  tags: Attempted<readonly Partial<Tag>[]>,
): KmsKey {
  return documentOf<KmsKey>(
    { type: 'AWS::KMS::Key' },
    {
      policy: factOf(policy, ({ Policy }) => textOf(Policy)),
      tags: factOf(tags, (list) => tagsOf(list.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue })))),
    },
  )
}
