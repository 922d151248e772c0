import { createHash } from 'node:crypto'
import type { Partition, Resource } from '@aws-sdk/client-securityhub'
import { at, list, textAt, type Json } from '../event.ts'
import { LIMITS } from './limits.ts'
import { fit, present } from './text.ts'

const PARTITIONS: ReadonlySet<string> = new Set(['aws', 'aws-cn', 'aws-us-gov'])
const REGION = /^[a-z0-9][a-z0-9-]{0,15}$/
/** What AWS lets a tag consist of. */
const TAG = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
const NAME_LIMIT = 512
/** Security Hub's own word for a resource of a type that it does not know. */
const OTHER = 'Other'

export interface AsffResources {
  readonly resources: Resource[]
  /** How many more there are. */
  readonly leftOut: number
}

/** The resources, the subject first, as many as Security Hub takes. There is always one: at worst it is the finding itself. */
export function asffResources(event: Json, findingKey: string): AsffResources {
  const all = list(event['resources']).flatMap((each) => resourceOf(each))
  const [first = { Type: OTHER, Id: identity(findingKey) ?? OTHER }, ...others] = all
  return {
    resources: [first, ...others.slice(0, LIMITS.resources - 1)],
    leftOut: Math.max(0, all.length - LIMITS.resources),
  }
}

function resourceOf(resource: unknown): Resource[] {
  const id = identity(textAt(resource, 'uid') ?? textAt(resource, 'name'))
  if (id === undefined) return []
  const region = textAt(resource, 'region')
  const partition = textAt(resource, 'cloud_partition')
  const other = present({
    name: fit(at(resource, 'name'), NAME_LIMIT),
    group: fit(at(resource, 'group', 'name'), NAME_LIMIT),
    owner: fit(at(resource, 'owner', 'name'), NAME_LIMIT),
  })
  return [
    present<Resource>({
      Type: fit(at(resource, 'type'), LIMITS.resourceType) ?? OTHER,
      Id: id,
      Partition: partition !== undefined && PARTITIONS.has(partition) ? (partition as Partition) : undefined,
      Region: region !== undefined && REGION.test(region) ? region : undefined,
      Tags: tagsOf(list(at(resource, 'tags'))),
      Details: present({ Other: other as Record<string, string> }),
    }),
  ]
}

/** What AWS takes as tags: others would have the whole finding refused. Of two with one name the first. */
function tagsOf(tags: readonly unknown[]): Record<string, string> {
  const found = new Map<string, string>()
  for (const tag of tags) {
    const name = fit(at(tag, 'name'), Infinity)
    const value = fit(at(tag, 'value'), Infinity)
    if (name === undefined || value === undefined || found.has(name)) continue
    if (name.length > LIMITS.tagKey || value.length > LIMITS.tagValue || /^aws:/i.test(name)) continue
    if (TAG.test(name) && TAG.test(value)) found.set(name, value)
    if (found.size === LIMITS.tags) break
  }
  return Object.fromEntries(found)
}

/** An id that is too long ends in its digest, so that two of them stay two. */
function identity(id: string | undefined): string | undefined {
  const whole = fit(id, Infinity)
  if (whole === undefined || whole.length <= LIMITS.resourceId) return whole
  const digest = createHash('sha256').update(whole).digest('hex')
  return `${fit(whole, LIMITS.resourceId - digest.length)}${digest}`
}
