import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { javaArguments, QUICK_TO_START, type JavaRuntime } from '../java.ts'
import { ServerProcess } from '../server-process.ts'

const CLUSTER_ID = '4L6g3nShT-eMCtK--X86sw'
const READY = 'Kafka Server started'
const READY_MS = 90_000

export interface NodeOptions {
  readonly runtime: JavaRuntime
  /** Its own folder: properties, data, and a log for each start. */
  readonly directory: string
  /** The lines of server.properties but for `log.dirs`. */
  readonly properties: readonly string[]
  /** Options of `kafka-storage format`: the first users. */
  readonly format?: readonly string[]
  /** Options of Java. */
  readonly jvm?: readonly string[] | undefined
  /** What to remove should this process end without stopping the node. */
  readonly leftovers?: string | undefined
}

/** One Kafka node, broker and controller in one; it keeps its data and its ports from start to start. */
export class KafkaNode {
  readonly #options: NodeOptions
  readonly #properties: string
  #server: ServerProcess | undefined
  #starts = 0
  #paused = false

  constructor(options: NodeOptions) {
    this.#options = options
    this.#properties = join(options.directory, 'server.properties')
  }

  get pid(): number | undefined {
    return this.#server?.pid
  }

  /** Runs and is not paused. */
  get answering(): boolean {
    return this.#server?.running === true && !this.#paused
  }

  /** Resolves once the broker takes clients; formats the storage before the first start. */
  async start(signal?: AbortSignal): Promise<void> {
    const { runtime, directory, properties, jvm = [], leftovers } = this.#options
    const data = join(directory, 'data')
    mkdirSync(directory, { recursive: true })
    writeFileSync(this.#properties, [`log.dirs=${data}`, ...properties, ''].join('\n'))
    if (!existsSync(join(data, 'meta.properties'))) await this.#format(signal)
    this.#starts += 1
    this.#paused = false
    this.#server = new ServerProcess({
      command: 'java',
      args: javaArguments(runtime, 'kafka.Kafka', [this.#properties], {
        // What Java unpacks there goes with the folder: killed, it leaves it behind.
        options: [QUICK_TO_START, `-Djava.io.tmpdir=${directory}`, ...jvm],
      }),
      log: join(directory, `start-${this.#starts}.log`),
      leftovers,
    })
    await this.#server.logged(READY, READY_MS, signal)
  }

  async #format(signal: AbortSignal | undefined): Promise<void> {
    const args = ['format', '--cluster-id', CLUSTER_ID, '--config', this.#properties, ...(this.#options.format ?? [])]
    const { runtime } = this.#options
    const java = javaArguments(runtime, 'kafka.tools.StorageTool', args, { options: [QUICK_TO_START], log: 'ERROR' })
    await promisify(execFile)('java', java, { signal })
  }

  async kill(): Promise<void> {
    await this.#server?.kill()
  }

  pause(): void {
    this.#running().signal('SIGSTOP')
    this.#paused = true
  }

  resume(): void {
    this.#running().signal('SIGCONT')
    this.#paused = false
  }

  async stop(graceMs: number): Promise<void> {
    await this.#server?.stop(graceMs)
  }

  #running(): ServerProcess {
    if (this.#server?.running !== true) throw new Error(`The broker of ${this.#options.directory} does not run`)
    return this.#server
  }
}
