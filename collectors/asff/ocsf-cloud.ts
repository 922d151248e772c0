import type { Cloud, Resource } from '../../schemas/generated/posture-event.ts'
import type { Fields } from '../records/fields.ts'
import { required, type MappingOptions } from '../records/mapped.ts'
import type { OcsfDialect } from './ocsf-dialect.ts'
import { present, presentOrNone } from '../records/present.ts'

const PROVIDERS: ReadonlyMap<string | undefined, string> = new Map([
  ['amazon', 'aws'],
  ['amazon web services', 'aws'],
  ['microsoft', 'azure'],
  ['microsoft azure', 'azure'],
  ['google', 'gcp'],
  ['google cloud', 'gcp'],
  ['google cloud platform', 'gcp'],
])
/** Of what runs in no cloud that anything names. */
const NO_CLOUD = 'other'
const ACCOUNT = 'account (cloud.account.uid)'
const AZURE = /^\/subscriptions\/([^/]+)/
const GOOGLE = /^\/\/[a-z0-9.-]+\.googleapis\.com\/(?:.*?\bprojects\/([^/]+))?/

/**
 * Where a finding's subject is. Without an account, what stands in its place: what the subject's own id names, the
 * organisation, or what the operator says for such records.
 */
export function ocsfCloud(
  root: Fields,
  subject: Resource,
  dialect: OcsfDialect,
  { account: given }: MappingOptions,
): Cloud {
  const cloud = root.object('cloud')
  const account = cloud.object('account')
  const org = cloud.object('org')
  const home = dialect.isStamped ? homeOf(subject.uid) : { provider: 'aws', account: undefined }
  const stated = account.text('uid') ?? (dialect.isStamped ? otherAccount(root, cloud, home.account) : undefined)
  return present({
    provider: providerOf(cloud.text('provider')) ?? home.provider,
    account: required(stated ?? given, ACCOUNT),
    accountName: account.text('name'),
    region: cloud.text('region') ?? subject.region,
    partition: subject.partition ?? cloud.text('cloud_partition'),
    organization: presentOrNone({ uid: org.text('uid'), name: org.text('name') }),
  })
}

function otherAccount(root: Fields, cloud: Fields, inUid: string | undefined): string | undefined {
  const former = cloud.text('project_uid') ?? inUid ?? cloud.object('account').text('name')
  return former ?? cloud.object('org').text('uid') ?? root.object('metadata').text('tenant_uid')
}

function providerOf(word: string | undefined): string | undefined {
  const lower = word?.toLowerCase()
  return PROVIDERS.get(lower) ?? lower
}

/** What the id of a resource says about where it is. */
function homeOf(uid: string): { provider: string; account: string | undefined } {
  const [arn, partition, , , account] = uid.split(':')
  if (arn === 'arn' && partition?.startsWith('aws') === true) return { provider: 'aws', account: account || undefined }
  const azure = AZURE.exec(uid)
  if (azure !== null) return { provider: 'azure', account: azure[1] }
  const google = GOOGLE.exec(uid)
  return google === null ? { provider: NO_CLOUD, account: undefined } : { provider: 'gcp', account: google[1] }
}
