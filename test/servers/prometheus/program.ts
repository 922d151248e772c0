import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { GoProgram } from '../victoria-logs/go-program.ts'

/** As in docker-compose.yml. */
const VERSION = 'v0.316.0'
const CACHE = join(import.meta.dirname, '../../../node_modules/.cache')

type Name = 'prometheus' | 'promtool'

/** Prometheus or its promtool: one that this machine has (a package of its system, for instance), or else built by Go. */
export class PrometheusProgram {
  readonly name: Name
  readonly #installed: string | undefined
  readonly #built: GoProgram

  /** `cache`: where what was built is kept. */
  constructor(name: Name, environment: NodeJS.ProcessEnv = process.env, cache = CACHE) {
    const { PATH = '' } = environment
    this.name = name
    this.#installed = PATH.split(delimiter)
      .map((folder) => join(folder, name))
      .find((path) => existsSync(path))
    this.#built = new GoProgram({
      module: `github.com/prometheus/prometheus/cmd/${name}`,
      version: VERSION,
      // Leaves the clients of all clouds out: with it both take five minutes of processor time to build.
      tags: 'remove_all_sd',
      cache: join(cache, name, VERSION),
      environment,
    })
  }

  /** Why it cannot be had here; undefined: it can. Throws where PROMETHEUS_REQUIRED forbids to have none. */
  whyNot(environment: NodeJS.ProcessEnv = process.env): string | undefined {
    if (this.#installed !== undefined || this.#built.missing().length === 0) return undefined
    const why = `no ${this.name}: install Prometheus (apt-get install prometheus), or Go`
    if ((environment['PROMETHEUS_REQUIRED'] ?? '') !== '') throw new Error(why)
    return why
  }

  /** Where it stands; the first time on a machine without one it is built before. */
  async path(signal?: AbortSignal): Promise<string> {
    if (existsSync(this.#built.path)) return this.#built.path
    if (this.#installed !== undefined) return this.#installed
    await this.#built.build(signal)
    return this.#built.path
  }
}
