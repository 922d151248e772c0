import type { TSchema } from 'typebox'
import type { Catalogs } from '../config/catalogs.ts'
import type { SettingSchema } from '../config/settings-of.ts'

/** Of one component: what it is, and what its settings mean. */
interface Described {
  readonly name: string
  readonly summary: string
  readonly configSchema: TSchema
}

/** What every setting of one configuration means, in the words of the definitions. */
export class Descriptions {
  readonly #frame: SettingSchema
  readonly #catalogs: Catalogs
  /** The type of each component and of the stream, by where it stands: `sinks/local`, `stream`. */
  readonly #types: ReadonlyMap<string, string>

  constructor(frame: SettingSchema, catalogs: Catalogs, types: ReadonlyMap<string, string>) {
    this.#frame = frame
    this.#catalogs = catalogs
    this.#types = types
  }

  /** A sentence or more; undefined where there is nothing to say that the name does not. */
  of(path: readonly string[]): string | undefined {
    const [section = '', name = '', ...rest] = path
    if (path.at(-1) === 'type') return undefined
    if (path.length === 1) return sentences(this.#frame.properties?.[section]?.description, this.#streamKind(section))
    switch (section) {
      case 'stream':
        return textAt(this.#streamSchema(), path.slice(1))
      case 'enrichment':
        return textAt(this.#catalogs.enrichment, path.slice(1))
      case 'collectors':
        return this.#ofComponent(this.#catalogs.collectors, this.#catalogs.everyCollector, [section, name], rest)
      case 'sinks':
        return this.#ofComponent(this.#catalogs.sinks, this.#catalogs.everySink, [section, name], rest)
      default:
        return textAt(this.#frame, path)
    }
  }

  #ofComponent(
    definitions: readonly Described[],
    shared: SettingSchema,
    place: readonly [string, string],
    setting: readonly string[],
  ): string | undefined {
    const type = this.#types.get(place.join('/'))
    const definition = definitions.find(({ name }) => name === type)
    if (definition === undefined) return undefined
    if (setting.length === 0) return sentences(definition.summary)
    return textAt(definition.configSchema, setting) ?? textAt(shared, setting)
  }

  #streamKind(section: string): string | undefined {
    return section === 'stream' ? this.#streamSchema().description : undefined
  }

  #streamSchema(): SettingSchema {
    const { $defs } = this.#frame as { readonly $defs: Readonly<Record<string, SettingSchema>> }
    const type = this.#types.get('stream')
    return Object.values($defs).find(({ properties }) => properties?.['type']?.const === type) ?? {}
  }
}

function textAt(schema: SettingSchema, path: readonly string[]): string | undefined {
  const found = path.reduce<SettingSchema | undefined>((node, key) => (node?.items ?? node)?.properties?.[key], schema)
  return found === undefined ? undefined : sentences(found.description, found.items?.description)
}

/** With a capital at the beginning and a full stop at the end of each. */
function sentences(...texts: readonly (string | undefined)[]): string | undefined {
  const said = texts.filter((text) => text !== undefined && text !== '') as string[]
  const whole = said.map((text) => `${capital(text).replace(/\.$/, '')}.`)
  return whole.length === 0 ? undefined : whole.join(' ')
}

/** An address stays as it is written. */
function capital(text: string): string {
  return /^\S*:/.test(text) ? text : `${text[0]!.toUpperCase()}${text.slice(1)}`
}
