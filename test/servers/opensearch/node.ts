import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../free-ports.ts'
import { jdkForNode } from './available.ts'
import { launch, type Launch, type NodeProcess, type OpenSearchRuntime, type Settings } from './launch.ts'
import { openSearchRuntime } from './runtime.ts'
import { USUAL_VERSION, type OpenSearchVersion } from './versions.ts'

const STOP_MS = 30_000

export interface NodeOptions {
  /** 2.19.6 unless told. */
  readonly version?: OpenSearchVersion
  /** As Java wants it; `512m` unless told. */
  readonly heap?: string
  /** The port of 127.0.0.1 for HTTP; a free one unless told, or where 0. */
  readonly port?: number
  /** More settings of opensearch.yml; they win over those that a node has here anyway. */
  readonly settings?: Settings
  /** More options for Java; they come last and win. */
  readonly jvm?: readonly string[]
  /** Keeps data and log here when the node stops, and goes on from them; a folder that is removed unless told. */
  readonly directory?: string
  readonly signal?: AbortSignal
}

/** A real OpenSearch node on 127.0.0.1, without TLS and users. It ends with this process, whatever that dies of. */
export class OpenSearchNode implements AsyncDisposable {
  readonly version: OpenSearchVersion
  /** Where it takes requests; the same after every restart. Without a slash at its end. */
  readonly url: string
  /** Its settings, its data, and a log for each start. */
  readonly directory: string
  readonly #launch: Omit<Launch, 'log'>
  readonly #keep: boolean
  #process: NodeProcess | undefined
  #starts = 0

  private constructor(version: OpenSearchVersion, parts: Omit<Launch, 'log'>, keep: boolean) {
    this.version = version
    this.url = `http://127.0.0.1:${parts.ports.http}`
    this.directory = parts.directory
    this.#launch = parts
    this.#keep = keep
  }

  /** Resolves once the node takes requests. Throws, with nothing left behind, when it does not start. */
  static async start(options: NodeOptions = {}): Promise<OpenSearchNode> {
    const { version = USUAL_VERSION, signal } = options
    const jdk = jdkForNode(version)
    if (typeof jdk === 'string') throw new Error(jdk)
    const runtime = await openSearchRuntime(version, jdk, signal)
    const keep = options.directory !== undefined
    const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'posture-stream-opensearch-'))
    let node: OpenSearchNode | undefined
    try {
      node = new OpenSearchNode(version, await partsOf(options, runtime, directory), keep)
      await node.#start(signal)
      return node
    } catch (error) {
      await node?.stop()
      if (!keep) rmSync(directory, { recursive: true, force: true })
      throw error
    }
  }

  /** The process, for a look at its memory or its CPU time. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Ends the node as a crash does (SIGKILL); resolves once its process is gone. Its data stays for `restart`. */
  async kill(): Promise<void> {
    await this.#process?.kill()
  }

  /** Lets the node stand still (SIGSTOP): it takes connections and answers nothing. */
  suspend(): void {
    this.#process!.signal('SIGSTOP')
  }

  /** Lets a suspended node go on (SIGCONT). */
  resume(): void {
    this.#process!.signal('SIGCONT')
  }

  /**
   * Starts the node again with its data and its address, after killing it if it runs; `settings` are added to those it
   * had. Resolves once it takes requests.
   */
  async restart({ settings = {}, signal }: Pick<NodeOptions, 'settings' | 'signal'> = {}): Promise<void> {
    await this.kill()
    await this.#start(signal, settings)
  }

  /** Ends the node, and removes the folder unless it was given. */
  async stop(): Promise<void> {
    // Where the data goes as well, there is nothing that a clean end would save.
    await (this.#keep ? this.#process?.stop(STOP_MS) : this.kill())
    if (!this.#keep) rmSync(this.directory, { recursive: true, force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #start(signal: AbortSignal | undefined, more: Settings = {}): Promise<void> {
    this.#starts += 1
    const settings = { ...this.#launch.settings, ...more }
    this.#process = launch({ ...this.#launch, settings, log: `start-${this.#starts}.log` })
    await this.#process.ready(signal)
  }
}

async function partsOf(
  { heap = '512m', port = 0, settings = {}, jvm = [], directory: given }: NodeOptions,
  runtime: OpenSearchRuntime,
  directory: string,
): Promise<Omit<Launch, 'log'>> {
  const [free, transport] = await freePorts(2)
  const ports = { http: port === 0 ? free! : port, transport: transport! }
  return { runtime, directory, ports, settings, heap, jvm, leftovers: given === undefined ? directory : undefined }
}
