import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { javaArguments, QUICK_TO_START, type JavaRuntime } from '../java.ts'
import { ServerProcess } from '../server-process.ts'

const STARTED = ' Node started'
const READY_MS = 120_000

/** What a node of one version runs on. */
export interface OpenSearchRuntime extends JavaRuntime {
  /** The program. */
  readonly java: string
}

/** Settings of opensearch.yml, by their full names. */
export type Settings = Readonly<Record<string, string | number | boolean | readonly string[]>>

export interface Launch {
  readonly runtime: OpenSearchRuntime
  /** Its own folder: settings, data and log. */
  readonly directory: string
  /** Of 127.0.0.1. */
  readonly ports: { readonly http: number; readonly transport: number }
  readonly settings: Settings
  /** As Java wants it: `512m`. */
  readonly heap: string
  /** More options for Java; they come last and win. */
  readonly jvm: readonly string[]
  /** What to remove should this process end without stopping the node. */
  readonly leftovers: string | undefined
  /** Its name in the folder; `node.log` unless told. */
  readonly log?: string
}

/** Starts the process of a node on the data that its folder holds; `ready` says when it takes requests. */
export function launch({
  runtime,
  directory,
  ports,
  settings,
  heap,
  jvm,
  leftovers,
  log = 'node.log',
}: Launch): NodeProcess {
  const config = join(directory, 'config')
  mkdirSync(config, { recursive: true })
  writeFileSync(join(config, 'opensearch.yml'), yaml({ ...defaults(directory, ports), ...settings }))
  const memory = [`-Xms${heap}`, `-Xmx${heap}`]
  return new NodeProcess(
    {
      command: runtime.java,
      args: javaArguments(runtime, 'Launcher', [directory], {
        // What Java unpacks there goes with the folder: killed, it leaves it behind.
        options: [QUICK_TO_START, `-Djava.io.tmpdir=${directory}`, ...memory, ...jvm],
      }),
      log: join(directory, log),
      leftovers,
    },
    `http://127.0.0.1:${ports.http}`,
  )
}

/** The process of a node. */
export class NodeProcess extends ServerProcess {
  readonly #url: string

  constructor(command: ConstructorParameters<typeof ServerProcess>[0], url: string) {
    super(command)
    this.#url = url
  }

  /** Resolves once the node takes requests, and what it holds of primary shards is there. */
  async ready(signal?: AbortSignal): Promise<void> {
    await this.logged(STARTED, READY_MS, signal)
    const health = `${this.#url}/_cluster/health?wait_for_status=yellow&timeout=${READY_MS}ms`
    try {
      const response = await fetch(health, signal === undefined ? {} : { signal })
      if (response.ok) return
      throw new Error(`${response.status}: ${await response.text()}`)
    } catch (cause) {
      signal?.throwIfAborted()
      const what = this.running ? 'does not find its data' : 'ended before it was ready'
      throw new Error(`The node ${what}. The end of ${this.log}:\n${this.lastWords()}`, { cause })
    }
  }
}

function defaults(directory: string, ports: Launch['ports']): Settings {
  return {
    'cluster.name': 'posture-stream-tests',
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': ports.http,
    'transport.port': ports.transport,
    'path.data': join(directory, 'data'),
    'path.logs': join(directory, 'logs'),
    // Otherwise a machine with a full disk makes every index read-only.
    'cluster.routing.allocation.disk.threshold_enabled': false,
  }
}

/** JSON is YAML. */
function yaml(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('')
}
