import { resolve } from 'node:path'
import type { Ajv2020 } from 'ajv/dist/2020.js'
import { Secret } from '../../core/secret.ts'
import type { Places } from './places.ts'
import { replaceAt } from './pointer.ts'

/** `path: true` is what the component owns, for a sink what it writes; `path: 'input'` is only read. */
type PathUse = true | 'input'

interface At {
  readonly instancePath: string
}

/** Which strings of one value its schema calls secrets and paths, noted while it is validated. */
export class Marks {
  readonly secrets = new Set<string>()
  readonly paths = new Map<string, PathUse>()
}

/** Teaches the validator the keywords `secret` and `path`; a validation must be called with Marks as its `this`. */
export function addMarkKeywords(ajv: Ajv2020): void {
  ajv.addKeyword({
    keyword: 'secret',
    schemaType: 'boolean',
    errors: false,
    validate(this: Marks, wanted: boolean, _data: unknown, _schema?: unknown, at?: At) {
      if (wanted && at !== undefined) this.secrets.add(at.instancePath)
      return true
    },
  })
  ajv.addKeyword({
    keyword: 'path',
    schemaType: ['boolean', 'string'],
    errors: false,
    validate(this: Marks, wanted: boolean | string, _data: unknown, _schema?: unknown, at?: At) {
      if (wanted !== false && at !== undefined) this.paths.set(at.instancePath, wanted === 'input' ? 'input' : true)
      return true
    },
  })
}

/** Makes secrets Secrets and paths absolute. */
export class MarkedStrings {
  readonly #directory: string
  readonly #places: Places
  readonly secrets: Secret[] = []
  /** By pointer, the absolute paths that components own. */
  readonly owned = new Map<string, string>()

  /** Relative paths are taken from `directory`. */
  constructor(directory: string, places: Places) {
    this.#directory = directory
    this.#places = places
  }

  /** Changes `value`, which stands at `pointer`, in place. */
  apply(marks: Marks, value: unknown, pointer: string): void {
    for (const [at, use] of marks.paths)
      replaceAt(value, at, (text) => (typeof text === 'string' ? this.#path(text, pointer + at, use) : text))
    for (const at of marks.secrets) {
      const isFile = (text: string): boolean => marks.paths.has(at) && !isPem(text)
      replaceAt(value, at, (text) =>
        typeof text === 'string' && !isFile(text) ? this.#secret(text, pointer + at) : text,
      )
    }
  }

  #path(text: string, pointer: string, use: PathUse): string {
    if (use === 'input' && isPem(text)) return text
    if (text.startsWith('~/')) this.#places.note(pointer, '~ is not expanded here', 'write ${HOME}/… instead')
    if (text === '' && !this.#places.isTold(pointer))
      this.#places.note(pointer, 'an empty path', 'name a file or folder')
    const absolute = resolve(this.#directory, text)
    if (use !== 'input' && !this.#places.isBroken(pointer)) this.owned.set(pointer, absolute)
    return absolute
  }

  #secret(text: string, pointer: string): Secret {
    const empty = text.trim() === '' && !this.#places.isBroken(pointer)
    if (empty) this.#places.note(pointer, 'the secret is empty', 'check the variable or the file that it comes from')
    const secret = new Secret(text)
    if (!empty) this.secrets.push(secret)
    return secret
  }
}

/** What is wanted as a file may stand there itself (${file:…}, ${ENV}), where it is a certificate or a key. */
function isPem(text: string): boolean {
  return text.includes('-----BEGIN ')
}
