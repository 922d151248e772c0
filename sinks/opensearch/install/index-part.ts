import { MAPPING, TEMPLATE_VERSION } from '../template/template.ts'
import type { Cluster, Names } from './cluster.ts'
import { copyIndex, finishCopy } from './copy-index.ts'
import { act, leave, someOf, type Found } from './install-plan.ts'
import { mappingDifference } from './mapping-difference.ts'

const EXISTS = ['resource_already_exists_exception', 'invalid_alias_name_exception']

/**
 * The one index of the latest state, behind the alias that the pipeline writes to. One, because the newest revision of a
 * finding replaces the older ones by its id, and ids are unique in one index only: so it is never rolled over.
 */
export async function indexPart(cluster: Cluster, alias: string): Promise<Found> {
  const names = await cluster.names(alias)
  const is = { kind: 'index', name: alias } as const
  const obstacle = obstacleIn(names, alias)
  if (obstacle !== undefined) return leave(is, 'refused', obstacle)
  const [index] = names.aliases.get(alias) ?? []
  if (index !== undefined) return await existing(cluster, { alias, index, names })
  const first = `${alias}-000001`
  return act(
    is,
    'missing',
    { sentence: `to be created: ${first}, with the alias ${alias}`, done: `created ${first}, with the alias ${alias}` },
    // When two do it at once, one of them finds that it is there.
    async () =>
      void (await cluster.change('PUT', `/${first}`, { aliases: { [alias]: { is_write_index: true } } }, EXISTS)),
  )
}

/** What a person must put out of the way first. */
function obstacleIn({ indices, aliases, dataStreams }: Names, alias: string): string | undefined {
  if (dataStreams.has(alias)) return `a data stream has the name of the alias; give the sink another "index"`
  if (indices.includes(alias))
    return `an index has the name of the alias: it was made by writing to it before this command ran, or by hand; delete it (DELETE /${alias}), or give the sink another "index", and run this again`
  const behind = aliases.get(alias)
  if (behind !== undefined && behind.length > 1)
    return `the alias stands for several indices (${someOf(behind)}), so that findings would be there more than once; take it from all but one (POST /_aliases)`
  const left = indices.filter((index) => isOneOf(index, alias))
  if (behind === undefined && left.length > 0)
    return `${someOf(left)} exists without the alias; give it the alias (POST /_aliases), or delete it, and run this again`
  return undefined
}

interface Existing {
  readonly alias: string
  readonly index: string
  readonly names: Names
}

async function existing(cluster: Cluster, { alias, index, names }: Existing): Promise<Found> {
  const is = { kind: 'index', name: alias } as const
  const mapping = await cluster.mapping(index)
  const { version, copyingFrom: copied } = mapping.mark
  if (copied !== undefined)
    return act(
      is,
      'differs',
      {
        sentence: `${index} has not everything of ${copied} yet: the copying is to be finished`,
        done: `copied the rest of ${copied} to ${index}`,
      },
      () => finishCopy(cluster, { from: copied, to: index }),
    )
  if (version > TEMPLATE_VERSION)
    return leave(
      is,
      'newer',
      `${index} has version ${version}, from a newer posture-stream (this one has ${TEMPLATE_VERSION})`,
    )
  const { additions, conflicts } = mappingDifference(mapping)
  if (conflicts.length > 0) return await another(cluster, { alias, index, names }, conflicts)
  if (additions.length === 0 && version === TEMPLATE_VERSION)
    return leave(is, 'as-wanted', `is as wanted: ${index}, version ${version}`)
  const what = additions.length === 0 ? `version ${version} to ${TEMPLATE_VERSION}` : someOf(additions)
  return act(
    is,
    'differs',
    { sentence: `${index}: mapping to be added to: ${what}`, done: `${index}: mapping added to: ${what}` },
    async () => void (await cluster.change('PUT', `/${encodeURIComponent(index)}/_mapping`, MAPPING)),
  )
}

async function another(
  cluster: Cluster,
  { alias, index, names }: Existing,
  conflicts: readonly string[],
): Promise<Found> {
  const to = await successorOf(
    cluster,
    index,
    names.indices.filter((each) => isOneOf(each, alias)),
    alias,
  )
  const why = `no index can change the type of ${someOf(conflicts)}`
  return act(
    { kind: 'index', name: alias },
    'differs',
    {
      sentence: `${why}: ${index} is to be copied to ${to}, which then gets the alias; the pipeline may go on meanwhile`,
      done: `copied ${index} to ${to}, which has the alias now; delete ${index} when you are content`,
    },
    () => copyIndex(cluster, { alias, from: index, to }),
  )
}

/** The index that an interrupted copying was to fill, else the next number. */
async function successorOf(cluster: Cluster, from: string, all: readonly string[], alias: string): Promise<string> {
  const last = all.toSorted((a, b) => numberOf(a, alias) - numberOf(b, alias)).at(-1) ?? from
  if (last !== from) {
    const mapping = await cluster.mapping(last)
    const { additions, conflicts } = mappingDifference(mapping)
    if (mapping.mark.copyingFrom === from && additions.length + conflicts.length === 0) return last
  }
  return `${alias}-${String(numberOf(last, alias) + 1).padStart(6, '0')}`
}

function isOneOf(index: string, alias: string): boolean {
  return index.startsWith(`${alias}-0`) && /^\d+$/.test(index.slice(alias.length + 1))
}

/** 0 for an index that got the alias by hand and has no number. */
function numberOf(index: string, alias: string): number {
  return isOneOf(index, alias) ? Number(index.slice(alias.length + 1)) : 0
}
