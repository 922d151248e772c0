import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../free-ports.ts'
import { ServerProcess } from '../server-process.ts'
import { LogStore } from './log-store.ts'
import { victoriaLogsProgram } from './program.ts'

const READY = 'started server at'
const READY_MS = 30_000
const GRACE_MS = 10_000

/** A real VictoriaLogs of one's own, with an empty store, on 127.0.0.1. It cannot outlive this process. */
export class VictoriaLogs extends LogStore {
  readonly #directory: string
  readonly #port: number
  #server: ServerProcess | undefined
  #starts = 0

  private constructor(port: number) {
    super(`http://127.0.0.1:${port}`)
    this.#port = port
    this.#directory = mkdtempSync(join(tmpdir(), 'posture-stream-victoria-logs-'))
  }

  /** Starts one in a moment; the first time on a machine it is built before. */
  static async start(signal?: AbortSignal): Promise<VictoriaLogs> {
    await victoriaLogsProgram.build(signal)
    const [port] = await freePorts(1)
    const server = new VictoriaLogs(port!)
    try {
      await server.startAgain(signal)
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /** After `kill`: the same store at the same address. */
  async startAgain(signal?: AbortSignal): Promise<void> {
    this.#starts += 1
    this.#server = new ServerProcess({
      command: victoriaLogsProgram.path,
      args: [
        `-httpListenAddr=127.0.0.1:${this.#port}`,
        `-storageDataPath=${join(this.#directory, 'data')}`,
        // What is out of these is dropped, and nobody is told: by its time, its length, the number of its fields.
        '-retentionPeriod=100y',
        '-futureRetention=10y',
        '-insert.maxLineSizeBytes=2MiB',
        '-insert.maxFieldsPerLine=2000',
        '-memory.allowedBytes=128MiB',
      ],
      log: join(this.#directory, `start-${this.#starts}.log`),
      leftovers: this.#directory,
    })
    await this.#server.logged(READY, READY_MS, signal)
  }

  /** Ends it as a crash does: what it took in during the last seconds is lost. */
  async kill(): Promise<void> {
    await this.#server?.kill()
  }

  /** Ends it and removes its store. */
  async stop(): Promise<void> {
    await this.#server?.stop(GRACE_MS)
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
