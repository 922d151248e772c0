import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const caches = join(import.meta.dirname, '../../node_modules/.cache')
const LIMIT_MS = 600_000

export interface JarsWanted {
  /** The product, as people write it. */
  readonly product: string
  /** The file that names what it runs on. */
  readonly pom: string
  /** Values for the properties of the pom, as a version. */
  readonly properties?: Readonly<Record<string, string>>
}

/** The class path of a server, brought by Maven. */
export class MavenJars {
  /** A folder for everything that is made from this very pom with these properties. */
  readonly cache: string
  /** Where the class path stands; it is complete where it exists. */
  readonly directory: string
  readonly #wanted: JarsWanted

  constructor(wanted: JarsWanted) {
    const { product, pom, properties = {} } = wanted
    const digest = createHash('sha256').update(readFileSync(pom)).update(definitions(properties).join('\n'))
    this.cache = join(caches, product.toLowerCase(), digest.digest('hex').slice(0, 16))
    this.directory = join(this.cache, 'jars')
    this.#wanted = wanted
  }

  /** What has to be installed before `bring` can do its work: a sentence, or none. */
  missing({ PATH = '' }: NodeJS.ProcessEnv): string[] {
    const there = existsSync(this.directory) || PATH.split(delimiter).some((folder) => existsSync(join(folder, 'mvn')))
    return there ? [] : ['install Maven (no mvn in PATH)']
  }

  /** Copies the class path where it is not yet. Throws with the last words of Maven. */
  async bring(signal?: AbortSignal): Promise<void> {
    if (existsSync(this.directory)) return
    mkdirSync(this.cache, { recursive: true })
    // Built beside its place and moved there whole: two runs at once, or one that is cut off, leave no half of it behind.
    const building = mkdtempSync(join(this.cache, 'building-'))
    const jars = join(building, 'jars')
    try {
      // A second time, since one lost connection among a hundred downloads ends the first.
      await this.#copyTo(jars, signal).catch(() => this.#copyTo(jars, signal))
      this.#publish(jars)
    } finally {
      rmSync(building, { recursive: true, force: true })
    }
  }

  #publish(jars: string): void {
    try {
      renameSync(jars, this.directory)
    } catch (error) {
      if (!existsSync(this.directory)) throw error
    }
  }

  async #copyTo(jars: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    const { product, pom, properties = {} } = this.#wanted
    // For the transports of Maven 3 and 4, which would bear a silent server for half an hour.
    const patience = ['-Dmaven.wagon.rto=60000', '-Daether.connector.requestTimeout=60000']
    const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`]
    const what = ['--file', pom, ...definitions(properties)]
    try {
      await promisify(execFile)('mvn', ['--quiet', '--batch-mode', ...what, ...patience, ...copy], {
        signal,
        timeout: LIMIT_MS,
        cwd: dirname(pom),
      })
    } catch (cause) {
      const { code, stdout = '' } = cause as { code?: unknown; stdout?: string }
      if (code === 'ENOENT')
        throw new Error(`${product} needs Maven to bring its jars: install Maven (no mvn in PATH)`, { cause })
      throw new Error(`Maven could not bring the jars of ${product} (${pom}):\n${stdout.slice(0, 2000)}`, { cause })
    }
  }
}

function definitions(properties: Readonly<Record<string, string>>): string[] {
  return Object.entries(properties).map(([name, value]) => `-D${name}=${value}`)
}
