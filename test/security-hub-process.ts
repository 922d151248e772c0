import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sampleFinding } from '../collectors/aws-security-hub/sample-finding.ts'
import { SecurityHubServer } from './servers/security-hub/security-hub-server.ts'

const MINUTE_MS = 60_000
/** Long enough ago that no finding is updated in the future. */
const FIRST_UPDATE = Date.UTC(2025, 0, 1)

/** What the process is told. */
type Order = { readonly expireTokens: true } | { readonly count: true }

/** What it answers: how many calls it got, and how many of them it refused, by exception. */
export interface HubCount {
  readonly url: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly calls: number
  readonly refused: Readonly<Record<string, number>>
}

/**
 * Security Hub's stand-in in a process of its own, full of findings, so that what a sweep takes can be told from what the
 * server takes.
 */
export class HubProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Calls are allowed `rateFactor` times as often as AWS allows them. */
  static start(findings: number, rateFactor: number): HubProcess {
    const args = [String(findings), String(rateFactor)]
    return new HubProcess(
      fork(fileURLToPath(import.meta.url), args, { execArgv: ['--disable-warning=ExperimentalWarning'] }),
    )
  }

  async count(): Promise<HubCount> {
    this.#tell({ count: true })
    const [answer] = (await once(this.#child, 'message')) as [HubCount]
    return answer
  }

  /** All tokens given out so far are refused from now on. */
  expireTokens(): void {
    this.#tell({ expireTokens: true })
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }

  #tell(order: Order): void {
    this.#child.send(order)
  }
}

async function serve(findings: number, rateFactor: number): Promise<void> {
  const server = await SecurityHubServer.start({ rateFactor })
  server.seedMany(findings, (n) => sampleFinding(n, { at: FIRST_UPDATE + n * MINUTE_MS }))
  process.on('message', (order: Order) => {
    if ('expireTokens' in order) server.expireTokens()
    else process.send?.(countOf(server))
  })
  process.on('disconnect', () => process.exit())
}

function countOf(server: SecurityHubServer): HubCount {
  const calls = server.calls('GetFindings')
  const refused: Record<string, number> = {}
  for (const { error } of calls) if (error !== undefined) refused[error] = (refused[error] ?? 0) + 1
  return { url: server.url, ...server.credentials(), calls: calls.length, refused }
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url))
  await serve(Number(process.argv[2]), Number(process.argv[3]))
