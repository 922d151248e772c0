import type * as Aws from '@aws-sdk/client-organizations'
import type { Account, Organization, OrganizationsClient, Parent, Tag } from '@aws-sdk/client-organizations'
import type { OrganizationAccount } from '../../../schemas/generated/asset-document.ts'
import type { AssetType, Attempted, Calls, Described, Describer } from '../describer.ts'
import { described, documentOf, factOf, notListed, tagsOf, textOf } from './facts.ts'
import { attemptAll, concurrently } from './listing.ts'

type Sdk = typeof Aws
type ParentOf = (child: string) => Promise<Attempted<Parent[]>>

const TYPE: AssetType & OrganizationAccount['type'] = 'AWS::Organizations::Account'
const NONE = ['AWSOrganizationsNotInUseException']
/** Units nest at most five deep, below a root. */
const MAX_DEPTH = 8

/** The accounts of the organisation. Only its management account and delegated administrators may ask. */
export const organizationAccounts: Describer = {
  name: 'organizations-accounts',
  service: 'organizations',
  types: [TYPE],
  scope: 'global',
  permissions: [
    'organizations:DescribeOrganization',
    'organizations:ListAccounts',
    'organizations:ListParents',
    'organizations:ListTagsForResource',
  ],
  changedBy:
    /^(CreateAccountResult|AcceptHandshake|InviteAccountToOrganization|(Move|Close)Account|RemoveAccountFromOrganization|LeaveOrganization|(Create|Delete)Organization(alUnit)?|(Tag|Untag)Resource)$/,
  describe: describeOrganization,
}

async function* describeOrganization(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-organizations')
  const client = () => calls.client('organizations', (options) => new sdk.OrganizationsClient(options))
  const organization = await calls.attempt(
    'organizations:DescribeOrganization',
    async (options) => client().send(new sdk.DescribeOrganizationCommand({}), options),
    NONE,
  )
  if ('absent' in organization) return
  if ('refused' in organization) {
    yield notListed([TYPE], organization.refused)
    return
  }
  const accounts = await accountsOf(sdk, client, calls)
  if ('absent' in accounts) return
  if ('refused' in accounts) {
    yield notListed([TYPE], accounts.refused)
    return
  }
  const parentOf = parentsRemembered(sdk, client, calls)
  yield* concurrently(accounts.value, async (account) => {
    const [parents, tags] = await Promise.all([
      parentsOf(account.Id, parentOf),
      tagsOfAccount(sdk, client, calls, account.Id),
    ])
    return described(account.Arn, accountDocument(account, organization.value.Organization, parents, tags))
  })
}

/** `parents`: from the account's own unit up to the root. */
export function accountDocument(
  account: Account,
  organization: Pick<Organization, 'Id' | 'MasterAccountId'> | undefined,
  parents: Attempted<readonly string[]>,
  tags: Attempted<readonly Tag[]>,
): OrganizationAccount {
  const { Id } = account
  const management = organization?.MasterAccountId
  return documentOf<OrganizationAccount>(
    {
      type: TYPE,
      name: textOf(account.Name),
      status: textOf(account.State) ?? textOf(account.Status),
      organization: textOf(organization?.Id),
      management: Id === undefined || management === undefined ? undefined : Id === management,
    },
    { parents: factOf(parents, (list) => [...list]), tags: factOf(tags, tagsOf) },
  )
}

/** Climbs to the root; undefined within it where the way ends before. */
export async function parentsOf(id: string | undefined, parentOf: ParentOf): Promise<Attempted<string[]>> {
  const parents: string[] = []
  let child = id
  for (let depth = 0; child !== undefined && depth < MAX_DEPTH; depth++) {
    const answer = await parentOf(child)
    if (!('value' in answer)) return answer
    const [parent] = answer.value
    if (parent?.Id === undefined) break
    parents.push(parent.Id)
    if (parent.Type === 'ROOT') return { value: parents }
    child = parent.Id
  }
  return { absent: 'no root in the answers' }
}

/** Many accounts lie in few units. */
function parentsRemembered(sdk: Sdk, client: () => OrganizationsClient, calls: Calls): ParentOf {
  const known = new Map<string, Promise<Attempted<Parent[]>>>()
  const ask = async (ChildId: string) =>
    attemptAll(
      (NextToken) =>
        calls.attempt('organizations:ListParents', async (options) =>
          client().send(new sdk.ListParentsCommand({ ChildId, NextToken }), options),
        ),
      ({ Parents, NextToken }) => ({ items: Parents, next: NextToken }),
    )
  return async (child) => {
    const asked = known.get(child) ?? ask(child)
    known.set(child, asked)
    return asked
  }
}

async function accountsOf(sdk: Sdk, client: () => OrganizationsClient, calls: Calls): Promise<Attempted<Account[]>> {
  const list = (NextToken: string | undefined) =>
    calls.attempt(
      'organizations:ListAccounts',
      async (options) => client().send(new sdk.ListAccountsCommand({ NextToken }), options),
      NONE,
    )
  return attemptAll(list, ({ Accounts, NextToken }) => ({ items: Accounts, next: NextToken }))
}

async function tagsOfAccount(
  sdk: Sdk,
  client: () => OrganizationsClient,
  calls: Calls,
  ResourceId: string | undefined,
): Promise<Attempted<Tag[]>> {
  const list = (NextToken: string | undefined) =>
    calls.attempt('organizations:ListTagsForResource', async (options) =>
      client().send(new sdk.ListTagsForResourceCommand({ ResourceId, NextToken }), options),
    )
  return attemptAll(list, ({ Tags, NextToken }) => ({ items: Tags, next: NextToken }))
}
