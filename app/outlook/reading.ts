import { Schedule } from '../../collectors/schedule.ts'
import type { CollectorInstance, LoadedConfig } from '../config/catalogs.ts'
import { instant } from '../format/text.ts'
import { changedSettings } from './changed-settings.ts'
import type { Outlook } from './outlook-shape.ts'

/** What one collector would read, when, and who notices when it is silent. */
export function readingOf(
  { name, definition, config, settings }: CollectorInstance,
  findable: readonly string[],
  { file }: LoadedConfig,
  now: number,
): Outlook['entries'][number] {
  const { schedule, expectEvery } = settings
  const changed = changedSettings(config, definition.configSchema, file)
  return {
    name,
    sentences: [
      `${definition.summary}.`,
      ...(changed.length === 0 ? [] : [`${changed.map((each) => `${each.name}: ${each.value}`).join('; ')}.`]),
      ...findable,
      when(schedule, definition.runs ?? 'once', now),
      expectEvery === undefined
        ? 'Nobody notices when it falls silent: expectEvery says how long it may.'
        : `Silence of more than ${expectEvery} is a warning and a finding of its own.`,
    ],
  }
}

function when(schedule: string | undefined, runs: 'once' | 'continuously', now: number): string {
  if (schedule === undefined)
    return runs === 'once'
      ? 'It is read once per run: without a schedule, a run that goes on does not look again.'
      : 'It is read all the time.'
  return `It is read at "${schedule}", next at ${instant(new Schedule(schedule).after(now))}.`
}
