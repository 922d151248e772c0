import type { LineCounter } from 'yaml'
import type { Mistake } from './mistake.ts'

/** What is known about one value of the file; the key of the map is its JSON pointer. */
interface Place {
  /** `sinks.archive.paths[0]`. */
  readonly path: string
  /** Where the value starts, in characters from the start of the text. */
  readonly offset: number
  /** Where its key starts; the value's own offset in a list. */
  readonly keyOffset: number
  /** The whole value came from one reference, so that it is a string only for want of a better type. */
  readonly reference: boolean
  /** It contains a reference that failed, which is reported already: nothing else about it matters. */
  readonly broken: boolean
}

/** Where every value of a configuration file stands, and what is wrong with it: the one place where mistakes are collected. */
export class Places {
  readonly #file: string
  readonly #lines: LineCounter
  readonly #places = new Map<string, Place>()
  readonly mistakes: Mistake[] = []

  constructor(file: string, lines: LineCounter) {
    this.#file = file
    this.#lines = lines
  }

  set(pointer: string, place: Place): void {
    this.#places.set(pointer, place)
  }

  isReference(pointer: string): boolean {
    return this.#places.get(pointer)?.reference ?? false
  }

  isBroken(pointer: string): boolean {
    return this.#places.get(pointer)?.broken ?? false
  }

  /** Whether something is known to be wrong with it. */
  isTold(pointer: string): boolean {
    const path = this.pathOf(pointer)
    return this.mistakes.some((mistake) => mistake.path === path)
  }

  pathOf(pointer: string): string {
    const place = this.#places.get(pointer)
    if (place !== undefined) return place.path
    const slash = pointer.lastIndexOf('/')
    return slash < 0 ? '' : childPath(this.pathOf(pointer.slice(0, slash)), unescapePointer(pointer.slice(slash + 1)))
  }

  /** The line of a value's key, from 1. */
  lineOf(pointer: string): number {
    return this.#lines.linePos(this.#nearest(pointer)?.keyOffset ?? 0).line
  }

  /** Notes a mistake at a value or, with `at: 'key'`, at its key. What is missing is noted at what should hold it. */
  note(pointer: string, problem: string, remedy: string, at: 'key' | 'value' = 'value'): void {
    const own = this.#places.get(pointer)
    const place = own ?? this.#nearest(pointer)
    const offset = (at === 'key' || own === undefined ? place?.keyOffset : place?.offset) ?? 0
    this.noteAt(offset, this.pathOf(pointer), problem, remedy)
  }

  noteAt(offset: number, path: string, problem: string, remedy: string): void {
    const { line, col } = this.#lines.linePos(offset)
    this.mistakes.push({ file: this.#file, line: Math.max(line, 1), column: Math.max(col, 1), path, problem, remedy })
  }

  #nearest(pointer: string): Place | undefined {
    for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
      const place = this.#places.get(at)
      if (place !== undefined || at === '') return place
    }
  }
}

/** The path of a member: keys behind a dot, in quotes where they are no plain words. */
export function childPath(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`
  const word = /^[\w-]+$/.test(key) ? key : JSON.stringify(shorten(key))
  return parent === '' ? word : `${parent}.${word}`
}

export function childPointer(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

export function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}

function shorten(key: string): string {
  return key.length > 40 ? `${key.slice(0, 40)}…` : key
}
