import type { GroupDetail, ManagedPolicyDetail, RoleDetail, UserDetail } from '@aws-sdk/client-iam'
import type { IamGroup, IamPolicy, IamRole, IamUser } from '../../../schemas/generated/asset-document.ts'
import { documentOf, tagsOf } from './facts.ts'

type Detail = Record<string, unknown>
type Named<T> = T & { readonly PolicyName?: string | undefined; readonly PolicyDocument?: string | undefined }

/** More characters than IAM's own quotas let any user, group, role or policy in effect have. */
const MAX_DETAIL = 200_000

/**
 * IAM's details, as it gives them but for: policies are decoded from their URL encoding (and stay text), times are ISO 8601,
 * tags are the document's. Whatever was left out has its name in `trimmed`.
 */
export function iamUserDocument({ Tags, ...user }: UserDetail): IamUser {
  const detail = { ...user, UserPolicyList: decodedAll(user.UserPolicyList) }
  return documentOf<IamUser>({ type: 'AWS::IAM::User', tags: tagsOf(Tags ?? []), detail: trimmed(detail) })
}

export function iamGroupDocument(group: GroupDetail): IamGroup {
  const detail = { ...group, GroupPolicyList: decodedAll(group.GroupPolicyList) }
  return documentOf<IamGroup>({ type: 'AWS::IAM::Group', detail: trimmed(detail) })
}

/** Its instance profiles name the role again, which is left out, and its last use is told by the day: it changes always. */
export function iamRoleDocument({ Tags, RoleLastUsed, ...role }: RoleDetail): IamRole {
  const lastUsed = RoleLastUsed && {
    ...RoleLastUsed,
    LastUsedDate: isoOf(RoleLastUsed.LastUsedDate)?.slice(0, 'yyyy-mm-dd'.length),
  }
  const detail = {
    ...role,
    AssumeRolePolicyDocument: decoded(role.AssumeRolePolicyDocument),
    RolePolicyList: decodedAll(role.RolePolicyList),
    InstanceProfileList: role.InstanceProfileList?.map(({ Roles: _, ...profile }) => profile),
    RoleLastUsed: lastUsed,
  }
  return documentOf<IamRole>({
    type: 'AWS::IAM::Role',
    tags: tagsOf(Tags ?? []),
    detail: trimmed(detail, role.InstanceProfileList?.length ? ['InstanceProfileList[].Roles'] : []),
  })
}

/**
 * Of a policy the version in effect; of the others that they exist. How often a policy of AWS's own is attached is another
 * number in every account, though the policy is one.
 */
export function iamPolicyDocument(policy: ManagedPolicyDetail): IamPolicy {
  const { AttachmentCount, PermissionsBoundaryUsageCount, PolicyVersionList, ...rest } = policy
  const counts = isOfAws(policy.Arn) ? {} : { AttachmentCount, PermissionsBoundaryUsageCount }
  const gone = isOfAws(policy.Arn) ? ['AttachmentCount', 'PermissionsBoundaryUsageCount'] : []
  const versions = PolicyVersionList?.map(({ Document, ...version }) => {
    if (version.IsDefaultVersion === true) return { ...version, Document: decoded(Document) }
    if (Document !== undefined) gone.push(`PolicyVersionList[${version.VersionId ?? ''}].Document`)
    return version
  })
  const detail = { ...rest, ...counts, PolicyVersionList: versions }
  return documentOf<IamPolicy>({ type: 'AWS::IAM::Policy', detail: trimmed(detail, gone) })
}

function isOfAws(arn: string | undefined): boolean {
  return arn?.split(':')[4] === 'aws'
}

function decodedAll<T>(policies: readonly Named<T>[] | undefined): Named<T>[] | undefined {
  return policies?.map((policy) => ({ ...policy, PolicyDocument: decoded(policy.PolicyDocument) }))
}

/** What is not encoded, or not as it should be, stays as it is. */
function decoded(text: string | undefined): string | undefined {
  if (text === undefined || text.startsWith('{')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function isoOf(date: Date | undefined): string | undefined {
  return date instanceof Date && Number.isFinite(date.getTime()) ? date.toISOString() : undefined
}

/** As JSON has it; while it is too much, the longest property is taken out. */
function trimmed(detail: Detail, before: readonly string[] = []): Detail {
  const plain = JSON.parse(JSON.stringify(detail)) as Detail
  const names = [...before]
  const sizes = new Map(Object.entries(plain).map(([name, value]) => [name, JSON.stringify(value).length]))
  let total = sizes.values().reduce((sum, size) => sum + size, 0)
  for (const [name, size] of [...sizes].toSorted(([, a], [, b]) => b - a)) {
    if (total <= MAX_DETAIL) break
    delete plain[name]
    names.push(name)
    total -= size
  }
  return names.length === 0 ? plain : { ...plain, trimmed: names.toSorted() }
}
