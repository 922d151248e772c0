import { type Answers, combined } from './bucket-truth.ts'
import type { Expectation } from './expectation.ts'
import { type Doors, doorsOf } from './policy-truth.ts'
import type { World } from './world.ts'

const SECOND_GRANT_SINCE = Date.UTC(2025, 9)

/** What may be answered for a function: an open URL needs the grants of its age, a signed one an account. */
export function functionExpectation(world: World, uid: string): Expectation {
  const document = world.find('AWS::Lambda::Function', uid)
  if (document?.policy === undefined) return { values: ['unknown'] }
  const { url, policy } = document
  const urls = url === undefined ? ([null, 'NONE', 'AWS_IAM'] as const) : [url?.authType ?? null]
  const made = url?.createdAt
  const ages = made === undefined ? [true, false] : [made >= SECOND_GRANT_SINCE]
  const { values, anonymous = [] } = combined(
    urls.flatMap((type) => ages.map((isNew) => answers(policy, uid, type, isNew))),
  )
  // Of what is not known it need not be said either.
  return { values, anonymous: anonymous.includes('unknown') ? [...anonymous, undefined] : anonymous }
}

function answers(policy: string | null, uid: string, type: 'NONE' | 'AWS_IAM' | null, isNew: boolean): Answers {
  const direct = doorsOf(policy, [{ action: 'lambda:InvokeFunction', resource: uid }])
  const through = type ? doorsThroughUrl(policy, uid, type, isNew) : undefined
  const anonymous = type === 'NONE' && through?.anonymous === 'anyone'
  if (anonymous) return { values: ['internet', 'internet_sensitive'], anonymous: ['write', 'read', 'no', undefined] }
  const none = { anonymous: ['no', undefined] as const }
  const stranger = [direct, through].some((doors) => doors?.stranger === 'anyone')
  if (stranger) return { values: ['internet_sensitive', 'internet', 'internet_restricted'], ...none }
  if (type === 'AWS_IAM') return { values: ['internet_restricted'], ...none }
  const other = [direct, through].some((doors) => doors?.otherAccount)
  return { values: other ? ['cross_boundary'] : ['none', 'internal'], ...none }
}

/** By a URL the caller asks for InvokeFunctionUrl, and since October 2025 for InvokeFunction as well. */
function doorsThroughUrl(
  policy: string | null,
  uid: string,
  type: 'NONE' | 'AWS_IAM',
  isNew: boolean,
): Doors | undefined {
  const context = { 'lambda:functionurlauthtype': [type], 'lambda:invokedviafunctionurl': ['true'] }
  const [one, other] = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'].map((action) =>
    doorsOf(policy, [{ action, resource: uid, context }]),
  )
  if (!one || !other || !isNew) return one
  return {
    anonymous: one.anonymous === 'anyone' && other.anonymous === 'anyone' ? 'anyone' : 'nobody',
    stranger: one.stranger === 'anyone' && other.stranger === 'anyone' ? 'anyone' : 'nobody',
    otherAccount: one.otherAccount && other.otherAccount,
    ownAccount: one.ownAccount && other.ownAccount,
    network: one.network && other.network,
  }
}

const SHARED = ['AWS::EC2::Snapshot', 'AWS::EC2::Image', 'AWS::RDS::DBSnapshot', 'AWS::RDS::DBClusterSnapshot'] as const

/** What may be answered for a copy that is handed on; undefined where the asset is none. */
export function sharingExpectation(world: World, uid: string): Expectation | undefined {
  const type = SHARED.find((each) => world.find(each, uid))
  const document = type && world.find(type, uid)
  if (!document) return undefined
  const block = world.all('AWS::Account::RegionSettings')[0]?.document.snapshotBlock
  // Only EBS snapshots have a block that also ends what was shared before.
  const blocks =
    type !== 'AWS::EC2::Snapshot' ? [false] : block === undefined ? [true, false] : [block === 'block-all-sharing']
  const opens = document.public === undefined ? [true, false] : [document.public]
  const shares = document.sharedWith === undefined ? [true, false] : [document.sharedWith.length > 0]
  const worlds = opens.flatMap((open) =>
    shares.flatMap((shared) => blocks.map((blocked) => ({ open: open && !blocked, shared }))),
  )
  const { values } = combined(
    worlds.map(({ open, shared }): Answers => ({
      values: open ? ['internet_sensitive'] : shared ? ['cross_boundary'] : ['none', 'internal'],
      anonymous: [],
    })),
  )
  return { values }
}
