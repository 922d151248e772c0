import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { MAKING_LIMIT_MS, madeOnce } from './made-once.ts'

const SOURCES = /\.go$|^go\.(mod|sum)$/

/** A Go program whose sources stand in a folder of ours, which names it. Built once for what its sources say. */
export class GoSources {
  /** Where it stands; it is complete where it exists. */
  readonly path: string
  readonly #folder: string
  readonly #cache: string

  constructor(folder: string) {
    const name = basename(folder)
    this.#folder = folder
    this.#cache = join(import.meta.dirname, '../../node_modules/.cache', name, fingerprint(folder))
    this.path = join(this.#cache, name)
  }

  /** Whether it stands there, or can be built. */
  isThere({ PATH = '' }: NodeJS.ProcessEnv = process.env): boolean {
    return existsSync(this.path) || PATH.split(delimiter).some((folder) => existsSync(join(folder, 'go')))
  }

  /** Builds it where it is not yet, or waits for another process that does. Throws with Go's last words. */
  async build(signal?: AbortSignal): Promise<void> {
    await madeOnce({ path: this.path, lock: join(this.#cache, 'building.pid'), signal }, () => this.#make(signal))
  }

  async #make(signal: AbortSignal | undefined): Promise<void> {
    const building = mkdtempSync(join(this.#cache, 'building-'))
    const made = join(building, basename(this.path))
    try {
      await promisify(execFile)('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', made, '.'], {
        signal,
        timeout: MAKING_LIMIT_MS,
        cwd: this.#folder,
      })
      renameSync(made, this.path)
    } catch (cause) {
      const { stderr = '' } = cause as { stderr?: string }
      throw new Error(`Go could not build ${basename(this.path)}:\n${stderr.trimEnd().slice(-2000)}`, { cause })
    } finally {
      rmSync(building, { recursive: true, force: true })
    }
  }
}

function fingerprint(folder: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(folder).filter((name) => SOURCES.test(name))
  for (const name of files.toSorted()) hash.update(`${name}\n${readFileSync(join(folder, name), 'utf8')}\n`)
  return hash.digest('hex').slice(0, 16)
}
