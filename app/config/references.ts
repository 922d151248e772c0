import { resolve } from 'node:path'
import { readText } from './read-text.ts'

export interface ReferenceProblem {
  readonly problem: string
  readonly remedy: string
}

export interface Resolved {
  readonly text: string
  /** The string is one reference and nothing else. */
  readonly whole: boolean
  readonly problems: readonly ReferenceProblem[]
}

// Inside { } and [ ] YAML reads a brace as its own, so references travel through the parser in characters of the private
// use area: as many as before, so that every position stays true.
const OPEN = '\u{e000}\u{e001}'
const CLOSE = '\u{e002}'

/** Makes `${…}` opaque to the YAML parser, keeping every position. */
export function veilReferences(source: string): string {
  return source.replaceAll(/\$\{([^{}\r\n]*)\}/g, `${OPEN}$1${CLOSE}`)
}

/** The text as it stood in the file. */
export function unveil(text: string): string {
  return text.replaceAll(OPEN, '${').replaceAll(CLOSE, '}')
}

/** Replaces `${ENV}` and `${file:/path}` in strings; `$${` stands for a literal `${`. Problems never show a value. */
export class References {
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #directory: string

  /** Relative paths are taken from `directory`. */
  constructor(environment: Readonly<Record<string, string | undefined>>, directory: string) {
    this.#environment = environment
    this.#directory = directory
  }

  resolve(veiled: string): Resolved {
    const source = unveil(veiled)
    const problems: ReferenceProblem[] = []
    const text = source.replaceAll(/\$?\$\{([^{}\r\n]*)(\}?)/g, (found: string, body: string, close: string) => {
      if (found.startsWith('$$')) return found.slice(1)
      const value = close === '' ? unclosed() : this.#value(body)
      if (typeof value === 'string') return value
      problems.push(value)
      return ''
    })
    return { text, whole: /^\$\{[^{}\r\n]*\}$/.test(source), problems }
  }

  #value(body: string): string | ReferenceProblem {
    if (body.startsWith('file:')) return this.#fromFile(body.slice('file:'.length))
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(body))
      return {
        problem: 'not a reference that is known here',
        remedy: 'write ${NAME} or ${file:/path}, or $${ for a literal ${',
      }
    const value = this.#environment[body]
    if (value !== undefined) return value
    return {
      problem: `the environment variable ${body} is not set`,
      remedy: `set it before starting, for example: export ${body}=…`,
    }
  }

  #fromFile(path: string): string | ReferenceProblem {
    if (path === '') return { problem: 'the reference names no file', remedy: 'write ${file:/path/of/the/file}' }
    const result = readText(resolve(this.#directory, path))
    if ('text' in result) return result.text.replace(/\r?\n$/, '')
    const { problem, remedy } = result.unreadable
    return { problem: `the reference to the file ${path} fails: ${problem}`, remedy }
  }
}

function unclosed(): ReferenceProblem {
  return { problem: 'a reference without its closing brace', remedy: 'write ${NAME}, or $${ for a literal ${' }
}
