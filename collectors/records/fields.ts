export type JsonObject = Readonly<Record<string, unknown>>

/** A value of another kind than it should be, with one meaning all the same. */
export type FieldRepair =
  | 'object_for_list_repaired'
  | 'text_for_list_repaired'
  | 'list_for_object_repaired'
  | 'number_for_text_repaired'
  | 'numeric_string_repaired'

/** Reads a source's JSON without trusting its shape: what is absent, empty or of no use is undefined. */
export class Fields {
  readonly value: JsonObject
  readonly #notes: Set<string>

  /** What had to be repaired is added to `notes`. */
  constructor(value: JsonObject, notes: Set<string>) {
    this.value = value
    this.#notes = notes
  }

  /** Adds what else was assumed or repaired. */
  note(notes: Iterable<string>): void {
    for (const each of notes) this.#notes.add(each)
  }

  /** The object there; one without fields where there is none. */
  object(key: string): Fields {
    const value = this.value[key]
    if (isObject(value)) return new Fields(value, this.#notes)
    if (!Array.isArray(value) || value.length !== 1 || !isObject(value[0])) return new Fields({}, this.#notes)
    this.#repaired('list_for_object_repaired')
    return new Fields(value[0], this.#notes)
  }

  /** The objects of the list there; an object alone counts as a list of one. */
  objects(key: string): Fields[] {
    return this.#list(key)
      .filter(isObject)
      .map((each) => new Fields(each, this.#notes))
  }

  /** Text without white space around it. An empty one is absent; a number is its digits. */
  text(key: string): string | undefined {
    return this.#text(this.value[key])
  }

  /** The texts of the list there; a text alone counts as a list of one. */
  texts(key: string): string[] {
    return this.#list(key)
      .map((each) => this.#text(each))
      .filter((each) => each !== undefined)
  }

  number(key: string): number | undefined {
    const value = this.value[key]
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
    if (typeof value !== 'string' || !/^\s*-?\d+(\.\d+)?\s*$/.test(value)) return undefined
    this.#repaired('numeric_string_repaired')
    return Number(value)
  }

  #list(key: string): readonly unknown[] {
    const value = this.value[key]
    if (Array.isArray(value)) return value
    if (isObject(value) && Object.keys(value).length > 0) this.#repaired('object_for_list_repaired')
    else if (typeof value === 'string' && value.trim() !== '') this.#repaired('text_for_list_repaired')
    else return []
    return [value]
  }

  #text(value: unknown): string | undefined {
    if (typeof value === 'string') return value.trim() || undefined
    if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
    this.#repaired('number_for_text_repaired')
    return String(value)
  }

  #repaired(repair: FieldRepair): void {
    this.#notes.add(repair)
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
