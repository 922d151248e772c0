import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../free-ports.ts'
import { ServerProcess } from '../server-process.ts'
import { motoEnvironment } from './moto-environment.ts'

const READY = 'Running on'
const READY_MS = 60_000
const GRACE_MS = 5_000
/** Without this, every account has 650 snapshots of Amazon's images. */
const NO_IMAGES = 'MOTO_EC2_LOAD_DEFAULT_AMIS=false'

/**
 * moto's own server, on 127.0.0.1: the AWS of people who do not know us, here for events, and for an account with what accounts have.
 * It checks no credentials and keeps all in memory. It cannot outlive this process.
 */
export class MotoServer {
  readonly #directory: string
  readonly #port: number
  #server: ServerProcess | undefined
  #starts = 0

  private constructor(port: number) {
    this.#port = port
    this.#directory = mkdtempSync(join(tmpdir(), 'posture-stream-moto-'))
  }

  /** Starts one, empty, in a few seconds; the first time on a machine its Python is made before. */
  static async start(signal?: AbortSignal): Promise<MotoServer> {
    await motoEnvironment.make(signal)
    const [port] = await freePorts(1)
    const server = new MotoServer(port!)
    try {
      await server.startAgain(signal)
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /** For `endpoint` of every client. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** After `kill`: at the same address, with nothing in it. */
  async startAgain(signal?: AbortSignal): Promise<void> {
    this.#starts += 1
    this.#server = new ServerProcess({
      command: '/usr/bin/env',
      args: [NO_IMAGES, motoEnvironment.interpreter, '-m', 'moto.server', '-H', '127.0.0.1', '-p', String(this.#port)],
      log: join(this.#directory, `start-${this.#starts}.log`),
      leftovers: this.#directory,
    })
    await this.#server.logged(READY, READY_MS, signal)
  }

  /** Ends it as a crash does, with all that was in it. */
  async kill(): Promise<void> {
    await this.#server?.kill()
  }

  async stop(): Promise<void> {
    await this.#server?.stop(GRACE_MS)
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
