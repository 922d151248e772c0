import { isAlias, isMap, isNode, isScalar, isSeq, type Alias, type Document, type YAMLMap } from 'yaml'
import { childPath, childPointer, type Places } from './places.ts'
import { unveil, type References } from './references.ts'

const MAX_DEPTH = 32
const MAX_VALUES = 20_000
const MERGE = '<<'

type Words = readonly [problem: string, remedy: string]
const BAD_KEY: Words = ['a key that is not one word', 'write "name: value"']
const BAD_MERGE: Words = ['<< takes an alias of a section, or a list of these', 'write for example: <<: *shared']
const BAD_ALIAS: Words = [
  'an alias (*…) without its anchor',
  'define the anchor (&…) above, or put the value in quotes',
]
const LOOP: Words = ['an alias inside what it stands for', 'write the value out']
const TOO_LARGE: Words = ['too much: more than 32 levels, or 20,000 values with aliases written out', 'split it up']

interface At {
  readonly pointer: string
  readonly path: string
  readonly keyOffset: number
  readonly depth: number
}

/**
 * Turns a YAML document into plain values: references replaced, aliases and merge keys (`<<`) written out, and the place
 * of every value noted. Duplicate keys, unknown aliases, loops and bombs become mistakes.
 */
export class TreeReader {
  readonly #document: Document.Parsed
  readonly #references: References
  readonly #places: Places
  /** The collections that are being read: an alias of one of them stands inside what it stands for. */
  readonly #open = new Set<unknown>()
  #values = 0
  #refused = false

  constructor(document: Document.Parsed, references: References, places: Places) {
    this.#document = document
    this.#references = references
    this.#places = places
  }

  read(): unknown {
    return this.#value(this.#document.contents, { pointer: '', path: '', keyOffset: 0, depth: 0 })
  }

  #value(node: unknown, at: At): unknown {
    if (++this.#values > MAX_VALUES || at.depth > MAX_DEPTH) return this.#refuseSize(at)
    if (isAlias(node)) return this.#entered(node, at, (target) => this.#value(target, at))
    this.#places.set(at.pointer, { ...at, offset: offsetOf(node) ?? at.keyOffset, reference: false, broken: false })
    if (isMap(node)) return this.#inside(node, () => Object.fromEntries(this.#entries(node, at)))
    if (isSeq(node))
      return this.#inside(node, () => node.items.map((item, index) => this.#value(item, below(at, index, item))))
    if (!isScalar(node)) return null
    return typeof node.value === 'string' ? this.#string(node.value, offsetOf(node) ?? at.keyOffset, at) : node.value
  }

  #string(source: string, offset: number, at: At): string {
    const { text, whole, problems } = this.#references.resolve(source)
    this.#places.set(at.pointer, { ...at, offset, reference: whole, broken: problems.length > 0 })
    for (const { problem, remedy } of problems) this.#places.note(at.pointer, problem, remedy)
    return text
  }

  #entries(map: YAMLMap, at: At): Map<string, unknown> {
    const entries = new Map<string, unknown>()
    const merged: unknown[] = []
    for (const { key: node, value } of map.items) {
      const key = keyOf(node)
      if (key === undefined) this.#places.noteAt(offsetOf(node) ?? at.keyOffset, at.path, ...BAD_KEY)
      else if (key === MERGE) merged.push(value)
      else if (entries.has(key)) this.#noteDuplicate(key, node, at)
      else entries.set(key, this.#value(value, below(at, key, node)))
    }
    for (const source of merged) this.#merge(source, entries, at)
    return entries
  }

  /** Adds what `entries` does not have yet: a key beside the merge key wins over what is merged. */
  #merge(source: unknown, entries: Map<string, unknown>, at: At): void {
    if (isAlias(source)) this.#entered(source, at, (target) => this.#merge(target, entries, at))
    else if (isSeq(source)) for (const item of source.items) this.#merge(item, entries, at)
    else if (!isMap(source)) this.#places.noteAt(offsetOf(source) ?? at.keyOffset, at.path, ...BAD_MERGE)
    else
      for (const { key: node, value } of source.items) {
        const key = keyOf(node)
        if (key === MERGE) this.#merge(value, entries, at)
        else if (key !== undefined && !entries.has(key)) entries.set(key, this.#value(value, below(at, key, node)))
      }
  }

  /** Calls `use` with what the alias stands for, unless there is no such thing or it contains the alias. */
  #entered(alias: Alias, at: At, use: (target: unknown) => unknown): unknown {
    const target = alias.resolve(this.#document)
    if (target === undefined || this.#open.has(target)) {
      const offset = offsetOf(alias) ?? at.keyOffset
      this.#places.noteAt(offset, at.path, ...(target === undefined ? BAD_ALIAS : LOOP))
      this.#places.set(at.pointer, { ...at, offset, reference: false, broken: true })
      return null
    }
    return use(target)
  }

  #inside<T>(collection: unknown, read: () => T): T {
    this.#open.add(collection)
    const value = read()
    this.#open.delete(collection)
    return value
  }

  #noteDuplicate(key: string, node: unknown, at: At): void {
    const line = this.#places.lineOf(childPointer(at.pointer, key))
    const remedy = 'keep one of the two'
    this.#places.noteAt(offsetOf(node) ?? at.keyOffset, childPath(at.path, key), `set already on line ${line}`, remedy)
  }

  #refuseSize(at: At): null {
    if (!this.#refused) this.#places.noteAt(at.keyOffset, at.path, ...TOO_LARGE)
    this.#refused = true
    return null
  }
}

function below(parent: At, key: string | number, node: unknown): At {
  return {
    pointer: childPointer(parent.pointer, key),
    path: childPath(parent.path, key),
    keyOffset: offsetOf(node) ?? parent.keyOffset,
    depth: parent.depth + 1,
  }
}

function keyOf(node: unknown): string | undefined {
  const value = isScalar(node) ? node.value : undefined
  if (typeof value === 'string') return unveil(value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
