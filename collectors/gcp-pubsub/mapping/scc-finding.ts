import { normalizeResourceUid } from '../../../schemas/finding-key.ts'
import type { Identity, Resource, Source } from '../../../schemas/generated/posture-event.ts'
import { Fields, isObject, type JsonObject } from '../../records/fields.ts'
import { latestTime, recordTime, required, type MappedFinding, type MappingOptions } from '../../records/mapped.ts'
import { present } from '../../records/present.ts'
import { CLASSES, enumWord } from './enums.ts'
import { nativeId, resourceName, sccCloud } from './scc-cloud.ts'
import { sccDescription, sccKind } from './scc-description.ts'
import { findingId } from './scc-names.ts'
import { sccRecord, type SccRecord } from './scc-record.ts'
import { sccRest } from './scc-rest.ts'
import { sccMute, sccVerdict } from './scc-states.ts'

const PRODUCT = 'security-command-center'

/** Whether a record says that Security Command Center itself cannot work, which is nobody's posture. */
export function isAboutTheService(record: JsonObject): boolean {
  const finding = isObject(record['finding']) ? record['finding'] : record
  const fields = new Fields(finding, new Set())
  return ['findingClass', 'finding_class'].some((key) => enumWord(fields, key, CLASSES) === 'SCC_ERROR')
}

/** The finding of a record. Throws a PermanentError (`RECORD_…`) that names what is missing. */
export function findingOf(given: JsonObject, options: MappingOptions): MappedFinding {
  const notes = new Set<string>()
  const record = sccRecord(given, notes)
  const { finding } = record
  const id = required(findingId(finding), 'finding.canonicalName or finding.name with an id (…/findings/ID)')
  const category = required(finding.text('category'), 'finding.category')
  const times = ['eventTime', 'createTime'].map((key) => [finding, key] as const)
  const at = recordTime(times, 'milliseconds', options)
  const first = latestTime([[finding, 'createTime']], 'milliseconds', options)
  const cloud = sccCloud(record, options)
  const subject = subjectOf(record, cloud.provider)
  const { provider, account } = cloud
  return {
    at,
    scanUid: undefined,
    statement: present({
      identity: identityOf({ provider, account, control: category, resource: subject.uid }, id),
      source: sourceOf(finding),
      kind: sccKind(finding),
      verdict: sccVerdict(finding, at, options),
      seen: first === undefined ? undefined : { first },
      mute: sccMute(finding, at, options),
      description: sccDescription(finding, category),
      resources: [subject] as [Resource],
      cloud,
      unmapped: options.withoutData ? undefined : sccRest(finding),
      flags: [...notes].toSorted(),
    }),
  }
}

/**
 * Every part is in each message about a finding, in v1 as in v2 and whoever is notified (organisation, folder, project),
 * and never changes: Google calls the category and the resource's name immutable, and the finding's own id ends all its
 * names. The id has to be there: a source may find one category at one resource several times, a CVE per package or a
 * hole per URL, and what is fixed of these must not close the others. It is no scan's: what comes back is the same
 * finding made ACTIVE again. The region is left out, since the full name of a resource fixes it and v1 came without it for
 * long; so is the source, whose display name may change and whose id no two findings of one id differ by alone.
 */
function identityOf(parts: Omit<Identity, 'product' | 'region' | 'discriminator'>, id: string): Identity {
  return { product: PRODUCT, ...parts, region: '', discriminator: `finding=${id}` }
}

function sourceOf(finding: Fields): Source {
  return present({
    product: PRODUCT,
    name: 'Security Command Center',
    vendor: 'Google',
    format: 'scc',
    uid: finding.text('canonicalName') ?? finding.text('name'),
  })
}

function subjectOf(record: SccRecord, provider: string): Resource {
  const { resource } = record
  const name = required(resourceName(record), 'finding.resourceName')
  return present({
    uid: normalizeResourceUid(nativeId(name, provider)),
    name: resource.text('displayName'),
    type: resource.text('type'),
    region: resource.text('location'),
    group: resource.text('service'),
    tags: [],
  })
}
