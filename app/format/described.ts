import type { TSchema } from 'typebox'
import type { Definition } from '../../core/component.ts'
import type { ErrorNotes } from '../../core/errors.ts'
import type { CollectorDefinition } from '../../collectors/collector.ts'
import type { SinkDefinition } from '../../sinks/sink.ts'
import type { Catalogs } from '../config/catalogs.ts'
import { exampleOf } from '../config/example-of.ts'
import { settingsOf, type Setting } from '../config/settings-of.ts'

/** A collector or sink, as it is told to people and programs. */
export interface Described {
  readonly stage: 'collector' | 'sink'
  readonly name: string
  readonly summary: string
  /** Of a sink. */
  readonly takes?: SinkDefinition['takes']
  readonly settings: readonly Setting[]
  readonly example: string
  readonly access?: string
  readonly limits: readonly string[]
  readonly errors: ErrorNotes
  /** The JSON Schema of its settings. */
  readonly schema: TSchema
}

export function describeCollector(definition: CollectorDefinition): Described {
  return { stage: 'collector', ...common('collectors', definition) }
}

export function describeSink(definition: SinkDefinition): Described {
  return { stage: 'sink', takes: definition.takes, ...common('sinks', definition) }
}

function common(section: 'collectors' | 'sinks', definition: Known): Omit<Described, 'stage' | 'takes'> {
  const { name, summary, configSchema, access, limits = [], errors = {} } = definition
  return {
    name,
    summary,
    settings: settingsOf(configSchema),
    example: exampleOf(section, name, configSchema),
    ...(access === undefined ? {} : { access: access.trim() }),
    limits,
    errors,
    schema: configSchema,
  }
}

/** What a collector's and a sink's definition have in common. */
type Known = Pick<Definition<TSchema, unknown>, 'name' | 'summary' | 'configSchema' | 'access' | 'limits' | 'errors'>

/** What every component of a stage takes beside its own settings, under the keys that it has in a component's section. */
export function settingsOfEvery(stage: Described['stage'], { everyCollector, everySink }: Catalogs): Setting[] {
  return settingsOf(stage === 'sink' ? everySink : everyCollector)
}

/** What a sink is given. */
export function takesSentence(takes: SinkDefinition['takes']): string {
  return takes === 'latest-state'
    ? 'It takes the latest state of every finding: an older revision changes nothing.'
    : 'It takes every revision of every finding, in their order.'
}

/** `text, required`, `whole number, 1 to 10000, default 500`. */
export function factsOf({ type, required, limits, default: value, when }: Setting): string {
  return [
    type,
    ...(limits === undefined ? [] : [limits]),
    ...(required ? ['required'] : []),
    ...(value === undefined ? [] : [`default ${typeof value === 'string' ? value : JSON.stringify(value)}`]),
    ...(when === undefined ? [] : [`where ${when}`]),
  ].join(', ')
}
