import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished, type TestContext } from 'vitest'
import { ended, type Ended } from '../scratch-pipeline.ts'
import { dockerfile } from '../servers/compose-go/answers.ts'
import type { LocalService } from './scratch-compose.ts'
import { ScratchImage } from './scratch-image.ts'

const READY_MS = 60_000
const LOOK_MS = 250

/** A service that runs as a process. */
export class ScratchContainer {
  readonly name: string
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess

  constructor(name: string, child: ChildProcess) {
    this.name = name
    this.ended = ended(child)
    this.#child = child
  }

  /** Resolves once /readyz says so; throws with all that the process has said where it does not. */
  async untilReady(url: string): Promise<void> {
    const end = Date.now() + READY_MS
    while ((await statusOf(`${url}/readyz`)) !== 200) {
      if (this.#child.exitCode !== null || Date.now() > end) {
        this.#child.kill('SIGKILL')
        const { stdout, stderr } = await this.ended
        throw new Error(`${this.name} does not become ready:\n${stdout}${stderr}`)
      }
      await sleep(LOOK_MS)
    }
  }

  /** The most memory that it has had so far. */
  peakBytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  }

  /** As `docker stop` does. */
  async stop(signal: NodeJS.Signals): Promise<Ended> {
    this.#child.kill(signal)
    return await this.ended
  }
}

/** Starts services as the image starts its own process: with its files, its entry point, and nothing of our environment. */
export async function scratchContainers(context: Pick<TestContext, 'skip'>) {
  const image = await ScratchImage.copied(context)
  image.link()
  const { Entrypoint: words, WorkingDir: directory, Env: variables } = (await dockerfile(context)).image.config
  // The first word is the image's node, in whose place ours stands.
  const entrypoint = words.slice(1).map((word) => word.replace(directory, image.directory))
  const given = Object.fromEntries(variables.map((each) => each.split('=') as [string, string]))
  return (name: string, { command, environment }: LocalService): ScratchContainer => {
    const child = spawn(process.execPath, [...entrypoint, ...command], {
      env: { ...given, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    return new ScratchContainer(name, child)
  }
}

/** What an address answers; none where nobody listens. */
export async function statusOf(url: string): Promise<number | undefined> {
  return await fetch(url).then(
    ({ status }) => status,
    () => undefined,
  )
}
