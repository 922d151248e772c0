import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { MAKING_LIMIT_MS, madeOnce } from '../made-once.ts'

const VERSION = '3.37.0'
const CACHE = join(import.meta.dirname, '../../../node_modules/.cache/azurite')
/** What npm says where the registry, or what lies between it and here, does not answer or does not have it. */
const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|E40[34]|ENOTCACHED/

/** The registry does not give it here: a test that needs it can only be skipped. */
export class NoRegistryError extends Error {}

type Install = (folder: string, signal?: AbortSignal) => Promise<void>

/** Azurite's blob service, which npm brings once on a machine; it takes half a minute, and 365 MB. */
export class AzuriteProgram {
  /** Its folder; it is complete where it exists. */
  readonly folder: string
  readonly #cache: string
  readonly #install: Install

  constructor({ cache = CACHE, install = installAzurite }: { cache?: string; install?: Install } = {}) {
    this.folder = join(cache, VERSION)
    this.#cache = cache
    this.#install = install
  }

  /** The script that node runs. */
  get script(): string {
    return join(this.folder, 'node_modules/azurite/dist/src/blob/main.js')
  }

  /**
   * Brings it where it is not yet, or waits for another process that does. Throws NoRegistryError where the registry does
   * not answer, and another error with the last words of npm.
   */
  async bring(signal?: AbortSignal): Promise<void> {
    const lock = join(this.#cache, `${VERSION}.pid`)
    await madeOnce({ path: this.folder, lock, signal }, async () => {
      const bringing = mkdtempSync(join(this.#cache, 'bringing-'))
      try {
        await this.#install(bringing, signal)
        if (!existsSync(this.folder)) renameSync(bringing, this.folder)
      } finally {
        rmSync(bringing, { recursive: true, force: true })
      }
    })
  }
}

async function installAzurite(folder: string, signal?: AbortSignal): Promise<void> {
  // Its scripts build what only other stores of it need.
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  try {
    await promisify(execFile)('npm', ['install', ...quiet, '--prefix', folder, `azurite@${VERSION}`], {
      cwd: folder,
      timeout: MAKING_LIMIT_MS,
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (cause) {
    const { stderr = '' } = cause as { readonly stderr?: string }
    const said = stderr.trimEnd().slice(-2000)
    if (UNREACHABLE.test(said))
      throw new NoRegistryError('make the npm registry reachable (it does not give azurite)', { cause })
    throw new Error(`npm could not install azurite@${VERSION}:\n${said}`, { cause })
  }
}

export const azuriteProgram = new AzuriteProgram()
