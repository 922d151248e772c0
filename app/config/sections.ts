import type { TSchema } from 'typebox'
import type { Definition } from '../../core/component.ts'
import type { EmbeddedStream, KafkaStream } from '../../schemas/generated/config.ts'
import type { SinkSettings } from '../../sinks/settings.ts'
import type { Catalogs, CollectorInstance, Instance, SinkInstance } from './catalogs.ts'
import { noteCollectorRules } from './collector-rules.ts'
import { noteEnrichmentRules } from './enrichment-rules.ts'
import { suggestion } from './nearest.ts'
import type { MarkedStrings } from './marks.ts'
import { childPointer, type Places } from './places.ts'
import { noteSinkRules } from './sink-rules.ts'
import { noteKafkaRules } from './stream-rules.ts'
import type { Validator } from './validator.ts'

type Section = Readonly<Record<string, unknown>>
interface Branch {
  readonly properties: { readonly type: { readonly const: string } }
}
/** The part of config.schema.json that is read here. */
export interface FrameSchema {
  readonly properties: {
    readonly stream: { readonly description: string; readonly oneOf: readonly { readonly $ref: string }[] }
  }
  readonly $defs: Readonly<Record<string, unknown>>
}

/** The frame without what depends on a `type`: that is read afterwards, because the validator fills in no defaults inside `oneOf`. */
export function untyped({ properties, $defs, ...schema }: FrameSchema): object {
  const { description } = properties.stream
  const stream = { type: 'object', description, examples: [{ type: 'embedded', directory: './data' }] }
  return { ...schema, properties: { ...properties, stream }, $defs: { ...$defs, component: { type: 'object' } } }
}

/** Reads the sections of a configuration, each by the schema that its `type` names. */
export class Sections {
  readonly #validator: Validator
  readonly #places: Places

  constructor(validator: Validator, places: Places) {
    this.#validator = validator
    this.#places = places
  }

  /** With the rest of the file, because some of its settings must go together with others. */
  stream(frame: FrameSchema, value: unknown, enrichment: unknown): EmbeddedStream | KafkaStream {
    const kinds = frame.properties.stream.oneOf.map(({ $ref }) => frame.$defs[$ref.split('/').at(-1)!] as Branch)
    const kind = this.#chosen('stream type', kinds, ({ properties }) => properties.type.const, value, '/stream')
    const valid = kind !== undefined && this.#validator.check(kind, value, '/stream')
    const stream = value as EmbeddedStream | KafkaStream
    if (valid && stream.type === 'kafka') noteKafkaRules(stream, enrichment, this.#places)
    return stream
  }

  enrichment(schema: object, value: unknown): unknown {
    if (isSection(value) && this.#validator.check(schema, value, '/enrichment'))
      noteEnrichmentRules(value, this.#places)
    return value
  }

  collectors({ collectors, everyCollector }: Catalogs, section: unknown): CollectorInstance[] {
    const ours = ['type', ...Object.keys(everyCollector.properties)]
    return this.#instances('collector', '/collectors', collectors, section, ours).map(({ beside, ...instance }) => {
      const { type: _, ...settings } = beside
      const at = childPointer('/collectors', instance.name)
      const valid = this.#validator.check(everyCollector, settings, at)
      if (valid) noteCollectorRules(settings, at, this.#places)
      return { ...instance, settings }
    })
  }

  sinks(catalogs: Catalogs, section: unknown): SinkInstance[] {
    const ours = ['type', ...Object.keys(catalogs.everySink.properties)]
    return this.#instances('sink', '/sinks', catalogs.sinks, section, ours).map(({ beside, ...instance }) => {
      const { type: _, ...settings } = beside
      const at = childPointer('/sinks', instance.name)
      const valid = this.#validator.check(catalogs.everySink, settings, at)
      if (valid) noteSinkRules(settings, at, this.#places)
      return { ...instance, ...(settings as SinkSettings) }
    })
  }

  #instances<D extends Definition<TSchema, unknown>>(
    kind: string,
    pointer: string,
    catalog: readonly D[],
    section: unknown,
    ours: readonly string[],
  ): (Instance<D> & { beside: Section })[] {
    return Object.entries(isSection(section) ? section : {}).flatMap(([name, value]) => {
      const at = childPointer(pointer, name)
      const definition = this.#chosen(kind, catalog, (each) => each.name, value, at)
      if (definition === undefined) return []
      const entries = Object.entries(value as Section)
      const config = Object.fromEntries(entries.filter(([key]) => !ours.includes(key)))
      const beside = Object.fromEntries(entries.filter(([key]) => ours.includes(key)))
      this.#validator.check(definition.configSchema, config, at, ours)
      return [{ name, definition, config, beside }]
    })
  }

  /** What the `type` of a section names; a section that is none is the frame's to report. */
  #chosen<T>(
    kind: string,
    choice: readonly T[],
    nameOf: (each: T) => string,
    value: unknown,
    at: string,
  ): T | undefined {
    if (!isSection(value) || this.#places.isBroken(`${at}/type`)) return undefined
    const { type } = value
    const chosen = choice.find((each) => nameOf(each) === type)
    if (chosen !== undefined) return chosen
    const problem = type === undefined ? 'missing' : `no such ${kind}`
    this.#places.note(`${at}/type`, problem, suggestion(type, choice.map(nameOf)))
    return undefined
  }
}

/** Two sinks that write to one place would overwrite one another. */
export function noteClashes(strings: MarkedStrings, places: Places): void {
  const owners = new Map<string, string>()
  for (const [pointer, path] of strings.owned) {
    if (!pointer.startsWith('/sinks/')) continue
    const other = owners.get(path)
    if (other === undefined) owners.set(path, pointer)
    else {
      const first = `${places.pathOf(other)} on line ${places.lineOf(other)}`
      places.note(pointer, `the same place as ${first}`, 'give each sink a place of its own')
    }
  }
}

export function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
