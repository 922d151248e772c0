import { normalizeResourceUid } from '../../../schemas/finding-key.ts'
import type { Cloud, Resource } from '../../../schemas/generated/posture-event.ts'
import { required, type MappingOptions } from '../../records/mapped.ts'
import { present, presentOrNone } from '../../records/present.ts'
import type { AnyCase } from './any-case.ts'
import { armResource, type ArmResource, type AssessmentId } from './arm-id.ts'

/** Where an assessed resource runs, by `resourceDetails.source`. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['azure', 'azure'],
  ['aws', 'aws'],
  ['gcp', 'gcp'],
])
const ELSEWHERE = 'other'
const DIGEST = /@sha256:[\da-f]+$/i
const ARN_ACCOUNT = /^arn:[^:]+:[^:]*:[^:]*:(\d{12}):/
const GOOGLE_PROJECT = /(?:^|\/)projects\/([^/]+)/

export interface Assessed {
  readonly resource: Resource
  readonly cloud: Cloud
  /** The resource group that it is in, where it is one of Azure's. */
  readonly resourceGroup: string | undefined
}

/** What an assessment, or a part of one, is about: by ids alone, since names change. */
export function assessedResource(root: AnyCase, id: AssessmentId | undefined, options: MappingOptions): Assessed {
  const details = root.object('properties').object('resourcedetails')
  const provider = providerOf(details)
  const tenant = root.text('tenantid')?.toLowerCase()
  const scope = armResource(id?.scope)
  if (provider === 'aws' || provider === 'gcp') return native(provider, details, scope)
  const { uid, arm, name } = provider === ELSEWHERE ? elsewhere(details, id) : inAzure(details, id, tenant)
  const resource = required(uid, 'resource (properties.resourceDetails.id)')
  return {
    resource: present({
      uid: resource,
      name: details.firstText('resourcename', 'databasename', 'machinename') ?? name ?? arm?.name,
      type: typeOf(details, arm) ?? (name === undefined ? undefined : 'image'),
      group: details.text('resourceprovider'),
      tags: [],
      data: provider === ELSEWHERE && !options.withoutData ? nativeIds(details) : undefined,
    }),
    cloud: present({
      provider,
      account: required(arm?.account ?? scope?.account ?? tenant, 'subscription (id) or tenantId'),
      organization: presentOrNone({ uid: tenant }),
    }),
    resourceGroup: (arm ?? scope)?.resourceGroup,
  }
}

/** An Azure resource, or what lies in or beside one and has an id of its own kind. */
interface Found {
  readonly uid?: string | undefined
  readonly arm?: ArmResource | undefined
  /** Of what is known by another id than ARM's. */
  readonly name?: string | undefined
}

function providerOf(details: AnyCase): string {
  const source = details.text('source')
  return source === undefined ? 'azure' : (PROVIDERS.get(source.toLowerCase()) ?? ELSEWHERE)
}

/** An id that is no ARM id, as of an image, is one inside what was assessed. */
function inAzure(details: AnyCase, id: AssessmentId | undefined, tenant: string | undefined): Found {
  const stated = details.firstText('id', 'resourceid', 'azureresourceid', 'nativeresourceid')
  const arm = armResource(stated)
  if (arm !== undefined) return { uid: arm.uid, arm }
  const scope = armResource(id?.scope)
  // The tenant has no id of its own among ARM's.
  const uid = id?.scope === '' && tenant !== undefined ? `/tenants/${tenant}` : scope?.uid
  const name = stated
    ?.split('/')
    .filter((part) => part !== '')
    .join('/')
  if (uid === undefined || !name) return { uid, arm: scope }
  return { uid: `${uid}/${name.toLowerCase()}`, name }
}

/**
 * A machine or database outside of Azure. The id of its assessment holds an id of the machine; of one without that, the
 * workspace that it is attached to, and its own id there.
 */
function elsewhere(details: AnyCase, id: AssessmentId | undefined): Found {
  const machine = details.firstText('vmuuid', 'sourcecomputerid')
  const scope = id?.scope || [details.text('workspaceid'), machine].filter(Boolean).join('/machines/')
  const server = details.text('servername')
  const database = details.text('databasename')
  const uid = [
    scope || details.text('id'),
    ...(server === undefined ? [] : ['servers', server]),
    ...(database === undefined ? [] : ['databases', database]),
  ]
  const found = uid[0] === undefined ? undefined : uid.join('/').toLowerCase()
  return { uid: found, arm: armResource(found === undefined ? undefined : uid.join('/')) }
}

/** A resource of another cloud by the id that it has there. */
function native(provider: 'aws' | 'gcp', details: AnyCase, scope: ArmResource | undefined): Assessed {
  const own = details.firstText('nativeclouduniqueidentifier', 'nativeresourceid')
  const stated = details.text('id')
  // The name of an image without its digest stands for all of its versions.
  const image = stated !== undefined && DIGEST.test(stated) && !DIGEST.test(own ?? '') ? stated : undefined
  const uid = image ?? own ?? details.firstText('id', 'resourceid', 'azureresourceid') ?? scope?.uid
  const resource = required(uid, 'resource (properties.resourceDetails.nativeCloudUniqueIdentifier)')
  const account = details.text('hierarchyid') ?? accountIn(provider, own ?? resource) ?? scope?.account
  const region = details.text('region')?.toLowerCase()
  return {
    resource: present({
      uid: armResource(resource)?.uid ?? normalizeResourceUid(resource),
      name: details.text('resourcename'),
      type: typeOf(details, undefined),
      region: region === 'global' ? undefined : region,
      group: details.text('resourceprovider'),
      tags: [],
    }),
    cloud: { provider, account: required(account, 'account (properties.resourceDetails.hierarchyId)') },
    resourceGroup: undefined,
  }
}

function accountIn(provider: 'aws' | 'gcp', uid: string): string | undefined {
  return (provider === 'aws' ? ARN_ACCOUNT : GOOGLE_PROJECT).exec(uid)?.[1]
}

function typeOf(details: AnyCase, arm: ArmResource | undefined): string | undefined {
  const type = details.text('resourcetype')
  const provider = details.text('resourceprovider')
  if (type === undefined || type.includes('/') || provider === undefined) return type ?? arm?.type
  return `${provider}/${type}`
}

function nativeIds(details: AnyCase): Record<string, unknown> | undefined {
  return presentOrNone({
    vmuuid: details.text('vmuuid'),
    source_computer_id: details.text('sourcecomputerid'),
    workspace_id: details.text('workspaceid'),
  })
}
