import { normalizeResourceUid } from '../../../schemas/finding-key.ts'
import type {
  Cloud,
  Description,
  Resource,
  Source,
  SourceMute,
  Standard,
  Verdict,
} from '../../../schemas/generated/posture-event.ts'
import type { JsonObject } from '../../records/fields.ts'
import { accessKeyDiscriminator } from '../../asff/access-key.ts'
import { attackOf } from '../../asff/attacks.ts'
import { Fields, isObject } from '../../records/fields.ts'
import {
  identityOf,
  recordTime,
  required,
  subjectFirst,
  type MappedFinding,
  type MappingOptions,
} from '../../records/mapped.ts'
import { ocsfVulnerabilities } from '../../asff/ocsf-vulnerabilities.ts'
import { present, presentOrNone } from '../../records/present.ts'
import { severityOfOcsf } from '../../records/severity.ts'
import { tagsOfLabels } from '../../records/tags.ts'

const VERDICTS: Readonly<Record<string, Verdict['value']>> = { PASS: 'pass', FAIL: 'fail', MANUAL: 'none' }
const SUPPRESSED = 3

/** Whether a record is one of Prowler's in OCSF. */
export function isProwlerOcsf(record: JsonObject): boolean {
  const { metadata, finding_info: info } = record
  if (!isObject(metadata) || !isObject(info)) return false
  const product = new Fields(metadata, new Set()).object('product')
  return [product.text('uid'), product.text('name')].some((each) => each?.toLowerCase() === 'prowler')
}

/** Maps Prowler's json-ocsf: the check's verdict stands in status_code, its mute in status_id, times in seconds. */
export function mapProwlerOcsf(record: JsonObject, options: MappingOptions): MappedFinding {
  const notes = new Set<string>()
  const root = new Fields(record, notes)
  const info = root.object('finding_info')
  const at = timeOf(root, info, options)
  const checkId = root.object('metadata').text('event_code') ?? info.object('analytic').text('uid')
  const control = required(checkId, 'check (metadata.event_code)')
  const found = root.objects('resources').flatMap((each) => resourceOf(each, options))
  const resources = subjectFirst(found, 'resource with a uid (resources[0].uid)')
  const unmapped = root.object('unmapped')
  const cloud = cloudOf(root, unmapped, resources[0])
  const sentence = root.text('status_detail') ?? root.text('message')
  return {
    at,
    scanUid: unmapped.text('scan_id'),
    statement: present({
      identity: identityOf('prowler', control, resources[0], cloud, accessKeyDiscriminator(control, sentence)),
      source: sourceOf(root, info),
      kind: 'compliance' as const,
      verdict: verdictOf(root, sentence, at),
      mute: muteOf(root, at),
      description: descriptionOf(root, control),
      resources,
      cloud,
      unmapped: restOf(unmapped),
      flags: [...notes].toSorted(),
    }),
  }
}

/** The numbers first: Prowler's dates name no zone. */
function timeOf(root: Fields, info: Fields, options: MappingOptions): number {
  const candidates = [
    [root, 'time'],
    [info, 'created_time'],
    [root, 'time_dt'],
    [info, 'created_time_dt'],
  ] as const
  return recordTime(candidates, 'seconds', options)
}

function sourceOf(root: Fields, info: Fields): Source {
  const product = root.object('metadata').object('product')
  return present({
    product: 'prowler',
    name: product.text('name'),
    vendor: product.text('vendor_name'),
    version: product.text('version'),
    format: 'prowler-ocsf',
    uid: info.text('uid'),
  })
}

function verdictOf(root: Fields, detail: string | undefined, at: number): Verdict {
  const word = root.text('status_code')
  return present({ value: VERDICTS[word?.toUpperCase() ?? ''] ?? ('none' as const), word, detail, at })
}

function muteOf(root: Fields, at: number): SourceMute | undefined {
  const id = root.number('status_id')
  const word = root.text('status')
  if (id === undefined && word === undefined) return undefined
  return { muted: id === undefined ? word?.toLowerCase() === 'suppressed' : id === SUPPRESSED, at }
}

function descriptionOf(root: Fields, control: string): Description {
  const info = root.object('finding_info')
  const unmapped = root.object('unmapped')
  const word = root.text('severity')
  const text = root.object('remediation').text('desc')
  const references = root.object('remediation').texts('references')
  const attacks = info.objects('attacks').flatMap(attackOf)
  const vulnerabilities = ocsfVulnerabilities(root)
  return present({
    title: info.text('title') ?? control,
    text: info.text('desc'),
    severity: severityOfOcsf(root.number('severity_id'), word),
    sourceSeverity: word,
    risk: root.text('risk_details'),
    remediation: text === undefined ? undefined : { text, references },
    url: unmapped.text('related_url') ?? info.text('src_url') ?? (text === undefined ? references[0] : undefined),
    types: info.texts('types'),
    standards: standardsOf(unmapped.object('compliance')),
    categories: unmapped.texts('categories'),
    attacks: attacks.length === 0 ? undefined : attacks,
    vulnerabilities: vulnerabilities.length === 0 ? undefined : vulnerabilities,
  })
}

function standardsOf(compliance: Fields): Standard[] {
  return Object.keys(compliance.value)
    .filter((name) => name !== '')
    .map((name) => ({ name, requirements: compliance.texts(name) }))
}

function resourceOf(resource: Fields, { withoutData }: MappingOptions): Resource[] {
  const uid = resource.text('uid') ?? resource.text('name')
  if (uid === undefined) return []
  const data = resource.object('data')
  const tags = tagsOfLabels(resource.texts('labels'), data.object('metadata').value['tags'])
  const detail = presentOrNone({ details: data.text('details'), metadata: data.value['metadata'] })
  return [
    present({
      uid: normalizeResourceUid(uid),
      name: resource.text('name'),
      type: resource.text('type'),
      region: resource.text('region'),
      partition: resource.text('cloud_partition'),
      group: resource.object('group').text('name'),
      tags,
      data: withoutData ? undefined : detail,
    }),
  ]
}

/** Without an account, what stands in its place: the cluster, the organisation, whatever Prowler was run against. */
function cloudOf(root: Fields, unmapped: Fields, subject: Resource): Cloud {
  const cloud = root.object('cloud')
  const account = cloud.object('account')
  const org = cloud.object('org')
  const uid = account.text('uid') ?? unmapped.text('provider_uid') ?? org.text('uid') ?? account.text('name')
  return present({
    provider: required(cloud.text('provider') ?? unmapped.text('provider'), 'provider (cloud.provider)').toLowerCase(),
    account: required(uid, 'account (cloud.account.uid)'),
    accountName: account.text('name'),
    region: cloud.text('region') ?? subject.region,
    partition: subject.partition,
    organization: presentOrNone({
      uid: org.text('uid'),
      name: org.text('name'),
      unitUid: org.text('ou_uid'),
      unitName: org.text('ou_name'),
    }),
  })
}

function restOf(unmapped: Fields): Record<string, unknown> | undefined {
  const list = (key: string): string[] | undefined => {
    const texts = unmapped.texts(key)
    return texts.length === 0 ? undefined : texts
  }
  return presentOrNone({
    notes: unmapped.text('notes'),
    additional_urls: list('additional_urls'),
    depends_on: list('depends_on'),
    related_to: list('related_to'),
  })
}
