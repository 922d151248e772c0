import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../../core/component.ts'
import { EmbeddedStream } from '../../../stream/embedded/embedded-stream.ts'
import { topics } from '../../../stream/topics.ts'
import { ServerProcess } from '../../servers/server-process.ts'
import { TENANT } from '../statements.ts'
import { cli } from '../worker.ts'

const READY_MS = 60_000
const LOOK_MS = 200
const STOP_MS = 20_000
const PARTITIONS = 2

type Section = Readonly<Record<string, object>>

export interface ScenePipelineOptions {
  readonly name: string
  /** Of its admin port. */
  readonly port: number
  readonly collectors?: Section
  readonly sinks?: Section
  /** Embedded unless told. */
  readonly stream?: object
  readonly only?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** The program as a process, with an admin port, in a folder of its own. */
export class ScenePipeline {
  readonly directory = mkdtempSync(join(tmpdir(), 'posture-stream-scene-'))
  readonly reports = join(this.directory, 'reports')
  readonly port: number
  readonly #options: ScenePipelineOptions
  readonly #config = join(this.directory, 'pipeline.yaml')
  #process: ServerProcess | undefined
  #starts = 0

  constructor(options: ScenePipelineOptions) {
    const { port, collectors = {}, sinks = {} } = options
    const { stream = { type: 'embedded', directory: './data', partitions: PARTITIONS } } = options
    this.port = port
    this.#options = options
    mkdirSync(this.reports)
    const admin = { host: '127.0.0.1', port }
    const enrichment = { directory: './data' }
    const config = { tenant: TENANT, stream, admin, collectors, enrichment, sinks }
    // JSON is YAML.
    writeFileSync(this.#config, JSON.stringify(config))
  }

  /** Starts the process, with these stages if told; resolves when it is ready. */
  async start(only?: string): Promise<void> {
    this.launch(only)
    await this.answers('readyz')
  }

  /** The same, without waiting for anything. */
  launch(only = this.#options.only): void {
    const { environment = {} } = this.#options
    const args = [cli, 'run', '--config', this.#config, ...(only === undefined ? [] : ['--only', only])]
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
    this.#process = new ServerProcess({
      command: '/usr/bin/env',
      args: [...variables, process.execPath, ...args],
      log: join(this.directory, `start-${(this.#starts += 1)}.log`),
      leftovers: this.directory,
    })
  }

  /** Resolves when the admin port answers well there. Throws with its last words when it does not in time. */
  async answers(path: 'readyz' | 'livez'): Promise<void> {
    const until = performance.now() + READY_MS
    while (!(await this.#isWell(path))) {
      if (this.#process?.running !== true || performance.now() > until)
        throw new Error(`${this.#options.name} does not answer ${path}:\n${this.#process?.lastWords()}`)
      await sleep(LOOK_MS)
    }
  }

  /** Ends the process as a crash does. */
  async kill(): Promise<void> {
    await this.#process?.kill()
  }

  async stop(): Promise<void> {
    await this.#process?.stop(STOP_MS)
  }

  /** Its embedded stream, beside the process, with another clock if told. */
  openStream(clock?: Clock): Promise<EmbeddedStream> {
    const directory = join(this.directory, 'data')
    return EmbeddedStream.open({
      directory,
      topics: Object.values(topics),
      partitions: PARTITIONS,
      mode: 'append',
      clock,
    })
  }

  async end(): Promise<void> {
    await this.kill()
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #isWell(path: string): Promise<boolean> {
    const response = await fetch(`http://127.0.0.1:${this.port}/${path}`).catch(() => undefined)
    await response?.body?.cancel()
    return response?.ok === true
  }
}
