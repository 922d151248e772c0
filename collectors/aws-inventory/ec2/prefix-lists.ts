import {
  DescribeManagedPrefixListsCommand,
  GetManagedPrefixListEntriesCommand,
  type ManagedPrefixList,
} from '@aws-sdk/client-ec2'
import type { PrefixList } from '../../../schemas/generated/asset-document.ts'
import type { Attempted, Calls, Described, Describer } from '../describer.ts'
import { described, documentOf, factOf, setOf, tagsOf, textOf } from '../services/facts.ts'
import { attemptAll, concurrently } from '../services/listing.ts'
import { ec2Of, ec2Pages } from './ec2-client.ts'
import { uidOf } from './uids.ts'

/** Those of the account, those shared with it, and AWS's own, such as that of CloudFront. */
export const prefixLists: Describer = {
  name: 'ec2-prefix-lists',
  service: 'ec2',
  types: ['AWS::EC2::PrefixList'],
  scope: 'regional',
  permissions: ['ec2:DescribeManagedPrefixLists', 'ec2:GetManagedPrefixListEntries'],
  changedBy: /PrefixList|Tags$/,
  async *describe(calls) {
    for await (const { PrefixLists = [] } of ec2Pages(calls, 'DescribeManagedPrefixLists', (ec2, page, options) =>
      ec2.send(new DescribeManagedPrefixListsCommand({ MaxResults: 100, ...page }), options),
    ))
      yield* concurrently(
        PrefixLists.filter(({ State }) => State !== 'delete-complete'),
        async (each) => describedList(calls, each),
      )
  },
}

async function describedList(calls: Calls, list: ManagedPrefixList): Promise<Described> {
  const { PrefixListId: id, PrefixListName: name, OwnerId, Tags = [] } = list
  const entries = id === undefined ? undefined : await entriesOf(calls, id)
  const document = documentOf<PrefixList>(
    {
      type: 'AWS::EC2::PrefixList',
      tags: tagsOf(Tags),
      name: textOf(name),
      managedBy: OwnerId === undefined ? undefined : /^aws$/i.test(OwnerId) ? 'aws' : 'customer',
    },
    entries === undefined ? {} : { cidrs: factOf(entries, (cidrs) => setOf(cidrs)) },
  )
  return described(uidOf(calls, 'prefix-list', id), document)
}

async function entriesOf(calls: Calls, PrefixListId: string): Promise<Attempted<string[]>> {
  return attemptAll(
    (token) =>
      calls.attempt('ec2:GetManagedPrefixListEntries', (options) =>
        ec2Of(calls).send(
          new GetManagedPrefixListEntriesCommand({
            PrefixListId,
            MaxResults: 100,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
          options,
        ),
      ),
    ({ Entries = [], NextToken }) => ({
      items: Entries.flatMap(({ Cidr }) => (Cidr === undefined ? [] : [Cidr])),
      next: NextToken,
    }),
  )
}
