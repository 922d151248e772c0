import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { MAKING_LIMIT_MS, madeOnce } from '../made-once.ts'

export interface GoProgramOptions {
  /** The path of its package; the last part names the program. */
  readonly module: string
  readonly version: string
  /** Go's build tags, as `-tags` takes them. */
  readonly tags?: string
  /** A folder for this program in this version alone. */
  readonly cache: string
  readonly environment?: NodeJS.ProcessEnv
}

/** A program that Go builds from its source, once on a machine. */
export class GoProgram {
  /** Where it stands; it is complete where it exists. */
  readonly path: string
  readonly #options: GoProgramOptions
  readonly #environment: NodeJS.ProcessEnv
  readonly #lock: string

  constructor(options: GoProgramOptions) {
    this.path = join(options.cache, basename(options.module))
    this.#options = options
    this.#environment = options.environment ?? process.env
    this.#lock = join(options.cache, 'building.pid')
  }

  /** What has to be installed before `build` can do its work: a sentence, or none. */
  missing(): string[] {
    const { PATH = '' } = this.#environment
    const there = existsSync(this.path) || PATH.split(delimiter).some((folder) => existsSync(join(folder, 'go')))
    return there ? [] : ['install Go (no go in PATH)']
  }

  /** Builds it where it is not yet, or waits for another process that does. Throws with the last words of Go. */
  async build(signal?: AbortSignal): Promise<void> {
    await madeOnce({ path: this.path, lock: this.#lock, signal }, () => this.#install(signal))
  }

  async #install(signal: AbortSignal | undefined): Promise<void> {
    const { module, version, cache, tags } = this.#options
    const tagged = tags === undefined ? [] : ['-tags', tags]
    const building = mkdtempSync(join(cache, 'building-'))
    try {
      await promisify(execFile)('go', ['install', '-trimpath', ...tagged, '-ldflags=-s -w', `${module}@${version}`], {
        signal,
        timeout: MAKING_LIMIT_MS,
        cwd: building,
        env: { ...this.#environment, GOBIN: building },
      })
      renameSync(join(building, basename(module)), this.path)
    } catch (cause) {
      const { code, stderr = '' } = cause as { code?: unknown; stderr?: string }
      if (code === 'ENOENT') throw new Error(`${module} is built by Go: install Go (no go in PATH)`, { cause })
      throw new Error(`Go could not build ${module}@${version}:\n${stderr.trimEnd().slice(-2000)}`, { cause })
    } finally {
      rmSync(building, { recursive: true, force: true })
    }
  }
}
