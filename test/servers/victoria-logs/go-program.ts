import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const LIMIT_MS = 900_000
const POLL_MS = 200

export interface GoProgramOptions {
  /** The path of its package; the last part names the program. */
  readonly module: string
  readonly version: string
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
    mkdirSync(this.#options.cache, { recursive: true })
    while (!existsSync(this.path)) {
      signal?.throwIfAborted()
      if (this.#takeLock()) await this.#install(signal).finally(() => rmSync(this.#lock, { force: true }))
      else await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal })
    }
  }

  /**
   * Whether this process is the one to build. The lock only saves work: should two take it, which can happen after a
   * builder was killed, both build well, since the program is built beside its place and moved there whole.
   */
  #takeLock(): boolean {
    try {
      writeFileSync(this.#lock, String(process.pid), { flag: 'wx' })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (this.#isLeftBehind()) rmSync(this.#lock, { force: true })
      return false
    }
  }

  #isLeftBehind(): boolean {
    try {
      if (Date.now() - statSync(this.#lock).mtimeMs > LIMIT_MS) return true
      const builder = Number(readFileSync(this.#lock, 'utf8'))
      // It is empty between its making and its writing.
      return builder > 0 && !isAlive(builder)
    } catch {
      // Gone meanwhile.
      return false
    }
  }

  async #install(signal: AbortSignal | undefined): Promise<void> {
    const { module, version, cache } = this.#options
    const building = mkdtempSync(join(cache, 'building-'))
    try {
      await promisify(execFile)('go', ['install', '-trimpath', '-ldflags=-s -w', `${module}@${version}`], {
        signal,
        timeout: LIMIT_MS,
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
