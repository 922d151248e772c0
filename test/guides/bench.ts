import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from '../servers/free-ports.ts'
import { CommandServer } from './command-server.ts'
import { readPage, type Command, type Page } from './page.ts'
import { Sandbox, type SandboxOptions } from './sandbox.ts'

const root = join(import.meta.dirname, '../..')

/** The README and every guide, in the order of their names. */
export const pages = ['README.md', ...globSync('docs/guides/*.md', { cwd: root }).toSorted()].map((path) => ({
  path,
  ...readPage(readFileSync(join(root, path), 'utf8')),
}))

/** Where pages are run: one process for their commands, and a folder that a run has left. */
export class Bench implements AsyncDisposable {
  readonly #server: CommandServer
  readonly #adminPort: number
  readonly #ran: Sandbox

  private constructor(server: CommandServer, adminPort: number) {
    this.#server = server
    this.#adminPort = adminPort
    this.#ran = this.sandbox()
  }

  static async start(): Promise<Bench> {
    const [port] = await freePorts(1)
    const bench = new Bench(await CommandServer.start(), port!)
    bench.#ran.configure()
    const [result] = await bench.#ran.run([{ text: 'posture-stream run --config posture.yaml --until-idle', code: 0 }])
    if (result?.code !== 0) throw new Error(`The example does not run: ${result?.out}`)
    return bench
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ran[Symbol.dispose]()
    await this.#server[Symbol.asyncDispose]()
  }

  sandbox(options: Partial<SandboxOptions> = {}): Sandbox {
    return new Sandbox({ port: this.#server.port, adminPort: this.#adminPort, ...options })
  }

  /** Runs a page from top to bottom; answers a sentence for each command that did not end as the page says. */
  async runPage({ parts, startsFromNothing }: Page, options: Partial<SandboxOptions> = {}): Promise<readonly string[]> {
    const wrong: string[] = []
    using sandbox = this.sandbox(startsFromNothing ? options : { ran: this.#ran.directory, ...options })
    if (!startsFromNothing) sandbox.configure()
    for (const part of parts) {
      if (part.kind === 'configuration') sandbox.configure(part.yaml, part.file)
      if (part.kind === 'commands') wrong.push(...(await this.runCommands(part.commands, sandbox, `line ${part.line}`)))
    }
    return wrong
  }

  async runCommands(commands: readonly Command[], sandbox: Sandbox, place: string): Promise<string[]> {
    const results = await sandbox.run(commands)
    return results
      .filter(({ code, expected }) => code !== expected)
      .map(
        ({ text, code, expected, out }) =>
          `${place}: ${text}\nexited with ${code}, not ${expected}:\n${out.slice(-2000)}`,
      )
  }

  /** A folder as pages find it, with a run's results. */
  used(): Sandbox {
    const sandbox = this.sandbox({ ran: this.#ran.directory })
    sandbox.configure()
    return sandbox
  }
}
