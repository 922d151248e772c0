import type { Resource } from '../../schemas/generated/posture-event.ts'
import { isObject, type Fields } from '../records/fields.ts'
import type { MappingOptions } from '../records/mapped.ts'
import type { OcsfDialect } from './ocsf-dialect.ts'
import { present, presentOrNone } from '../records/present.ts'
import { awsResourceUid } from './resource-uid.ts'
import { tagsOf, tagsOfLabels } from '../records/tags.ts'

/** What a finding is about where it lists no resources, the most telling first, with the type where it says none. */
const OTHER_SUBJECTS: readonly (readonly [string, string])[] = [
  ['device', 'Device'],
  ['databucket', 'Databucket'],
  ['database', 'Database'],
  ['table', 'Table'],
  ['file', 'File'],
  ['user', 'User'],
  ['application', 'Application'],
]
/** Whose finding it is not: who acted, and what is only related. */
const ASIDE_ROLES = new Set<number | undefined>([2, 4])
/** Target and affected. */
const SUBJECT_ROLES = new Set<number | undefined>([1, 3])

/** The resources of an OCSF finding, the subject first: what it affects, else the first. */
export function ocsfResources(root: Fields, dialect: OcsfDialect, options: MappingOptions): Resource[] {
  const listed = root.objects('resources')
  const former = isObject(root.value['resource']) ? [root.object('resource')] : []
  const found = [...listed, ...former].toSorted(byRole).flatMap((each) => resourceOf(each, options))
  if (found.length > 0 || !dialect.isStamped) return found
  const named = OTHER_SUBJECTS.flatMap(([key, type]) =>
    isObject(root.value[key]) ? otherOf(root.object(key), type, options) : [],
  )
  return named.length > 0
    ? named
    : root.objects('applications').flatMap((each) => otherOf(each, 'Application', options))
}

function byRole(one: Fields, other: Fields): number {
  return rankOf(one) - rankOf(other)
}

function rankOf(resource: Fields): number {
  if (resource.value['role_id'] === undefined) return 1
  const role = resource.number('role_id')
  if (SUBJECT_ROLES.has(role)) return 0
  return ASIDE_ROLES.has(role) ? 2 : 1
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
      group: resource.object('group').text('name'),
      tags: tagsIn(resource),
      data: withoutData ? undefined : presentOrNone(resource.object('data').value),
    }),
  ]
}

function otherOf(subject: Fields, type: string, { withoutData }: MappingOptions): Resource[] {
  const [uid] = ['uid', 'hostname', 'path', 'name', 'email_addr', 'ip'].flatMap((key) => subject.text(key) ?? [])
  if (uid === undefined) return []
  return [
    present({
      uid: awsResourceUid(uid),
      name: subject.text('name') ?? subject.text('hostname'),
      type: subject.text('type') ?? type,
      region: subject.text('region'),
      tags: tagsIn(subject),
      data: withoutData ? undefined : presentOrNone(subject.object('data').value),
    }),
  ]
}

function tagsIn(resource: Fields): Resource['tags'] {
  const tags = tagsOf(resource.value['tags'])
  const named = new Set(tags.map(({ name }) => name))
  return [...tags, ...tagsOfLabels(resource.texts('labels'), undefined).filter(({ name }) => !named.has(name))]
}
