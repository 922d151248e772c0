import type { Cloud, Organization } from '../../../schemas/generated/posture-event.ts'
import { required, type MappingOptions } from '../../records/mapped.ts'
import { present, presentOrNone } from '../../records/present.ts'
import { enumWord, PROVIDERS } from './enums.ts'
import { containerIn, lastPart, organizationIn, projectIn } from './scc-names.ts'
import type { SccRecord } from './scc-record.ts'

type Provider = 'gcp' | 'aws' | 'azure'

/** Whose a resource is, in its provider's own ids. */
interface Place {
  readonly account: string | undefined
  readonly accountName: string | undefined
  readonly organization: Organization | undefined
}

const PROVIDERS_BY_WORD: ReadonlyMap<string | undefined, Provider> = new Map([
  ['GOOGLE_CLOUD_PLATFORM', 'gcp'],
  ['AMAZON_WEB_SERVICES', 'aws'],
  ['MICROSOFT_AZURE', 'azure'],
])
/** `//cloudasset.googleapis.com/…/otherCloudConnections/aws/arn:aws:s3:::bucket` names a resource of AWS in full. */
const ARN = /arn:aws[a-z-]*:[^:]*:[^:]*:(\d{12})?:[^]+$/
const ARM_ID = /\/subscriptions\/([^/]+)[^]*$/i
/** The name of a resource of Google's own: a subscription of Pub/Sub is none of Azure. */
const GOOGLES_OWN = /^(?:https?:)?\/\/(?!cloudasset\.)[a-z\d.-]+\.googleapis\.com\//i

/** The cloud of the subject. Throws a PermanentError (`RECORD_INCOMPLETE`) where nothing says whose it is. */
export function sccCloud(record: SccRecord, { account: given }: MappingOptions): Cloud {
  const provider = providerOf(record)
  const { account, accountName, organization } = PLACES[provider](record)
  const owner = required(account ?? containerIn(namesOf(record)) ?? given, 'project, folder or organization')
  return present({ provider, account: owner, accountName, region: record.resource.text('location'), organization })
}

/** The subject's own id: an ARN or an ARM id where the name of another cloud's resource has one. */
export function nativeId(name: string, provider: string): string {
  if (provider === 'aws') return ARN.exec(name)?.[0] ?? name
  return provider === 'azure' ? (ARM_ID.exec(name)?.[0] ?? name) : name
}

/** The full name of the resource; the finding's own, which never changes, first. */
export function resourceName({ finding, resource }: SccRecord): string | undefined {
  return finding.text('resourceName') ?? resource.text('name')
}

/** What cloudProvider says; else what the resource's name is like, since v1 came without it for long. */
function providerOf(record: SccRecord): Provider {
  const stated = PROVIDERS_BY_WORD.get(enumWord(record.resource, 'cloudProvider', PROVIDERS))
  if (stated !== undefined) return stated
  const name = resourceName(record) ?? ''
  if (GOOGLES_OWN.test(name)) return 'gcp'
  if (ARN.test(name)) return 'aws'
  return ARM_ID.test(name) ? 'azure' : 'gcp'
}

const PLACES: Readonly<Record<Provider, (record: SccRecord) => Place>> = { gcp: inGcp, aws: inAws, azure: inAzure }

/** v2 has a part of its own for it; v1 has it in the resource, where ListFindings calls the project projectName. */
function inGcp(record: SccRecord): Place {
  const { finding, resource } = record
  const own = resource.object('gcpMetadata')
  const path = resource.text('resourcePathString')
  const inside = [own.text('project'), resource.text('project'), resource.text('projectName'), path]
  const account = projectIn([finding.text('canonicalName'), ...inside, finding.text('name'), resourceName(record)])
  const name = own.text('projectDisplayName') ?? resource.text('projectDisplayName')
  const [folder] = [...own.objects('folders'), ...resource.objects('folders')]
  const organization = own.text('organization') ?? resource.text('organization')
  return {
    account,
    accountName: account === undefined ? undefined : name,
    organization: presentOrNone({
      uid: lastPart(organization) ?? organizationIn([path, ...namesOf(record)]),
      unitUid: lastPart(folder?.text('resourceFolder')),
      unitName: folder?.text('resourceFolderDisplayName'),
    }),
  }
}

function inAws(record: SccRecord): Place {
  const own = record.resource.object('awsMetadata')
  const [unit] = own.objects('organizationalUnits')
  const account = own.object('account').text('id') ?? inPath(record, 'account')
  return {
    account: account ?? ARN.exec(resourceName(record) ?? '')?.[1],
    accountName: own.object('account').text('name'),
    organization: presentOrNone({
      uid: own.object('organization').text('id') ?? inPath(record, 'org'),
      unitUid: unit?.text('id'),
      unitName: unit?.text('name'),
    }),
  }
}

function inAzure(record: SccRecord): Place {
  const own = record.resource.object('azureMetadata')
  const [unit] = own.objects('managementGroups')
  const account = own.object('subscription').text('id') ?? inPath(record, 'subscription')
  return {
    account: (account ?? ARM_ID.exec(resourceName(record) ?? '')?.[1])?.toLowerCase(),
    accountName: own.object('subscription').text('displayName'),
    organization: presentOrNone({
      uid: own.object('tenant').text('id'),
      name: own.object('tenant').text('displayName'),
      unitUid: unit?.text('id'),
      unitName: unit?.text('displayName'),
    }),
  }
}

/** `org/o-1/ou/ou-1/account/111122223333`: what stands behind a word of the path. */
function inPath({ resource }: SccRecord, word: string): string | undefined {
  const parts = resource.text('resourcePathString')?.split('/') ?? []
  const at = parts.indexOf(word)
  return at < 0 ? undefined : parts[at + 1] || undefined
}

/** The canonical name begins with the closest project, folder or organisation of the resource. */
function namesOf({ finding, resource }: SccRecord): (string | undefined)[] {
  const parent = resource.object('gcpMetadata').text('parent') ?? resource.text('parent') ?? resource.text('parentName')
  return [finding.text('canonicalName'), parent, finding.text('name'), finding.text('parent')]
}
