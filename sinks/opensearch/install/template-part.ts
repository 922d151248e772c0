import { TEMPLATE_VERSION, type IndexTemplate } from '../template/template.ts'
import type { Cluster, FoundTemplate } from './cluster.ts'
import { act, leave, someOf, type Found } from './install-plan.ts'
import { mappingDifference } from './mapping-difference.ts'

export interface TemplateSubject {
  readonly name: string
  readonly wanted: IndexTemplate
  /** The first index or data stream that must be made from it. */
  readonly member: string
}

/**
 * An index template of ours. What operators add to it stays: settings (also other values for ours), aliases, component
 * templates and its priority; patterns and mapping are ours.
 */
export async function templatePart(cluster: Cluster, subject: TemplateSubject): Promise<Found> {
  const { name, wanted } = subject
  const is = { kind: 'template', name } as const
  const installed = await cluster.template(name)
  if (installed !== undefined && !installed.mark.ours)
    return leave(
      is,
      'refused',
      `a template of this name is not ours; delete it (DELETE _index_template/${name}), or give the sink another name`,
    )
  const version = installed?.mark.version ?? 0
  if (version > TEMPLATE_VERSION)
    return leave(is, 'newer', `is version ${version}, from a newer posture-stream (this one has ${TEMPLATE_VERSION})`)
  const body = merged(installed, wanted)
  const obstacle = await obstacleTo(cluster, subject, body)
  if (obstacle !== undefined) return leave(is, 'refused', obstacle)
  const put = async (): Promise<void> => void (await cluster.change('PUT', `/_index_template/${path(name)}`, body))
  if (installed === undefined)
    return act(is, 'missing', { sentence: `to be created, version ${TEMPLATE_VERSION}`, done: 'created' }, put)
  const differences = differencesOf(installed, wanted)
  if (differences.length === 0) return leave(is, 'as-wanted', `is as wanted: version ${version}`)
  const what = differences.join(', ')
  return act(is, 'differs', { sentence: `to be changed: ${what}`, done: `changed: ${what}` }, put)
}

function merged(installed: FoundTemplate | undefined, wanted: IndexTemplate): MergedTemplate {
  if (installed === undefined) return wanted
  const { priority, components, aliases, settings } = installed
  return {
    ...wanted,
    priority,
    ...(components.length > 0 ? { composed_of: components } : {}),
    template: {
      aliases,
      settings: { ...wanted.template.settings, ...flat(settings) },
      mappings: wanted.template.mappings,
    },
  }
}

interface MergedTemplate extends IndexTemplate {
  readonly composed_of?: readonly string[]
  readonly template: IndexTemplate['template'] & { readonly aliases?: FoundTemplate['aliases'] }
}

function differencesOf({ mark, mapping, ...installed }: FoundTemplate, wanted: IndexTemplate): string[] {
  const present = flat(installed.settings)
  const lacking = Object.keys(wanted.template.settings).filter((key) => !Object.hasOwn(present, key))
  const { additions, conflicts } = mappingDifference(mapping)
  const fields = [...additions, ...conflicts]
  const patterns = String(installed.patterns) === String(wanted.index_patterns)
  const timeField = installed.timeField === wanted.data_stream?.timestamp_field.name
  return [
    mark.version === TEMPLATE_VERSION ? '' : `version ${mark.version} to ${TEMPLATE_VERSION}`,
    patterns ? '' : 'index patterns',
    timeField ? '' : 'time field of the data stream',
    lacking.length === 0 ? '' : `settings ${someOf(lacking)}`,
    mapping.mark.version === TEMPLATE_VERSION ? '' : 'version in the mapping',
    fields.length === 0 ? '' : `mapping of ${someOf(fields)}`,
  ].filter((difference) => difference !== '')
}

/** Settings by their full names, as we write them; the cluster gives them back as objects inside objects. */
function flat(settings: Readonly<Record<string, unknown>>, prefix = ''): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(flat(value as Readonly<Record<string, unknown>>, `${prefix}${name}.`))
        : [[`${prefix}${name}`, value]],
    ),
  )
}

/** Why the template would not be taken, or not be used: the cluster itself says with which others it overlaps. */
async function obstacleTo(
  cluster: Cluster,
  { name, member }: TemplateSubject,
  body: MergedTemplate,
): Promise<string | undefined> {
  const answer = await cluster.ask('POST', `/_index_template/_simulate/${path(name)}`, body)
  if (answer.error !== undefined) {
    const { reason } = answer.error
    const clash = reason.includes('same priority')
    return `the cluster would refuse it: ${reason}${clash ? '; give the other template another priority or narrower patterns' : ''}`
  }
  const { overlapping = [] } = answer.body as { overlapping?: readonly { name: string }[] }
  for (const other of overlapping) {
    const template = await cluster.template(other.name)
    if (template !== undefined && template.priority > body.priority && matches(template.patterns, member))
      return `the template ${other.name} has priority ${template.priority} and comes before ours for ${member}; give it less than ${body.priority}, or narrower patterns`
  }
  return undefined
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(name))
}

function path(name: string): string {
  return encodeURIComponent(name)
}
