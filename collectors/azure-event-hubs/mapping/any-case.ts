import { Fields, isObject, type JsonObject } from '../../records/fields.ts'

/**
 * Reads what Microsoft spells in several ways (`AlertUri` and `alertUri`, `ResourceDetails.Id` and `resourceDetails.id`):
 * every field is asked for in lower case.
 */
export class AnyCase extends Fields {
  readonly #notes: Set<string>

  constructor(value: JsonObject, notes: Set<string>) {
    super(lowerCaseKeys(value), notes)
    this.#notes = notes
  }

  override object(key: string): AnyCase {
    return new AnyCase(super.object(key).value, this.#notes)
  }

  override objects(key: string): AnyCase[] {
    return super.objects(key).map(({ value }) => new AnyCase(value, this.#notes))
  }

  /** The first of these that holds text. */
  firstText(...keys: readonly string[]): string | undefined {
    return keys.map((key) => this.text(key)).find((text) => text !== undefined)
  }
}

/** The same fields under keys in lower case, what is in them untouched. Of two spellings the first that holds anything counts. */
export function lowerCaseKeys(value: JsonObject): JsonObject {
  // Without a prototype: a key may be `__proto__`.
  const found = Object.create(null) as Record<string, unknown>
  for (const key of Object.keys(value)) {
    const lower = key.toLowerCase()
    found[lower] ??= value[key]
  }
  return found
}

/** The object that a value is, or that a text holds as JSON; undefined where it is neither. */
export function objectIn(value: unknown): JsonObject | undefined {
  if (isObject(value)) return value
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return undefined
  try {
    const parsed: unknown = JSON.parse(value)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
