import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { decisive } from './decisive.ts'
import { explain } from './explain.ts'
import { addMarkKeywords, Marks, type MarkedStrings } from './marks.ts'
import { childPointer, type Places } from './places.ts'
import { replaceAt } from './pointer.ts'

type Schema = Readonly<Record<string, unknown>>

/** Validates parts of a configuration, fills in their defaults, and notes every mistake at its place. */
export class Validator {
  readonly #ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    useDefaults: true,
    passContext: true,
    verbose: true,
  })
  readonly #places: Places
  readonly #strings: MarkedStrings

  constructor(places: Places, strings: MarkedStrings) {
    this.#places = places
    this.#strings = strings
    addMarkKeywords(this.#ajv)
  }

  /**
   * Changes `value`, which stands at `pointer`, in place: defaults, secrets, paths. A key that neither the schema nor
   * `otherKeys` (what is allowed beside it and taken out before) names is a mistake. True when there is none.
   */
  check(schema: object, value: unknown, pointer: string, otherKeys: readonly string[] = []): boolean {
    const { default: _unused, ...rules } = closed(schema as Schema)
    const validate = this.#ajv.compile(rules)
    const marks = new Marks()
    let valid = validate.call(marks, value)
    if (!valid && this.#coerce(validate.errors!, value, pointer)) valid = validate.call(marks, value)
    if (!valid) for (const error of decisive(validate.errors!)) this.#note(error, pointer, otherKeys)
    this.#strings.apply(marks, value, pointer)
    return valid
  }

  /** A reference that is a whole value gives text; where a number or a boolean is wanted, it is read as one. */
  #coerce(errors: readonly ErrorObject[], value: unknown, pointer: string): boolean {
    let changed = false
    for (const { keyword, instancePath, params, data } of errors) {
      if (keyword !== 'type' || !this.#places.isReference(pointer + instancePath)) continue
      const read = readAs([params['type']].flat() as string[], String(data))
      if (read === undefined) continue
      replaceAt(value, instancePath, () => read)
      changed = true
    }
    return changed
  }

  #note(error: ErrorObject, pointer: string, otherKeys: readonly string[]): void {
    const place = pointer + error.instancePath
    if (this.#places.isBroken(place)) return
    const { key, at, problem, remedy } = explain(error, error.instancePath === '' ? otherKeys : [])
    this.#places.note(key === undefined ? place : childPointer(place, key), problem, remedy, at)
  }
}

function readAs(types: readonly string[], text: string): number | boolean | undefined {
  if (types.includes('boolean') && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  const numeric = types.includes('number') || types.includes('integer')
  return numeric && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
}

/** The schema with every object closed that does not say itself how open it is. */
function closed(schema: Schema): Schema {
  const properties = schema['properties'] as Record<string, Schema> | undefined
  const composed = ['allOf', 'anyOf', 'oneOf', '$ref', 'if'].some((keyword) => keyword in schema)
  const open = 'additionalProperties' in schema || 'unevaluatedProperties' in schema
  const items = schema['items']
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: mapValues(properties, closed) }),
    ...(typeof items === 'object' && items !== null ? { items: closed(items as Schema) } : {}),
    ...(properties === undefined || composed || open ? {} : { additionalProperties: false }),
  }
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
