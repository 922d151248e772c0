import { Value } from 'typebox/value'
import { onTestFinished, vi } from 'vitest'
import type { Context } from '../../core/component.ts'
import type { FindingObserved, PostureEvent, ScanCompleted } from '../../schemas/generated/posture-event.ts'
import type { SecurityHubOptions } from '../../test/servers/security-hub/options.ts'
import { SecurityHubServer } from '../../test/servers/security-hub/security-hub-server.ts'
import type { Collector, Unreadable } from '../collector.ts'
import { awsSecurityHub } from './aws-security-hub.ts'
import { configSchema } from './config.ts'

export { ACCOUNT, FIRST_UPDATE, HOME, sampleFinding, sampleFindings } from './sample-finding.ts'

/** A server with the credentials of its first account (or another) in this process; it ends with the test. */
export async function startHub(options: SecurityHubOptions = {}, account?: string): Promise<SecurityHubServer> {
  const server = await SecurityHubServer.start({ rateFactor: Infinity, ...options })
  const { accessKeyId, secretAccessKey } = server.credentials(account)
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey)
  vi.stubEnv('AWS_SESSION_TOKEN', undefined)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await server.stop()
  })
  return server
}

/** What sweeps said and came to. */
export interface Swept {
  readonly events: readonly PostureEvent[]
  readonly findings: readonly FindingObserved[]
  readonly completed: readonly ScanCompleted[]
  readonly unreadable: readonly Unreadable[]
  readonly position: unknown
  readonly error: unknown
}

export class HubBench {
  readonly logged: { level: string; message: string; fields: object }[] = []
  readonly context: Context
  readonly #settings: object
  now = Date.now()

  /** Without a clock, the time is `now`, and stands. */
  constructor(server: { readonly url: string }, settings: object, clock: () => number = () => this.now) {
    const rate = { perSecond: 1e6, burst: 1e6 }
    this.#settings = { endpoint: server.url, stsEndpoint: server.url, rate, patience: '60s', ...settings }
    const at = (level: string) => (fields: object, message: string) => void this.logged.push({ level, message, fields })
    this.context = {
      name: 'hub',
      tenant: 'acme',
      clock,
      log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
      metrics: { count: () => {}, gauge: () => {}, observe: () => {} },
    }
  }

  /** A collector as a process that has just started has it. */
  async open(): Promise<Collector> {
    const config = Value.Parse(configSchema, Value.Default(configSchema, structuredClone(this.#settings)))
    const collector = await awsSecurityHub.create(config, this.context)
    onTestFinished(async () => collector.close?.())
    return collector
  }

  /** One sweep, or its first `batches`; what it throws is a part of what it came to. */
  async sweep(
    position?: unknown,
    { collector, batches = Infinity }: { collector?: Collector; batches?: number } = {},
  ): Promise<Swept> {
    const source = collector ?? (await this.open())
    const events: PostureEvent[] = []
    const unreadable: Unreadable[] = []
    let at = position
    let error: unknown
    let seen = 0
    try {
      for await (const batch of source.collect(position, new AbortController().signal)) {
        events.push(...batch.events)
        unreadable.push(...(batch.unreadable ?? []))
        // As it comes back from a checkpoint.
        if (batch.position !== undefined) at = JSON.parse(JSON.stringify(batch.position))
        if (++seen >= batches) break
      }
    } catch (thrown) {
      error = thrown
    }
    return {
      events,
      findings: events.filter((each) => each.type === 'finding.observed'),
      completed: events.filter((each) => each.type === 'scan.completed'),
      unreadable,
      position: at,
      error,
    }
  }
}

/** The distinct finding keys of a sweep. */
export function keysOf({ findings }: Swept): Set<string> {
  return new Set(findings.map(({ key }) => key))
}
