const SUBSCRIPTION = /^\/subscriptions\/([^/]+)/
const MANAGEMENT_GROUP = /^\/providers\/microsoft\.management\/managementgroups\/([^/]+)/
const ASSESSMENTS = '/providers/microsoft.security/assessments/'
const ASSESSMENT = /\/providers\/microsoft\.security\/assessments\/([^/]+)(?:\/subassessments\/([^/]+))?/

/** A resource as Azure Resource Manager addresses it. */
export interface ArmResource {
  /** In lower case: the ids ignore case. */
  readonly uid: string
  /** `Microsoft.Storage/storageAccounts/blobServices`, as it was written. */
  readonly type: string | undefined
  readonly name: string | undefined
  readonly resourceGroup: string | undefined
  /** The subscription it belongs to, else the management group; neither of what belongs to the whole tenant. */
  readonly account: string | undefined
}

/** What an ARM id says; undefined of anything else. */
export function armResource(written: string | undefined): ArmResource | undefined {
  const id = withoutEndSlashes((written ?? '').trim())
  const uid = id.toLowerCase()
  if (!/^\/(?:subscriptions|providers)\/[^/]/.test(uid)) return undefined
  const segments = id.split('/')
  return {
    uid,
    type: typeOf(segments),
    name: segments.at(-1) || undefined,
    resourceGroup: /\/resourcegroups\/([^/]+)/.exec(uid)?.[1],
    account: (SUBSCRIPTION.exec(uid) ?? MANAGEMENT_GROUP.exec(uid))?.[1],
  }
}

/** What the id of an assessment, or of a part of one, says; the names in lower case. */
export interface AssessmentId {
  /** What was assessed: an ARM id as it was written, empty where it is the tenant itself. */
  readonly scope: string
  readonly assessment: string
  readonly subAssessment: string | undefined
}

/** Undefined where this is no id of an assessment. */
export function assessmentId(written: string | undefined): AssessmentId | undefined {
  const trimmed = (written ?? '').trim()
  const id = trimmed.toLowerCase()
  // Some letters are longer in lower case; ids have none of them.
  const at = id.length === trimmed.length ? id.lastIndexOf(ASSESSMENTS) : -1
  const [, assessment, subAssessment] = at < 0 ? [] : (ASSESSMENT.exec(id.slice(at)) ?? [])
  return assessment === undefined ? undefined : { scope: trimmed.slice(0, at), assessment, subAssessment }
}

/** In one pass, whatever it is. */
function withoutEndSlashes(text: string): string {
  let end = text.length
  while (text[end - 1] === '/') end -= 1
  return text.slice(0, end)
}

/** By the last provider: what lies in a resource of another provider is of its own. */
function typeOf(segments: readonly string[]): string | undefined {
  const at = segments.findLastIndex((each) => each.toLowerCase() === 'providers')
  if (at < 0) {
    const last = segments.at(-2)?.toLowerCase()
    if (last === 'subscriptions') return 'Microsoft.Resources/subscriptions'
    return last === 'resourcegroups' ? 'Microsoft.Resources/resourceGroups' : undefined
  }
  const [provider, ...rest] = segments.slice(at + 1)
  const types = rest.filter((_, index) => index % 2 === 0)
  return provider === undefined || types.length === 0 ? undefined : [provider, ...types].join('/')
}
