import { onTestFinished } from 'vitest'
import { unwatched } from '../../core/condition.ts'
import { Secret } from '../../core/secret.ts'
import { HecServer } from '../../test/servers/hec/hec-server.ts'
import type { HecOptions } from '../../test/servers/hec/options.ts'
import { FaultyProxy, type FaultyProxyOptions } from '../../test/servers/faulty-proxy.ts'
import { deliver, type Rejection } from '../deliver.ts'
import { SinkHealth } from '../health.ts'
import { sampleFinding } from '../sample-findings.ts'
import type { PostureFinding, Sink } from '../sink.ts'
import type { SplunkConfig } from './config.ts'
import { splunk } from './splunk.ts'

/** A canary: wherever it turns up but in the header of a request, it has leaked. */
export const TOKEN = 'canary-7f3c9e21'
export const ACK_TOKEN = 'canary-ack-51d0'

export const { signal: forever } = new AbortController()

/** An HEC for one test, which knows both tokens. */
export async function newHec(options: Partial<HecOptions> = {}): Promise<HecServer> {
  const server = await HecServer.start({ tokens: [{ token: TOKEN }, { token: ACK_TOKEN, acks: true }], ...options })
  onTestFinished(() => server.stop())
  return server
}

/** A proxy for one test. */
export async function newProxy(target: string, options: FaultyProxyOptions = {}): Promise<FaultyProxy> {
  const proxy = await FaultyProxy.start(target, options)
  onTestFinished(() => proxy.stop())
  return proxy
}

export interface OpenedSplunk extends Sink {
  /** `level message` of everything that was logged, and the fields. */
  readonly told: readonly { readonly what: string; readonly fields: object }[]
  /** Delivers, and gives the status of each outcome, or the code of its error. */
  send(...batch: PostureFinding[]): Promise<string[]>
  /** Delivers as the pipeline does, until each finding is delivered or rejected. */
  pump(batch: readonly PostureFinding[], signal?: AbortSignal): Promise<Rejection[]>
}

/** A sink before these endpoints, closed when the test ends. */
export async function openSplunk(
  endpoints: readonly string[],
  config: Partial<Omit<SplunkConfig, 'token'>> & { readonly token?: string } = {},
): Promise<OpenedSplunk> {
  const told: { what: string; fields: object }[] = []
  const say = (level: string) => (fields: object, message: string) =>
    void told.push({ what: `${level} ${message}`, fields })
  const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  const metrics = { count() {}, gauge() {}, observe() {} }
  const { token = config.acknowledge ? ACK_TOKEN : TOKEN, ...rest } = config
  const complete: SplunkConfig = {
    endpoints: [...endpoints],
    token: new Secret(token),
    sourcetypePrefix: 'ocsf:',
    source: 'posture-stream',
    compression: true,
    maxBatchBytes: 800_000,
    maxEventBytes: 900_000,
    requestTimeoutMs: 5000,
    ...rest,
  }
  const sink = await splunk.create(complete, { name: 'siem', tenant: 'acme', log, metrics, clock: Date.now })
  onTestFinished(() => sink.close!())
  const health = new SinkHealth(sink, { name: 'siem', log, metrics, condition: unwatched, freshMs: 1 })
  const options = { maxAttempts: 3, backoff: { initialMs: 5, maxMs: 20 } }
  return Object.assign(sink, {
    told,
    send: async (...batch: PostureFinding[]) =>
      (await sink.deliver(batch, forever)).map((each) =>
        each.status === 'delivered' ? each.status : String((each.error as { code?: unknown }).code),
      ),
    pump: (batch: readonly PostureFinding[], signal = forever) => deliver(sink, batch, options, health, signal),
  })
}

/** Everything that was indexed, in order, as `key@revision`, once per copy. */
export function copies(...servers: readonly HecServer[]): string[] {
  return servers
    .flatMap((server) => server.events())
    .map(({ envelope: { fields } }) => `${String(fields?.['finding_key'])}@${String(fields?.['revision'])}`)
}

/** What the shipped search shows: each finding and revision once. */
export function shown(...servers: readonly HecServer[]): string[] {
  return [...new Set(copies(...servers))]
}

/** Findings named by one letter, or by `letter@revision`. */
export function findings(...ids: readonly string[]): PostureFinding[] {
  return ids.map((id) => sampleFinding(id.split('@')[0]!, Number(id.split('@')[1] ?? 1)))
}

/** A finding that HEC refuses: its event is blank. */
export function blank(key: string): PostureFinding {
  return { ...sampleFinding(key), bytes: Buffer.from('{}') }
}
