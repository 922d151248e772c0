/** The keys of a value and of all that is in it: what its text has colons outside strings, unless a key stands there twice. */
export function keyCount(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const each of value) count += keyCount(each)
    return count
  }
  for (const key of Object.keys(value)) count += 1 + keyCount((value as Record<string, unknown>)[key])
  return count
}

const SPACE = /\s/
const SCALAR_END = /[\s,\]}]/

/**
 * The value of valid JSON where a key that stands in an object several times means its first value: JSON.parse takes the
 * last. For records that have such keys, which are few.
 */
export function firstReading(text: string): unknown {
  return new FirstReading(text).value()
}

class FirstReading {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): unknown {
    this.#skip()
    const first = this.#text[this.#at]
    if (first === '{') return this.#object()
    if (first === '[') return this.#list()
    const from = this.#at
    if (first === '"') this.#toStringEnd()
    else while (this.#at < this.#text.length && !SCALAR_END.test(this.#text[this.#at]!)) this.#at++
    return JSON.parse(this.#text.slice(from, this.#at)) as unknown
  }

  #object(): unknown {
    const found = new Map<string, unknown>()
    this.#at++
    while (this.#next() !== '}') {
      const key = this.value() as string
      this.#skip()
      this.#at++ // Its colon.
      const value = this.value()
      if (!found.has(key)) found.set(key, value)
    }
    this.#at++
    return Object.fromEntries(found)
  }

  #list(): unknown {
    const found: unknown[] = []
    this.#at++
    while (this.#next() !== ']') found.push(this.value())
    this.#at++
    return found
  }

  /** The next character that is neither white space nor a comma. */
  #next(): string | undefined {
    this.#skip()
    if (this.#text[this.#at] === ',') this.#at++
    this.#skip()
    return this.#text[this.#at]
  }

  #skip(): void {
    while (SPACE.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #toStringEnd(): void {
    for (this.#at++; this.#text[this.#at] !== '"'; this.#at++) if (this.#text[this.#at] === '\\') this.#at++
    this.#at++
  }
}
