import type { GetResourcePolicyResponse, SecretListEntry } from '@aws-sdk/client-secrets-manager'
import type { Secret } from '../../../schemas/generated/asset-document.ts'
import type { Attempted, Calls, Described, Describer } from '../describer.ts'
import { described, documentOf, factOf, isGone, tagsOf, textOf, textOrNull } from './facts.ts'
import { pages, stillThere } from './listing.ts'

const GONE = ['ResourceNotFoundException']
const PAGE_SIZE = 100

/** Secrets by their policies; a value is never asked for. */
export const secrets: Describer = {
  name: 'secretsmanager-secrets',
  service: 'secretsmanager',
  types: ['AWS::SecretsManager::Secret'],
  scope: 'regional',
  permissions: ['secretsmanager:ListSecrets', 'secretsmanager:GetResourcePolicy'],
  changedBy: /^((Create|Delete|Restore|Update)Secret|(Put|Delete)ResourcePolicy|(Tag|Untag)Resource)$/,
  describe: describeSecrets,
}

async function* describeSecrets(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-secrets-manager')
  const client = () => calls.client('secretsmanager', (options) => new sdk.SecretsManagerClient(options))
  const list = (NextToken: string | undefined) =>
    calls.send('secretsmanager:ListSecrets', async (options) =>
      client().send(new sdk.ListSecretsCommand({ NextToken, MaxResults: PAGE_SIZE }), options),
    )
  for await (const { SecretList = [] } of pages(list, (answer) => answer.NextToken)) {
    yield* stillThere(SecretList, async (entry) => {
      const uid = textOf(entry.ARN)
      if (uid === undefined) return described(undefined, { type: 'AWS::SecretsManager::Secret' })
      const policy = await calls.attempt(
        'secretsmanager:GetResourcePolicy',
        async (options) => client().send(new sdk.GetResourcePolicyCommand({ SecretId: uid }), options),
        GONE,
      )
      return isGone(policy, GONE) ? undefined : described(uid, secretDocument(entry, policy))
    })
  }
}

/** An answer that names the secret and no policy says that there is none. */
export function secretDocument(
  { Tags }: Pick<SecretListEntry, 'Tags'>,
  policy: Attempted<Pick<GetResourcePolicyResponse, 'ARN' | 'ResourcePolicy'>>,
): Secret {
  return documentOf<Secret>(
    { type: 'AWS::SecretsManager::Secret', tags: tagsOf(Tags ?? []) },
    {
      policy: factOf(policy, ({ ARN, ResourcePolicy }) =>
        ARN === undefined && ResourcePolicy === undefined ? undefined : textOrNull(ResourcePolicy),
      ),
    },
  )
}
