import { MAPPING, TEMPLATE_VERSION, historyTemplate } from '../template/template.ts'
import type { Cluster } from './cluster.ts'
import { act, leave, someOf, type Found } from './install-plan.ts'
import { mappingDifference, type MappingDifference } from './mapping-difference.ts'

const EXISTS = ['resource_already_exists_exception']

/** The data stream that holds every revision. */
export async function dataStreamPart(cluster: Cluster, name: string): Promise<Found> {
  const is = { kind: 'data stream', name } as const
  const { indices, aliases, dataStreams } = await cluster.names(name)
  if (indices.includes(name) || aliases.has(name))
    return leave(
      is,
      'refused',
      `an ${aliases.has(name) ? 'alias' : 'index'} has this name; delete it, or give the history another "dataStream", and run this again`,
    )
  const found = dataStreams.get(name)
  if (found === undefined)
    return act(is, 'missing', { sentence: 'to be created', done: 'created' }, async () => {
      // When two do it at once, one of them finds that it is there.
      await cluster.change('PUT', `/_data_stream/${path(name)}`, undefined, EXISTS)
    })
  const wanted = historyTemplate(name).data_stream?.timestamp_field.name
  if (found.timeField !== wanted)
    return leave(
      is,
      'refused',
      `its time field is ${found.timeField} and not ${wanted}, which is settled when it is created; delete it, or give the history another "dataStream"`,
    )
  return await existing(cluster, name, found.indices)
}

interface Backing extends MappingDifference {
  readonly index: string
  readonly version: number
}

async function existing(cluster: Cluster, name: string, indices: readonly string[]): Promise<Found> {
  const is = { kind: 'data stream', name } as const
  const mappings = await cluster.mappings(name)
  const all = indices.flatMap((index): Backing[] => {
    const mapping = mappings.get(index)
    // One whose time is up may go while we look.
    return mapping === undefined ? [] : [{ index, version: mapping.mark.version, ...mappingDifference(mapping) }]
  })
  const { version = 0, conflicts = [] } = all.at(-1) ?? {}
  if (version > TEMPLATE_VERSION)
    return leave(is, 'newer', `has version ${version}, from a newer posture-stream (this one has ${TEMPLATE_VERSION})`)
  if (conflicts.length > 0) return rollover(cluster, name, conflicts)
  const behind = all.filter(isBehind)
  if (behind.length > 0) return addition(cluster, name, behind)
  const count = all.length === 1 ? 'one index' : `${all.length} indices`
  return leave(is, 'as-wanted', `is as wanted: ${count}, version ${version}`)
}

function isBehind({ version, additions, conflicts }: Backing): boolean {
  const older = version < TEMPLATE_VERSION || (version === TEMPLATE_VERSION && additions.length > 0)
  return older && conflicts.length === 0
}

function rollover(cluster: Cluster, name: string, conflicts: readonly string[]): Found {
  const fields = someOf(conflicts)
  return act(
    { kind: 'data stream', name },
    'differs',
    {
      sentence: `no index can change the type of ${fields}: a new one is to be begun, the older ones stay as they are`,
      done: `begun a new index, for the type of ${fields}; the older ones stay as they are`,
    },
    async () => void (await cluster.change('POST', `/${path(name)}/_rollover`, undefined)),
  )
}

function addition(cluster: Cluster, name: string, behind: readonly Backing[]): Found {
  const fields = [...new Set(behind.flatMap(({ additions }) => additions))]
  const what = fields.length > 0 ? someOf(fields) : `version ${TEMPLATE_VERSION}`
  return act(
    { kind: 'data stream', name },
    'differs',
    { sentence: `mapping to be added to: ${what}`, done: `mapping added to: ${what}` },
    async () => {
      for (const { index } of behind) await cluster.change('PUT', `/${path(index)}/_mapping`, MAPPING)
    },
  )
}

function path(name: string): string {
  return encodeURIComponent(name)
}
