import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * The guard waits for a line on descriptor 3. Where the descriptor ends without one, whoever started the server is gone,
 * be it by kill -9, and the server goes too. Both are one process group, so that its number is not given away meanwhile.
 */
const guarded = '(read -r _ <&3 || { kill -9 $$; sleep 1; rm -rf "$0"; }) </dev/null >/dev/null 2>&1 & exec "$@" 3<&-'
const POLL_MS = 50

export interface ServerCommand {
  readonly command: string
  readonly args: readonly string[]
  /** The file that takes what the server prints; it is written anew. */
  readonly log: string
  /** A file or folder to remove when this process ends without having stopped the server. */
  readonly leftovers?: string | undefined
}

/** A server as a child of this process, which it cannot outlive, whatever this process dies of. */
export class ServerProcess {
  readonly log: string
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #running = true

  constructor({ command, args, log, leftovers }: ServerCommand) {
    this.log = log
    const output = openSync(log, 'w')
    this.#child = spawn('/bin/sh', ['-c', guarded, leftovers ?? '', command, ...args], {
      stdio: ['ignore', output, output, 'pipe'],
      // A group of its own: Ctrl-C in the terminal is for the tests, which then stop their servers.
      detached: true,
    })
    closeSync(output)
    const guard = this.#child.stdio[3] as Writable & { unref(): void }
    guard.on('error', () => {})
    this.#ended = new Promise((resolve) => {
      const end = () => {
        this.#running = false
        guard.end('\n')
        resolve()
      }
      this.#child.once('exit', end).once('error', end)
    })
    // A test that forgets a server must not keep the run from ending.
    this.#child.unref()
    guard.unref()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get running(): boolean {
    return this.#running
  }

  /** Sends a signal to the server, which must be running. */
  signal(name: NodeJS.Signals): void {
    if (!this.#running || !this.#child.kill(name))
      throw new Error(`Cannot send ${name}: the server has ended (${this.log})`)
  }

  /** Ends the server as a crash does; resolves once it is gone. */
  async kill(): Promise<void> {
    this.#child.ref()
    if (this.#running) this.#child.kill('SIGKILL')
    await this.#ended
  }

  /** Asks the server to end, and ends it after `graceMs`; resolves once it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#child.ref()
    if (this.#running) this.#child.kill('SIGTERM')
    // Only one that runs can heed the request.
    if (this.#running) this.#child.kill('SIGCONT')
    const patience = new AbortController()
    const late = sleep(graceMs, 'late', { signal: patience.signal }).catch(() => undefined)
    const first = await Promise.race([this.#ended, late])
    patience.abort()
    if (first === 'late') await this.kill()
  }

  /** Resolves once the log holds `text`. Throws with the end of the log when the server ends before, or is too slow. */
  async logged(text: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const until = performance.now() + timeoutMs
    while (!readFileSync(this.log, 'utf8').includes(text)) {
      if (!this.#running)
        throw new Error(`The server ended before it was ready. The end of ${this.log}:\n${this.lastWords()}`)
      if (performance.now() > until)
        throw new Error(
          `The server was not ready within ${timeoutMs / 1000} s. The end of ${this.log}:\n${this.lastWords()}`,
        )
      await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal })
    }
  }

  /** What its log says of errors, and how it ends. */
  lastWords(): string {
    const lines = readFileSync(this.log, 'utf8').trimEnd().split('\n')
    const errors = lines.filter((line) => /ERROR|FATAL|Exception/.test(line)).slice(0, 5)
    return [...errors, ...lines.slice(-5)].join('\n')
  }
}
