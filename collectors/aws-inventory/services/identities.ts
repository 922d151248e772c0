import type { GetAccountAuthorizationDetailsCommandOutput } from '@aws-sdk/client-iam'
import type { Calls, Described, Describer } from '../describer.ts'
import { described } from './facts.ts'
import { iamGroupDocument, iamPolicyDocument, iamRoleDocument, iamUserDocument } from './iam-documents.ts'
import { pages } from './listing.ts'

const PAGE_SIZE = 500

/** Users, groups, roles and the policies in use, as IAM gives them all in one. */
export const identities: Describer = {
  name: 'iam-authorization-details',
  service: 'iam',
  types: ['AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::Role', 'AWS::IAM::Policy'],
  scope: 'global',
  permissions: ['iam:GetAccountAuthorizationDetails'],
  changedBy:
    /^((Create|Update|Delete|Tag|Untag|Put|Attach|Detach|Add|Remove|Set).*(User|Group|Role|Policy|PolicyVersion|InstanceProfile|PermissionsBoundary|RoleDescription)|UpdateAssumeRolePolicy)$/,
  describe: describeIdentities,
}

async function* describeIdentities(calls: Calls): AsyncGenerator<Described> {
  const sdk = await import('@aws-sdk/client-iam')
  const client = () => calls.client('iam', (options) => new sdk.IAMClient(options))
  const list = (Marker: string | undefined) =>
    calls.send('iam:GetAccountAuthorizationDetails', async (options) =>
      client().send(new sdk.GetAccountAuthorizationDetailsCommand({ Marker, MaxItems: PAGE_SIZE }), options),
    )
  const next = ({ IsTruncated, Marker }: GetAccountAuthorizationDetailsCommandOutput) =>
    IsTruncated === true ? Marker : undefined
  for await (const answer of pages(list, next)) yield* identitiesIn(answer)
}

/** Every identity and policy of one page. */
function* identitiesIn(answer: Omit<GetAccountAuthorizationDetailsCommandOutput, '$metadata'>): Generator<Described> {
  for (const each of answer.UserDetailList ?? []) yield described(each.Arn, iamUserDocument(each))
  for (const each of answer.GroupDetailList ?? []) yield described(each.Arn, iamGroupDocument(each))
  for (const each of answer.RoleDetailList ?? []) yield described(each.Arn, iamRoleDocument(each))
  for (const each of answer.Policies ?? []) yield described(each.Arn, iamPolicyDocument(each))
}
