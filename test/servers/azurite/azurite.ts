import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient } from '@azure/storage-blob'
import { freePorts } from '../free-ports.ts'
import { ServerProcess } from '../server-process.ts'
import { azuriteProgram } from './azurite-program.ts'

const READY = 'successfully listen'
const READY_MS = 60_000
const GRACE_MS = 5_000
/** Both are documented, and the same in every Azurite. */
const ACCOUNT = 'devstoreaccount1'
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

/** How clients reach the blob service on this port of 127.0.0.1. */
function blobConnectionString(port: number): string {
  const endpoint = `http://127.0.0.1:${port}/${ACCOUNT}`
  return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=${endpoint};`
}

/** Makes a container for one test, and gives its name. */
export async function newContainer(connectionString: string): Promise<string> {
  const name = `checkpoints-${randomUUID()}`
  await BlobServiceClient.fromConnectionString(connectionString).createContainer(name)
  return name
}

/** Azurite's own blob service, the Azure Storage of people who do not know us. It cannot outlive this process. */
export class Azurite {
  readonly #directory = mkdtempSync(join(tmpdir(), 'posture-stream-azurite-'))
  readonly #port: number
  #server: ServerProcess | undefined
  #starts = 0

  private constructor(port: number) {
    this.#port = port
  }

  /** Starts one, empty, in a second or two; the first time on a machine it is brought before. */
  static async start(signal?: AbortSignal): Promise<Azurite> {
    await azuriteProgram.bring(signal)
    const [port] = await freePorts(1)
    const server = new Azurite(port!)
    try {
      await server.startAgain(signal)
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  get connectionString(): string {
    return blobConnectionString(this.#port)
  }

  /** After `kill` or `pause`: at the same address, with all that was in it. */
  async startAgain(signal?: AbortSignal): Promise<void> {
    this.#starts += 1
    const place = ['--blobHost', '127.0.0.1', '--blobPort', String(this.#port), '--location', this.#directory]
    this.#server = new ServerProcess({
      command: process.execPath,
      args: [azuriteProgram.script, ...place, '--skipApiVersionCheck', '--silent', '--disableTelemetry'],
      log: join(this.#directory, `start-${this.#starts}.log`),
      leftovers: this.#directory,
    })
    await this.#server.logged(READY, READY_MS, signal)
  }

  /** Ends it in good order, so that what was in it is there when it starts again. */
  async pause(): Promise<void> {
    await this.#server?.stop(GRACE_MS)
  }

  async stop(): Promise<void> {
    await this.#server?.stop(GRACE_MS)
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
