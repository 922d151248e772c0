import type { GetPublicAccessBlockCommandOutput } from '@aws-sdk/client-s3-control'
import { accountUid } from '../../../schemas/aws-arns.ts'
import type { AccountSettings } from '../../../schemas/generated/asset-document.ts'
import type { Attempted, Calls, Described, Describer } from '../describer.ts'
import { publicAccessBlockOf } from './bucket-document.ts'
import { described, documentOf, factOf } from './facts.ts'

/** What an account sets for all its buckets. */
export const accountSettings: Describer = {
  name: 's3-account-settings',
  service: 's3',
  types: ['AWS::Account::Settings'],
  scope: 'global',
  permissions: ['s3:GetAccountPublicAccessBlock'],
  changedBy: /^(Put|Delete)(Account)?PublicAccessBlock$/,
  describe: describeAccount,
}

async function* describeAccount(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-s3-control')
  const client = () =>
    calls.client('s3-control', ({ endpoint, ...options }) =>
      endpoint === undefined
        ? new sdk.S3ControlClient(options)
        : // The SDK puts the account before the host's name: an address of somebody's own has no such name.
          new sdk.S3ControlClient({ ...options, endpointProvider: () => ({ url: new URL(endpoint) }) }),
    )
  const block = await calls.attempt(
    's3:GetAccountPublicAccessBlock',
    async (options) => client().send(new sdk.GetPublicAccessBlockCommand({ AccountId: calls.account }), options),
    ['NoSuchPublicAccessBlockConfiguration'],
  )
  yield described(accountUid(calls), accountSettingsDocument(block))
}

export function accountSettingsDocument(
  block: Attempted<Pick<GetPublicAccessBlockCommandOutput, 'PublicAccessBlockConfiguration'>>,
): AccountSettings {
  return documentOf<AccountSettings>(
    { type: 'AWS::Account::Settings' },
    {
      s3PublicAccessBlock: factOf(
        block,
        ({ PublicAccessBlockConfiguration }) => publicAccessBlockOf(PublicAccessBlockConfiguration),
        null,
      ),
    },
  )
}
