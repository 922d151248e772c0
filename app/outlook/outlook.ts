import type { Outlook } from './outlook-shape.ts'
import type { LoadedConfig } from '../config/catalogs.ts'
import { changedSettings } from './changed-settings.ts'
import { omissionsOf } from './omissions.ts'
import { readingOf } from './reading.ts'
import { selectionOf } from '../format/sink-selection.ts'
import { takesSentence } from '../format/described.ts'
import { topics } from '../../stream/topics.ts'

const DAY_MS = 24 * 3600 * 1000

/** What collectors said of what they would read now, by their names. */
export type Findable = ReadonlyMap<string, readonly string[]>

/** What it reads, where it keeps that, what it makes of it, who gets it, and what it will not do. */
export function outlookOf(config: LoadedConfig, findable: Findable, now: number): readonly Outlook[] {
  const { collectors, sinks } = config
  return [
    { title: 'Reads', entries: collectors.map((each) => readingOf(each, findable.get(each.name) ?? [], config, now)) },
    { title: 'Keeps', entries: [{ sentences: keeping(config) }] },
    { title: 'Finds out', entries: [{ sentences: enriching(config) }] },
    { title: 'Writes', entries: sinks.map((each) => ({ name: each.name, sentences: writing(each, config) })) },
    { title: 'Shows of itself', entries: [{ sentences: showing(config) }] },
    { title: 'Does not', entries: omissionsOf(config).map((sentence) => ({ sentences: [sentence] })) },
  ].filter(({ entries }) => entries.length > 0)
}

function keeping({ stream, file }: LoadedConfig): string[] {
  const days = (ms: number): string => `${ms / DAY_MS} days`
  const kept = `What sources say is kept for ${days(topics.events.retentionMs)}, dead letters for ${days(topics.deadLetters.retentionMs)}.`
  if (stream.type === 'kafka')
    return [`On Kafka, by way of ${stream.brokers.join(', ')}, in topics that begin with ${stream.prefix}.`, kept]
  const [directory = ''] = changedSettings({ directory: stream.directory }, {}, file).map(({ value }) => value)
  return [`In ${directory} on this machine, for one process at a time: back that folder up.`, kept]
}

function enriching({ enrichment, collectors }: LoadedConfig): string[] {
  const { refreshDays, priority, assets, correlation } = enrichment as Readonly<Record<string, unknown>>
  const gives = (what: string): boolean => collectors.some(({ definition }) => definition.gives === what)
  const rules = ((assets as { readonly rules?: readonly unknown[] } | undefined)?.rules ?? []).length
  return [
    'Recognises findings that it has seen, and passes on what changed.',
    `Ranks them from P1 to P4 by ${priority === undefined ? 'the shipped tables' : 'the shipped tables, with changes'}: posture-stream priority table.`,
    ...(gives('assets') ? ['Proves who can reach a resource, by the inventory that is read.'] : []),
    ...(gives('intelligence')
      ? ['Knows of every CVE whether it is exploited and how likely that is, by the lists that are read.']
      : []),
    `Names owners, what is critical and which data it holds by ${rules === 0 ? 'common tags' : `${rules} ${rules === 1 ? 'rule' : 'rules'} and common tags`}.`,
    ...(correlation === undefined ? [] : ['Says which controls of several tools mean the same, as configured.']),
    `Says an open finding again after ${String(refreshDays)} days, since destinations forget.`,
  ]
}

function writing(
  { definition, config: own, ...settings }: LoadedConfig['sinks'][number],
  { file }: LoadedConfig,
): string[] {
  const selection = selectionOf(settings)
  const changed = changedSettings(own, definition.configSchema, file)
  return [
    `${definition.summary}.`,
    takesSentence(definition.takes),
    ...(selection === '' ? [] : [`Gets ${selection}.`]),
    ...(changed.length === 0 ? [] : [`${changed.map(({ name, value }) => `${name}: ${value}`).join('; ')}.`]),
  ]
}

function showing({ admin, tracing }: LoadedConfig): string[] {
  return [
    admin === undefined
      ? 'No port answers /livez, /readyz and /metrics: add a section admin for that.'
      : `/livez, /readyz and /metrics are answered on http://${admin.host}:${admin.port}.`,
    tracing === undefined
      ? 'Nothing is traced.'
      : `Traces of ${Number((tracing.sampleRatio * 100).toFixed(4))} % of findings are sent to ${new URL(tracing.endpoint).origin}.`,
  ]
}
