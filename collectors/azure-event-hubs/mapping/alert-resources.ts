import { isObject } from '../../records/fields.ts'
import { lowerCaseKeys, type AnyCase } from './any-case.ts'
import { armResource, type ArmResource } from './arm-id.ts'

/** An alert about a whole estate names more than anyone reads. */
const MOST_RESOURCES = 32
const MOST_IDS = 1000
const MOST_ENTITIES = 32
const MOST_DEPTH = 8
/** Which resource an entity is, by its kind of entity. */
const RESOURCE_KEYS = ['resourceid', 'azureid', 'azureresourceid'] as const
/** What a person knows an entity by. */
const NAME_KEYS = [
  'address',
  'hostname',
  'commandline',
  'url',
  'domainname',
  'userprincipalname',
  'name',
  'resourcename',
  'imageid',
  'imagefile',
  'value',
] as const

/** Something that an alert is about beside its resource: an address, a process, an account. */
export interface AlertEntity {
  readonly type: string
  readonly name: string
}

/**
 * The resources of an alert by the ids that it states, the attacked one first: its identifiers, then what it says of
 * itself, then its entities. The entities refer to one another by `$id` and `$ref`.
 */
export function alertResources(alert: AnyCase, entities: readonly Entity[]): ArmResource[] {
  const identifiers = alert.objects('resourceidentifiers').map((each) => each.text('azureresourceid'))
  const extended = alert.object('extendedproperties')
  const own = [
    alert.text('azureresourceid'),
    alert.text('associatedresource'),
    extended.firstText('effectiveazureresourceid', 'azureresourceid'),
  ]
  const ofEntities = entities.flatMap((entity) => RESOURCE_KEYS.map((key) => textIn(entity, key)))
  const found = [...identifiers, ...own, ...ofEntities].flatMap((id) => armResource(id) ?? [])
  const isFirst = ({ uid }: ArmResource, at: number): boolean => found.findIndex((each) => each.uid === uid) === at
  return found.slice(0, MOST_IDS).filter(isFirst).slice(0, MOST_RESOURCES)
}

/** One entity with its keys in lower case. */
export type Entity = Readonly<Record<string, unknown>>

/** Every entity that an alert holds, those inside of others too, each once and in their order. */
export function entitiesOf(alert: AnyCase): Entity[] {
  const found: Entity[] = []
  const walk = (value: unknown, depth: number): void => {
    if (depth === 0 || found.length === MOST_ENTITIES * MOST_DEPTH) return
    if (Array.isArray(value)) for (const each of value) walk(each, depth - 1)
    if (!isObject(value)) return
    const entity = lowerCaseKeys(value)
    // A reference repeats what stands elsewhere in the list.
    if (!('$ref' in entity) && ('type' in entity || '$id' in entity)) found.push(entity)
    for (const each of Object.values(entity)) walk(each, depth - 1)
  }
  walk(alert.value['entities'], MOST_DEPTH)
  return found
}

/** The entities with what a person knows them by, each once; those that are Azure's resources are left to the resources. */
export function namedEntities(entities: readonly Entity[]): AlertEntity[] {
  const named = entities.flatMap((entity): AlertEntity[] => {
    const type = textIn(entity, 'type')
    const name = NAME_KEYS.map((key) => textIn(entity, key)).find((text) => text !== undefined)
    return type === undefined || name === undefined || type === 'azure-resource' ? [] : [{ type, name }]
  })
  return [...new Map(named.map((each) => [`${each.type} ${each.name}`, each])).values()].slice(0, MOST_ENTITIES)
}

function textIn(entity: Entity, key: string): string | undefined {
  const value = entity[key]
  return typeof value === 'string' ? value.trim() || undefined : undefined
}
