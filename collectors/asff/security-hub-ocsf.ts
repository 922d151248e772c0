import type { Cloud, Description, FindingKind, Resource, Source } from '../../schemas/generated/posture-event.ts'
import { asffKind, discriminator } from './asff-identity.ts'
import { productId } from './asff-product.ts'
import { standardSet } from './asff-standards.ts'
import { askedAt } from './asff-states.ts'
import { attackOf } from './attacks.ts'
import { attempt } from './attempt.ts'
import { Fields, type JsonObject } from './fields.ts'
import {
  identityOf,
  recordTime,
  required,
  subjectFirst,
  type Mapped,
  type MappedFinding,
  type MappingOptions,
} from './mapped.ts'
import { ocsfStates } from './ocsf-states.ts'
import { ocsfVulnerabilities } from './ocsf-vulnerabilities.ts'
import { present, presentOrNone } from './present.ts'
import { awsResourceUid } from './resource-uid.ts'
import { severityOfOcsf } from './severity.ts'
import { tagsOf } from './tags.ts'

/** How these findings are told from those that were read as ASFF. */
const FORMAT = 'security-hub-ocsf'
const KINDS: ReadonlyMap<number | undefined, FindingKind> = new Map([
  [2002, 'vulnerability'],
  [2003, 'compliance'],
  [2004, 'detection'],
  [2006, 'data_security'],
  [2007, 'application_security'],
])

/**
 * Maps an OCSF document of Security Hub, as GetFindingsV2 gives them, to what the same finding says in ASFF. Pure; never
 * throws.
 */
export function mapSecurityHubOcsf(record: unknown, options: MappingOptions): Mapped {
  return attempt(record, (fields) => findingOf(fields, options))
}

function findingOf(record: JsonObject, options: MappingOptions): MappedFinding {
  const notes = new Set<string>()
  const root = new Fields(record, notes)
  const info = root.object('finding_info')
  const at = timeOf(root, info, options)
  const source = sourceOf(root, info)
  const control = required(controlOf(root, info), 'control (compliance.control, finding_info.analytic.uid)')
  const found = root.objects('resources').flatMap((each) => resourceOf(each, options))
  const resources = subjectFirst(found, 'resource with a uid (resources[0].uid)')
  const cloud = cloudOf(root, resources[0])
  const asked = askedAt(at, options)
  const description = descriptionOf(root, control, asked)
  const isVulnerability = description.vulnerabilities !== undefined
  const kind = asffKind(source.product, isVulnerability, description.types, KINDS.get(root.number('class_uid')))
  const said = { source, control, description, resources, sentence: description.text }
  return {
    at,
    scanUid: undefined,
    statement: present({
      identity: identityOf(source.product, control, resources[0], cloud, discriminator(kind, said)),
      source,
      kind,
      ...ocsfStates(root, at, asked),
      description,
      resources,
      cloud,
      unmapped: presentOrNone({ confidence: root.number('confidence_score') }),
      flags: [...notes].toSorted(),
    }),
  }
}

function timeOf(root: Fields, info: Fields, options: MappingOptions): number {
  const inInfo = ['modified_time', 'modified_time_dt', 'last_seen_time', 'last_seen_time_dt'] as const
  const inRoot = ['time', 'time_dt'] as const
  const candidates = [...inInfo.map((key) => [info, key] as const), ...inRoot.map((key) => [root, key] as const)]
  return recordTime([...candidates, [info, 'created_time'], [info, 'created_time_dt']], 'milliseconds', options)
}

function sourceOf(root: Fields, info: Fields): Source {
  const product = root.object('metadata').object('product')
  return present({
    product: required(productId(product.text('uid'), product.text('name')), 'product (metadata.product.uid)'),
    name: product.text('name'),
    vendor: product.text('vendor_name'),
    version: product.text('version'),
    format: FORMAT,
    uid: info.text('uid'),
    productUid: product.text('uid'),
  })
}

/** Security Hub's controls stand under compliance; what other products call a generator, under their analytic. */
function controlOf(root: Fields, info: Fields): string | undefined {
  const analytic = info.object('analytic')
  const feature = root.object('metadata').object('product').object('feature')
  const generator = analytic.text('uid') ?? feature.text('uid') ?? analytic.text('name')
  return root.object('compliance').text('control') ?? generator?.replace(/^security-control\//, '')
}

function descriptionOf(root: Fields, control: string, asked: number): Description {
  const info = root.object('finding_info')
  const compliance = root.object('compliance')
  const remediation = root.object('remediation')
  const text = remediation.text('desc')
  const references = remediation.texts('references')
  const word = root.text('severity')
  const attacks = info.objects('attacks').flatMap(attackOf)
  const vulnerabilities = ocsfVulnerabilities(root)
  return present({
    title: info.text('title') ?? control,
    text: info.text('desc'),
    severity: severityOfOcsf(root.number('severity_id'), word),
    sourceSeverity: root.object('vendor_attributes').text('severity') ?? word,
    remediation: text === undefined ? undefined : { text, references },
    url: info.text('src_url') ?? (text === undefined ? references[0] : undefined),
    types: info.texts('types'),
    standards: standardSet(compliance.texts('standards'), compliance.texts('requirements'), undefined),
    categories: [],
    attacks: attacks.length === 0 ? undefined : attacks,
    vulnerabilities: vulnerabilities.length === 0 ? undefined : vulnerabilities,
    // BatchUpdateFindingsV2 changes severity and status without moving the finding's time.
    at: asked,
  })
}

function resourceOf(resource: Fields, { withoutData }: MappingOptions): Resource[] {
  const uid = resource.text('uid') ?? resource.text('name')
  if (uid === undefined) return []
  return [
    present({
      uid: awsResourceUid(uid),
      name: resource.text('name'),
      type: resource.text('type'),
      region: resource.text('region'),
      partition: resource.text('cloud_partition'),
      tags: tagsOf(resource.value['tags']),
      data: withoutData ? undefined : presentOrNone(resource.object('data').value),
    }),
  ]
}

function cloudOf(root: Fields, subject: Resource): Cloud {
  const cloud = root.object('cloud')
  const account = cloud.object('account')
  return present({
    provider: (cloud.text('provider') ?? 'aws').toLowerCase(),
    account: required(account.text('uid'), 'account (cloud.account.uid)'),
    accountName: account.text('name'),
    region: cloud.text('region') ?? subject.region,
    partition: subject.partition ?? cloud.text('cloud_partition'),
    organization: presentOrNone({ uid: cloud.object('org').text('uid'), name: cloud.object('org').text('name') }),
  })
}
