import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { MAKING_LIMIT_MS, madeOnce } from '../made-once.ts'

/** What pip says where the index, or what lies between it and here, does not answer. */
const UNREACHABLE =
  /NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Temporary failure in name|No matching distribution/

export interface PythonEnvironmentOptions {
  /** A file for `pip install --requirement`, which pins all that is installed. */
  readonly requirements: string
  /** A folder for the environments of this file alone. */
  readonly cache: string
  readonly environment?: NodeJS.ProcessEnv
}

/** This machine lacks what an environment is made of: a test that needs it can only be skipped. */
export class NotToBeHadError extends Error {}

/** A Python with exactly the packages of a file, made once on a machine. */
export class PythonEnvironment {
  /** Where its interpreter stands; the environment is complete where it exists. */
  readonly interpreter: string
  readonly #options: PythonEnvironmentOptions
  readonly #environment: NodeJS.ProcessEnv
  readonly #place: string
  readonly #lock: string

  constructor(options: PythonEnvironmentOptions) {
    const content = createHash('sha256').update(readFileSync(options.requirements)).digest('hex').slice(0, 16)
    this.#options = options
    this.#environment = options.environment ?? process.env
    this.#place = join(options.cache, content)
    this.#lock = join(options.cache, `${content}.pid`)
    this.interpreter = join(this.#place, 'bin', 'python')
  }

  /** What has to be installed before `make` can do its work: a sentence, or none. */
  missing(): string[] {
    const { PATH = '' } = this.#environment
    const there =
      existsSync(this.interpreter) || PATH.split(delimiter).some((folder) => existsSync(join(folder, 'python3')))
    return there ? [] : ['install Python 3 with venv (no python3 in PATH)']
  }

  /**
   * Makes it where it is not yet, or waits for another process that does. Throws NotToBeHadError where Python, its venv or
   * the package index is not to be had here, and another error with the last words of pip.
   */
  async make(signal?: AbortSignal): Promise<void> {
    await madeOnce({ path: this.interpreter, lock: this.#lock, signal }, () => this.#build(signal))
  }

  async #build(signal: AbortSignal | undefined): Promise<void> {
    const building = mkdtempSync(join(this.#options.cache, 'building-'))
    try {
      await this.#run('python3', ['-m', 'venv', building], signal).catch((cause: Error) => {
        throw new NotToBeHadError(`install Python 3 with venv (Debian: python3-venv): ${cause.message}`, { cause })
      })
      await this.#install(join(building, 'bin', 'python'), signal)
      if (!existsSync(this.#place)) renameSync(building, this.#place)
    } finally {
      rmSync(building, { recursive: true, force: true })
    }
  }

  async #install(interpreter: string, signal: AbortSignal | undefined): Promise<void> {
    const { requirements } = this.#options
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '2']
    try {
      await this.#run(interpreter, ['-m', 'pip', 'install', ...quiet, '--requirement', requirements], signal)
    } catch (cause) {
      const said = (cause as Error).message
      if (UNREACHABLE.test(said))
        throw new NotToBeHadError('make the Python package index reachable (pip finds no packages)', { cause })
      throw new Error(`pip could not install ${requirements}:\n${said}`, { cause })
    }
  }

  async #run(command: string, args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    try {
      await promisify(execFile)(command, args, { signal, timeout: MAKING_LIMIT_MS, env: this.#environment })
    } catch (cause) {
      signal?.throwIfAborted()
      const { stderr = '', stdout = '', message } = cause as Error & { stderr?: string; stdout?: string }
      throw new Error(`${stdout}${stderr}`.trim().slice(-2000) || message, { cause })
    }
  }
}
