import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { MAKING_LIMIT_MS, madeOnce } from '../made-once.ts'

const NAME = 'compose-go'
const SOURCES = /\.go$|^go\.(mod|sum)$/
const ANSWER_BYTES = 64 * 1024 * 1024

/** The Go program in this folder: what Docker's own libraries make of our files. Built once for what its sources say. */
class ComposeGo {
  readonly #cache = join(import.meta.dirname, '../../../node_modules/.cache', NAME, fingerprint())
  readonly #path = join(this.#cache, NAME)

  /** Why there can be none here; undefined: there can. Throws where COMPOSE_GO_REQUIRED forbids to have none. */
  whyNot(environment: NodeJS.ProcessEnv = process.env): string | undefined {
    const { PATH = '', COMPOSE_GO_REQUIRED: required = '' } = environment
    if (existsSync(this.#path) || PATH.split(delimiter).some((folder) => existsSync(join(folder, 'go'))))
      return undefined
    const why = 'Docker’s own reading of our files needs Go (no go in PATH)'
    if (required !== '') throw new Error(why)
    return why
  }

  /** Builds it where it is not yet, or waits for another process that does: about a minute. Throws with Go's last words. */
  async build(signal?: AbortSignal): Promise<void> {
    await madeOnce({ path: this.#path, lock: join(this.#cache, 'building.pid'), signal }, () => this.#make(signal))
  }

  /** What it answers to these words; see main.go. Throws with what it says. */
  async ask<T>(...words: readonly string[]): Promise<T> {
    await this.build()
    // With nothing of ours: a variable that is set where the tests run would stand for one of an operator's.
    const { stdout } = await promisify(execFile)(this.#path, words, { env: {}, maxBuffer: ANSWER_BYTES })
    return JSON.parse(stdout) as T
  }

  async #make(signal: AbortSignal | undefined): Promise<void> {
    const building = mkdtempSync(join(this.#cache, 'building-'))
    const made = join(building, NAME)
    try {
      await promisify(execFile)('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', made, '.'], {
        signal,
        timeout: MAKING_LIMIT_MS,
        cwd: import.meta.dirname,
      })
      renameSync(made, this.#path)
    } catch (cause) {
      const { stderr = '' } = cause as { stderr?: string }
      throw new Error(`Go could not build ${NAME}:\n${stderr.trimEnd().slice(-2000)}`, { cause })
    } finally {
      rmSync(building, { recursive: true, force: true })
    }
  }
}

function fingerprint(): string {
  const hash = createHash('sha256')
  const files = readdirSync(import.meta.dirname).filter((name) => SOURCES.test(name))
  for (const name of files.toSorted())
    hash.update(`${name}\n${readFileSync(join(import.meta.dirname, name), 'utf8')}\n`)
  return hash.digest('hex').slice(0, 16)
}

/** The one of this machine. */
export const composeGo = new ComposeGo()
