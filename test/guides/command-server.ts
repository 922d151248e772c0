import { fork, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'

const LOOP = join(import.meta.dirname, 'command-loop.ts')
const GONE = 70
const END = /\0(\d+)\0$/

/** What `posture-stream` in a guide's shell talks to: it runs one command after the other, without a start for each. */
export class CommandServer implements AsyncDisposable {
  readonly #loop: ChildProcess
  readonly #server: Server
  #turn: Promise<unknown> = Promise.resolve()

  private constructor() {
    this.#loop = fork(LOOP, { silent: true, execArgv: [] })
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket))
  }

  static async start(): Promise<CommandServer> {
    const server = new CommandServer()
    await new Promise<void>((resolve) => void server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#loop.kill()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** A request is `cwd NUL argument NUL … NUL NUL environment`, each of its variables ended by NUL. */
  #serve(socket: Socket): void {
    let asked = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      asked += chunk.toString()
      if (!asked.endsWith('\0\0\0')) return
      const [words = '', variables = ''] = asked.slice(0, -3).split('\0\0')
      const [cwd = '', ...args] = words.split('\0')
      const env = Object.fromEntries(variables.split('\0').map((each) => each.split(/=([^]*)/, 2) as [string, string]))
      this.#turn = this.#turn.then(async () => {
        const { code, out, err } = await this.#run({ args, cwd, env })
        socket.end(Buffer.concat([Buffer.from(`${code} ${out.length}\n`), out, err]))
      })
    })
  }

  async #run(asked: object): Promise<{ code: number; out: Buffer; err: Buffer }> {
    const { stdout, stderr, exitCode } = this.#loop
    const gone = { code: GONE, out: Buffer.alloc(0), err: Buffer.from('The process that runs commands has ended.') }
    if (exitCode !== null) return gone
    const ended = new Promise<void>((resolve) => void this.#loop.once('exit', () => resolve()))
    const answers = Promise.all([untilEnd(stdout!), untilEnd(stderr!)])
    this.#loop.send(asked)
    const answered = await Promise.race([answers, ended])
    if (answered === undefined) return gone
    const [said, complained] = answered
    return { code: said.code, out: said.bytes, err: complained.bytes }
  }
}

function untilEnd(stream: NodeJS.ReadableStream): Promise<{ code: number; bytes: Buffer }> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0)
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk])
      const end = END.exec(bytes.subarray(-8).toString('latin1'))
      if (end === null) return
      stream.off('data', take)
      resolve({ code: Number(end[1]), bytes: bytes.subarray(0, bytes.length - end[0].length) })
    }
    stream.on('data', take)
  })
}
