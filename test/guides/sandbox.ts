import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { Command } from './page.ts'
import { placed, sectionsIn, withPlaces, type Config } from './places.ts'
import { scriptOf, type Ran } from './script.ts'

const root = join(import.meta.dirname, '../..')
/** Of the commands of one block. */
const LONGEST_MS = 90_000
const FILES = ['posture.yaml', 'pipeline.yaml']

/** What every page starts with, unless it starts from nothing. */
const BASE: Config = {
  tenant: 'acme',
  stream: { type: 'embedded', directory: './data' },
  collectors: { 'nightly-scan': { type: 'scanner-report', paths: ['reports/*.json'] } },
  sinks: {
    local: { type: 'local', path: './data/findings.db' },
    archive: { type: 'file', directory: './out' },
  },
}

export interface SandboxOptions {
  /** Of the command server. */
  readonly port: number
  readonly adminPort: number
  /** A folder that a run has left; copied. */
  readonly ran?: string
  /** Puts servers of the test in place of those that a page names. */
  readonly replace?: (config: Config) => Config
  readonly env?: Readonly<Record<string, string>>
}

/** The folder in which the commands of one page run, as its reader would. */
export class Sandbox implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'posture-stream-guide-'))
  readonly #bin = mkdtempSync(join(tmpdir(), 'posture-stream-guide-bin-'))
  readonly #options: SandboxOptions

  constructor(options: SandboxOptions) {
    this.#options = options
    for (const name of ['examples', 'deploy'])
      cpSync(join(root, name), this.#path(name), { recursive: true, filter: isKept })
    cpSync(join(root, 'examples/reports'), this.#path('reports'), { recursive: true })
    writeFileSync(this.#path('reports/broken.json'), '[{"status": "FAIL"}')
    for (const name of ['posture-stream', 'npm']) {
      copyFileSync(join(import.meta.dirname, `${name}.sh`), join(this.#bin, name))
      chmodSync(join(this.#bin, name), 0o755)
    }
    if (options.ran !== undefined)
      for (const name of ['data', 'out']) cpSync(join(options.ran, name), this.#path(name), { recursive: true })
  }

  [Symbol.dispose](): void {
    for (const each of [this.directory, this.#bin]) rmSync(each, { recursive: true, force: true })
  }

  /** Merges a block of a page, or the base, into the configuration, or into a file that the page names: components by their names, other sections whole. */
  configure(yaml?: string, file?: string): void {
    const block = yaml === undefined ? BASE : (parse(yaml) as Config)
    for (const name of file === undefined ? FILES : [file]) {
      const path = this.#path(name)
      const before = existsSync(path) ? (parse(readFileSync(path, 'utf8')) as Config) : {}
      const whole = withPlaces(sectionsIn(before, block), this.directory, this.#options.adminPort)
      writeFileSync(path, stringify(this.#options.replace?.(whole) ?? whole, { aliasDuplicateObjects: false }))
    }
  }

  /** Runs the commands in one shell; answers what came of each. */
  async run(commands: readonly Command[]): Promise<readonly Ran[]> {
    const told = await Promise.all(commands.map(async (each) => ({ ...each, text: await this.#filled(each.text) })))
    const script = scriptOf(told, this.#bin)
    await this.#shell(script.text)
    return script.results()
  }

  /** Placeholders as the reader would fill them in. */
  async #filled(text: string): Promise<string> {
    const config = /--config (\S+)/.exec(text)?.[1] ?? 'posture.yaml'
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString()
    let filled = placed(text, this.directory, this.#options.adminPort).replaceAll(/\bTIME\b/g, hourAgo)
    if (filled.includes('dead-letters ')) filled = filled.replaceAll(/(?<=\s)\d+-\d+(?=\s|$)/g, 'ID')
    if (/\bKEY\b/.test(filled)) filled = filled.replaceAll(/\bKEY\b/g, await this.#first('findings', config, 'key'))
    if (/\bID\b/.test(filled)) filled = filled.replaceAll(/\bID\b/g, await this.#first('dead-letters', config, 'id'))
    return filled
  }

  async #first(what: string, config: string, key: string): Promise<string> {
    const listed = await this.#shell(`posture-stream ${what} list --config ${config} --json`)
    const [line = '{}'] = listed.split('\n')
    const found = (JSON.parse(line || '{}') as Readonly<Record<string, unknown>>)[key]
    if (found === undefined) throw new Error(`${config} has no ${what} to fill a command in with`)
    return String(found)
  }

  #shell(script: string): Promise<string> {
    const { port, env } = this.#options
    const environment = {
      HOME: this.directory,
      PATH: `${this.#bin}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      LOG_LEVEL: 'info',
      TZ: 'UTC',
      GUIDE_PORT: String(port),
      GUIDE_ROOT: root,
      ...variablesOf(this.#path(FILES[0]!)),
      ...env,
    }
    return new Promise((resolve) => {
      execFile(
        'bash',
        ['-c', script],
        { cwd: this.directory, env: environment, maxBuffer: 1e8, timeout: LONGEST_MS },
        (_, stdout) => resolve(stdout),
      )
    })
  }

  #path(name: string): string {
    return join(this.directory, name)
  }
}

/** Everything that the configuration refers to is set to something. */
function variablesOf(file: string): Record<string, string> {
  if (!existsSync(file)) return {}
  const names = [...readFileSync(file, 'utf8').matchAll(/\$\{([A-Z]\w*)\}/g)].map(([, name = '']) => name)
  return Object.fromEntries(names.map((name) => [name, 'something']))
}

/** Without what runs in the tree have left. */
function isKept(path: string): boolean {
  return !/examples\/(data|out)(\/|$)/.test(path)
}
