/** A JSON object, as it came. */
export type Json = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export interface TextRule {
  readonly max: number
  readonly pattern?: RegExp
  readonly oneOf?: readonly string[]
}

export interface MapRule {
  readonly pairs: number
  readonly key: TextRule
  readonly value: TextRule
}

/** Collects what a document does wrong, in the words that AWS has for it. What is absent is never wrong, unless required. */
export class Checks {
  readonly problems: string[] = []

  say(path: string, complaint: string): void {
    this.problems.push(`${path} ${complaint}`)
  }

  required(parent: Json, path: string, names: readonly string[]): void {
    for (const name of names) if (parent[name] === undefined) this.say(path, `should have required property '${name}'`)
  }

  /** Lengths are those of UTF-16, of the two ways to count the one that gives more. */
  text(value: unknown, path: string, { max, pattern, oneOf }: TextRule): void {
    if (value === undefined) return
    if (typeof value !== 'string') return this.say(path, 'should be string')
    if (value.length < 1) this.say(path, 'should NOT be shorter than 1 characters')
    if (value.length > max) this.say(path, `should NOT be longer than ${max} characters`)
    if (pattern && !pattern.test(value)) this.say(path, `should match pattern "${pattern.source}"`)
    if (oneOf && !oneOf.includes(value)) this.say(path, 'should be equal to one of the allowed values')
  }

  integer(value: unknown, path: string, { max }: { max: number }): void {
    if (value === undefined) return
    if (typeof value !== 'number' || !Number.isInteger(value)) return this.say(path, 'should be integer')
    if (value < 0 || value > max) this.say(path, `should be between 0 and ${max}`)
  }

  /** The object at `path`, or undefined where there is none, or something else. */
  object(value: unknown, path: string): Json | undefined {
    if (value === undefined) return undefined
    if (isObject(value)) return value
    this.say(path, 'should be object')
    return undefined
  }

  list(value: unknown, path: string, { min, max }: { min: number; max: number }): readonly unknown[] {
    if (value === undefined) return []
    if (!Array.isArray(value)) {
      this.say(path, 'should be array')
      return []
    }
    if (value.length < min) this.say(path, `should NOT have fewer than ${min} items`)
    if (value.length > max) this.say(path, `should NOT have more than ${max} items`)
    return value
  }

  map(value: unknown, path: string, rule: MapRule): void {
    const entries = Object.entries(this.object(value, path) ?? {})
    if (entries.length > rule.pairs) this.say(path, `should NOT have more than ${rule.pairs} properties`)
    for (const [key, each] of entries) {
      this.text(key, `${path} key '${key.slice(0, 40)}'`, rule.key)
      this.text(each, `${path}['${key.slice(0, 40)}']`, rule.value)
    }
  }

  /** No null, and no text without a character that can be seen, at any depth: what AWS calls a NonEmptyString. */
  noBlanks(value: unknown, path: string): void {
    if (value === null) this.say(path, 'should NOT be null')
    else if (typeof value === 'string' && !/\S/.test(value)) this.say(path, 'should match pattern ".*\\S.*"')
    else if (Array.isArray(value)) value.forEach((each, index) => this.noBlanks(each, `${path}[${index}]`))
    else if (isObject(value)) for (const [key, each] of Object.entries(value)) this.noBlanks(each, `${path}.${key}`)
  }
}
