import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { GoSources } from '../go-sources.ts'

const ANSWER_BYTES = 64 * 1024 * 1024

/** The Go program in this folder: what Docker's own libraries make of our files. It takes about a minute to build. */
class ComposeGo {
  readonly #sources = new GoSources(import.meta.dirname)

  /** Why there can be none here; undefined: there can. Throws where COMPOSE_GO_REQUIRED forbids to have none. */
  whyNot(environment: NodeJS.ProcessEnv = process.env): string | undefined {
    if (this.#sources.isThere(environment)) return undefined
    const why = 'Docker’s own reading of our files needs Go (no go in PATH)'
    if ((environment['COMPOSE_GO_REQUIRED'] ?? '') !== '') throw new Error(why)
    return why
  }

  /** See `GoSources.build`. */
  async build(signal?: AbortSignal): Promise<void> {
    await this.#sources.build(signal)
  }

  /** What it answers to these words; see main.go. Throws with what it says. */
  async ask<T>(...words: readonly string[]): Promise<T> {
    await this.build()
    // With nothing of ours: a variable that is set where the tests run would stand for one of an operator's.
    const { stdout } = await promisify(execFile)(this.#sources.path, words, { env: {}, maxBuffer: ANSWER_BYTES })
    return JSON.parse(stdout) as T
  }
}

/** The one of this machine. */
export const composeGo = new ComposeGo()
