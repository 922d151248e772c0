import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { OtlpServer } from '../../test/servers/otlp/otlp-server.ts'
import { logInto, type Said } from '../../test/scratch-kafka.ts'
import { MetricsRegistry } from '../metrics-registry.ts'
import { openTracing, type OpenTracing } from './open-tracing.ts'

const never = new AbortController().signal

interface Opened extends OpenTracing {
  readonly metrics: MetricsRegistry
  readonly said: Said[]
}

function open(server: OtlpServer, sampleRatio = 1): Opened {
  const metrics = new MetricsRegistry()
  const said: Said[] = []
  const settings = { endpoint: server.endpoint, headers: { 'x-key': new Secret('s3cret') }, sampleRatio }
  const stream = { type: 'embedded', directory: '/unused' } as const
  const opened = openTracing(settings, { log: logInto(said), metrics, stream })
  onTestFinished(() => opened.close(AbortSignal.abort()))
  return { ...opened, metrics, said }
}

async function receiver(): Promise<OtlpServer> {
  const server = await new OtlpServer({ 'x-key': 's3cret' }).start()
  onTestFinished(() => server.stop())
  return server
}

function trace({ tracing }: OpenTracing, times: number): number {
  let sampled = 0
  for (let time = 0; time < times; time++) {
    const step = tracing.collecting('nightly')
    if (step !== undefined) sampled += 1
    step?.end()
  }
  return sampled
}

const dropped = async ({ metrics }: Opened, reason: string): Promise<number> => {
  const series = await metrics.series('posture_spans_dropped_total')
  return series.find(({ labels }) => labels['reason'] === reason)?.value ?? 0
}

describe('spans', () => {
  test('go to the endpoint with its headers, before a stop is over, and say which process they are from', async () => {
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=test,service.name=other')
    vi.stubEnv('OTEL_SERVICE_NAME', 'another')
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:9')
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-key=wrong')
    onTestFinished(() => void vi.unstubAllEnvs())
    const server = await receiver()
    const opened = open(server)
    trace(opened, 3)
    await opened.close(never)
    expect(server.answered).toEqual([200])
    const arrived = server.spans.map(({ name, kind }) => `${name}, ${kind}`)
    expect(arrived).toEqual(['collect nightly, internal', 'collect nightly, internal', 'collect nightly, internal'])
    expect(server.spans[0]!.resource).toMatchObject({
      'service.name': 'posture-stream',
      'service.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
      'service.instance.id': expect.stringMatching(/^[\da-f-]{36}$/),
      'deployment.environment.name': 'test',
    })
    expect(new Set(server.spans.map(({ traceId }) => traceId)).size).toBe(3)
    expect(await dropped(opened, 'stopped')).toBe(0)
  })

  test('are sampled in the share that is asked for, and no other exists', async () => {
    const server = await receiver()
    const opened = open(server, 0.1)
    const sampled = trace(opened, 5000)
    expect(sampled).toBeGreaterThan(380)
    expect(sampled).toBeLessThan(620)
    await opened.close(never)
    expect(server.spans).toHaveLength(sampled)
    expect(trace(open(server, 0), 1000)).toBe(0)
  })
})

describe('an endpoint', () => {
  test('that is down is told once, costs spans that are counted, and does not hold up a stop for long', async () => {
    const server = await receiver()
    const opened = open(server)
    await server.stop()
    trace(opened, 600)
    const began = performance.now()
    await opened.close(never)
    expect(performance.now() - began).toBeLessThan(4500)
    expect(opened.metrics.total('posture_spans_dropped_total')).toBe(600)
    const told = opened.said.map(({ message }) => message)
    expect(told.filter((message) => message.includes('ECONNREFUSED')).length).toBeLessThan(2)
    // How long the client tries varies: it gives up by itself now and then, just before the stop does.
    const stopped = await dropped(opened, 'stopped')
    expect(told.at(-1)).toContain(stopped > 0 ? 'could not be sent before the stop' : 'ECONNREFUSED')
  })

  test('that refuses the key is told once, with where to mend it and without the key', async () => {
    const server = await receiver()
    server.mood = 401
    const opened = open(server)
    trace(opened, 512)
    await vi.waitFor(async () => expect(await dropped(opened, 'export_failed')).toBe(512))
    trace(opened, 512)
    await vi.waitFor(async () => expect(await dropped(opened, 'export_failed')).toBe(1024))
    expect(opened.said.map(({ message }) => message)).toEqual([
      expect.stringContaining('it answered 401, so check tracing.headers'),
    ])
    expect(JSON.stringify(opened.said)).not.toContain('s3cret')
    server.mood = 'well'
    trace(opened, 1)
    await opened.close(never)
    expect(opened.said.at(-1)?.message).toBe('Traces are sent again.')
    expect(server.spans).toHaveLength(1)
  })

  test('that does not answer holds up nobody: the queue fills, the rest is counted, and a stop ends in time', async () => {
    const server = await receiver()
    server.mood = 'silent'
    const opened = open(server)
    const began = performance.now()
    trace(opened, 6000)
    expect(performance.now() - began).toBeLessThan(2000)
    await sleep(20)
    const late = AbortSignal.timeout(300)
    const stopping = performance.now()
    await opened.close(late)
    expect(performance.now() - stopping).toBeLessThan(1500)
    expect(await dropped(opened, 'queue_full')).toBeGreaterThan(1000)
    expect(opened.metrics.total('posture_spans_dropped_total')).toBe(6000)
    trace(opened, 1)
    expect(opened.metrics.total('posture_spans_dropped_total')).toBe(6001)
  })
})
