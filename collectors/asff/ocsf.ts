import type { Source } from '../../schemas/generated/posture-event.ts'
import { askedAt } from './asff-states.ts'
import { attempt } from '../records/attempt.ts'
import { Fields, isObject, type JsonObject } from '../records/fields.ts'
import {
  identityOf,
  latestTime,
  recordTime,
  required,
  subjectFirst,
  type Mapped,
  type MappedFinding,
  type MappingOptions,
} from '../records/mapped.ts'
import { ocsfCloud } from './ocsf-cloud.ts'
import { ocsfDescription } from './ocsf-description.ts'
import { FINDING_CLASSES, SECURITY_HUB, anyProduct, type OcsfDialect } from './ocsf-dialect.ts'
import { ocsfControl, ocsfDiscriminator, ocsfKind } from './ocsf-identity.ts'
import { ocsfResources } from './ocsf-resources.ts'
import { ocsfStates } from './ocsf-states.ts'
import { present, presentOrNone } from '../records/present.ts'

/**
 * Whether a record is an OCSF finding of a class that is a statement about resources (all but 2005, which groups others),
 * in any version from 1.0 on.
 */
export function isOcsfFinding(record: JsonObject): boolean {
  if (!isObject(record['metadata'])) return false
  const uid = ocsfClass(record)
  return uid === undefined ? isObject(record['finding_info']) : FINDING_CLASSES.has(uid)
}

/** The class of an OCSF event, also where only its type says so; undefined where nothing does. */
export function ocsfClass(record: JsonObject): number | undefined {
  const fields = new Fields(record, new Set())
  const type = fields.number('type_uid')
  return fields.number('class_uid') ?? (type === undefined ? undefined : Math.floor(type / 100))
}

/** Maps an OCSF finding of any product. Pure; never throws. */
export function mapOcsf(record: unknown, options: MappingOptions): Mapped {
  return attempt(record, (fields) => findingOf(fields, options, anyProduct(fields)))
}

/**
 * Maps an OCSF document of Security Hub, as GetFindingsV2 gives them, to what the same finding says in ASFF. Pure; never
 * throws.
 */
export function mapSecurityHubOcsf(record: unknown, options: MappingOptions): Mapped {
  return attempt(record, (fields) => findingOf(fields, options, SECURITY_HUB))
}

function findingOf(record: JsonObject, options: MappingOptions, dialect: OcsfDialect): MappedFinding {
  const notes = new Set<string>()
  const root = new Fields(record, notes)
  // Class 2001, the only one of OCSF 1.0, calls it so.
  const info = root.object(isObject(record['finding_info']) ? 'finding_info' : 'finding')
  const at = timeOf(root, info, options, dialect)
  const source = sourceOf(root, info, dialect)
  const { control, member } = ocsfControl(root, info, dialect)
  const found = ocsfResources(root, dialect, options)
  const resources = subjectFirst(found, dialect.subject)
  const cloud = ocsfCloud(root, resources[0], dialect, options)
  const asked = dialect.isStamped ? undefined : askedAt(at, options)
  const description = ocsfDescription(root, info, control, dialect)
  const kind = ocsfKind(ocsfClass(record), source.product, description, dialect)
  const said = { source, control, description, resources, sentence: description.text }
  return {
    at,
    scanUid: undefined,
    statement: present({
      identity: identityOf(source.product, control, resources[0], cloud, ocsfDiscriminator(root, kind, said, dialect)),
      source,
      kind,
      member,
      ...ocsfStates(root, at, asked ?? at, dialect),
      // BatchUpdateFindingsV2 changes severity and status without moving the finding's time.
      description: asked === undefined ? description : { ...description, at: asked },
      resources,
      cloud,
      unmapped: presentOrNone({ confidence: root.number('confidence_score') }),
      flags: [...notes].toSorted(),
    }),
  }
}

/** Security Hub's finding has its own time. Of other products any time may stand still: the latest is the statement's. */
function timeOf(root: Fields, info: Fields, options: MappingOptions, { isStamped }: OcsfDialect): number {
  const inInfo = ['modified_time', 'modified_time_dt', 'last_seen_time', 'last_seen_time_dt'] as const
  const inRoot = ['time', 'time_dt'] as const
  const candidates = [...inInfo.map((key) => [info, key] as const), ...inRoot.map((key) => [root, key] as const)]
  const created = [[info, 'created_time'] as const, [info, 'created_time_dt'] as const]
  const latest = isStamped ? latestTime(candidates, 'milliseconds', options) : undefined
  return latest ?? recordTime([...candidates, ...created], 'milliseconds', options)
}

function sourceOf(root: Fields, info: Fields, dialect: OcsfDialect): Source {
  const product = root.object('metadata').object('product')
  return present({
    product: required(dialect.productOf(product), 'product (metadata.product.uid)'),
    name: product.text('name'),
    vendor: product.text('vendor_name'),
    version: product.text('version'),
    format: dialect.format,
    uid: info.text('uid'),
    productUid: dialect.isStamped ? undefined : product.text('uid'),
  })
}
