import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ServerProcess } from '../servers/server-process.ts'

/** The program. */
export const cli = join(import.meta.dirname, '../../app/cli.ts')
const STOP_MS = 45_000

export interface WorkerOptions {
  readonly name: string
  /** The configuration file. */
  readonly config: string
  readonly stage: 'enrichment' | 'sinks'
  /** Where its logs go, one for each start. */
  readonly logs: string
}

/** One process of the pipeline that is killed, halted and started again; it ends with this process, whatever that dies of. */
export class Worker {
  readonly name: string
  readonly stage: WorkerOptions['stage']
  readonly #options: WorkerOptions
  readonly #logs: string[] = []
  #process: ServerProcess | undefined

  constructor(options: WorkerOptions) {
    this.name = options.name
    this.stage = options.stage
    this.#options = options
  }

  get running(): boolean {
    return this.#process?.running === true
  }

  start(): void {
    const { name, config, stage, logs } = this.#options
    mkdirSync(logs, { recursive: true })
    const log = join(logs, `${name}-${this.#logs.length + 1}.log`)
    this.#logs.push(log)
    const args = [cli, 'run', '--config', config, '--only', stage]
    this.#process = new ServerProcess({ command: process.execPath, args, log })
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    await this.#process?.kill()
  }

  /** Lets it stand still, whatever it is doing. */
  halt(): void {
    this.#process!.signal('SIGSTOP')
  }

  resume(): void {
    this.#process!.signal('SIGCONT')
  }

  /** Asks it to end and waits until it has; one that does not in time is killed. */
  async stop(): Promise<void> {
    await this.#process?.stop(STOP_MS)
  }

  /** How the log of its last start ends. */
  lastWords(): string {
    return this.#process?.lastWords() ?? ''
  }

  /** The lines of all its logs that are records, in order. */
  said(): LogLine[] {
    return this.#logs.flatMap((log) =>
      readFileSync(log, 'utf8')
        .split('\n')
        .flatMap((line) => (line.startsWith('{') ? (parsed(line) ?? []) : [])),
    )
  }
}

export interface LogLine {
  readonly level: string
  readonly time: string
  readonly msg: string
  readonly code?: string
}

/** A process that is killed leaves half a line. */
function parsed(line: string): LogLine | undefined {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return undefined
  }
}
