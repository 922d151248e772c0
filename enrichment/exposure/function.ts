import type { ContextGraph, KnownAsset } from '../context-graph.ts'
import type { Exposure, Hop } from '../exposure.ts'
import type { Probe } from './policy/grant.ts'
import type { ContextValue } from './policy/condition.ts'
import type { Opening } from './policy/opening.ts'
import { otherProbes } from './policy/other-probes.ts'
import { policyOpenings, type PolicyOpenings } from './policy/policy-openings.ts'
import { settle } from './policy/settle.ts'
import { Reading } from './reading.ts'

type Function = KnownAsset<'AWS::Lambda::Function'>
type Url = NonNullable<Function['document']['url']>

const BY_URL = 'lambda:InvokeFunctionUrl'
const INVOKE = 'lambda:InvokeFunction'
/** Since October 2025 new URLs need both grants; on which day of it, is not told. */
const NEEDS_ONE_BEFORE = Date.UTC(2025, 9, 1)
const NEEDS_BOTH_FROM = Date.UTC(2025, 10, 1)

interface Part {
  readonly openings: readonly Opening[]
  readonly closedBy: readonly Hop[]
}

/**
 * Who may run a function: through its URL, and through Lambda's own API by its policy. A URL that asks for no signature still
 * needs a policy that grants both actions to everyone, or the first alone where it was made before October 2025; one that
 * asks for it answers the internet, but only to those who are permitted. Running it is a call, whatever it may do then.
 * Without a URL a policy that means everyone is open to every AWS account, since anyone can open one.
 */
export function functionExposure(graph: ContextGraph, tenant: string, asset: Function): Exposure {
  const byUrl = urlPart(asset)
  const byApi = ask(asset, 'signed', { 'lambda:functionurlauthtype': 'absent', [VIA]: 'absent' }, (policy) => [
    { access: 'call', action: INVOKE, resources: [asset.uid] },
    ...otherProbes(policy, [INVOKE, BY_URL], [asset.uid]),
  ])
  return settle(new Reading(graph, tenant, asset), asset, {
    openings: [...byUrl.openings, ...byApi.openings],
    closedBy: [...byUrl.closedBy, ...byApi.closedBy],
    holdsData: false,
  })
}

const VIA = 'lambda:invokedviafunctionurl'

function ask(
  { uid, account, region, document }: Function,
  requests: 'unsigned' | 'signed',
  values: Readonly<Record<string, ContextValue>>,
  probes: (policy: NonNullable<PolicyOpenings['policy']>) => readonly Probe[],
): PolicyOpenings {
  return policyOpenings({ uid, account, region, noun: 'function', policy: document.policy, probes, requests, values })
}

function urlPart(asset: Function): Part {
  const { uid, document } = asset
  const { url } = document
  if (url === null) return { openings: [], closedBy: [{ uid, text: 'function has no URL' }] }
  if (url === undefined) {
    const missing = [`URL of ${uid}`]
    return {
      openings: [{ who: { kind: 'anyone' }, access: 'call', answer: 'unknown', hops: [], missing }],
      closedBy: [],
    }
  }
  return url.authType === 'NONE' ? openUrlPart(asset, url) : signedUrlPart(asset)
}

function signedUrlPart(asset: Function): Part {
  const { uid } = asset
  const signers: Opening = {
    who: { kind: 'signer' },
    access: 'call',
    answer: 'yes',
    hops: [{ uid, text: 'function URL asks for a signature (AWS_IAM)' }],
    missing: [],
  }
  const { openings } = askUrl(asset, 'AWS_IAM', INVOKE)
  return { openings: [signers, ...openings], closedBy: [{ uid, text: 'function URL asks for a signature (AWS_IAM)' }] }
}

function openUrlPart(asset: Function, { createdAt }: Url): Part {
  const { uid } = asset
  const one = askUrl(asset, 'NONE', undefined)
  if (createdAt !== undefined && createdAt < NEEDS_ONE_BEFORE) return one
  const both = askUrl(asset, 'NONE', INVOKE)
  const wanting = one.openings.length > both.openings.length
  const closedBy = wanting
    ? [{ uid, text: `function URL needs ${INVOKE} granted to anyone too, and no statement of the policy does that` }]
    : both.closedBy
  if (createdAt !== undefined && createdAt >= NEEDS_BOTH_FROM) return { openings: both.openings, closedBy }
  const perhaps = one.openings.map((each): Opening => {
    return { ...each, answer: 'unknown', missing: [...each.missing, `when the URL of ${uid} was made`] }
  })
  return { openings: [...both.openings, ...perhaps], closedBy }
}

function askUrl(asset: Function, authType: Url['authType'], and: string | undefined): PolicyOpenings {
  const values = { 'lambda:functionurlauthtype': [authType], [VIA]: ['true'] }
  return ask(asset, authType === 'NONE' ? 'unsigned' : 'signed', values, () => [
    { access: 'call', action: BY_URL, ...(and === undefined ? {} : { and }), resources: [asset.uid] },
  ])
}
