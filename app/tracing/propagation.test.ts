import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { expect, test, vi } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import { EventTraces } from '../../enrichment/event-traces.ts'
import { eventHeaders, findingHeaders } from '../../schemas/records.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { sampleFinding } from '../../sinks/sample-findings.ts'
import { SINK } from '../../sinks/sample-stage.ts'
import { topics } from '../../stream/topics.ts'
import { statement } from '../../test/sample-statement.ts'
import { NOW, SampleStages } from './sample-stages.ts'
import { collect, SampleTraces } from './sample-traces.ts'

const { key } = statement('bucket')
const schemas = new SchemaRegistry()
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

const idOf = (span: ReadableSpan): string => span.spanContext().spanId
const traceOf = (span: ReadableSpan): string => span.spanContext().traceId

test('one trace goes from the collector through enrichment to the sink, one step the parent of the next', async () => {
  const traces = new SampleTraces()
  const stages = await SampleStages.open(traces.tracing)
  await stages.take(['bucket'])
  const names = ['collect nightly', 'send posture.events', 'process posture.events', 'send posture.findings']
  const chain = [...names, 'deliver posture.findings'].map((name) => traces.only(name))
  expect(new Set(chain.map(traceOf)).size).toBe(1)
  expect(chain.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
    undefined,
    ...chain.slice(0, -1).map(idOf),
  ])
  const [collected, , processed, sent, delivered] = chain
  expect(collected!.attributes).toEqual({
    'posture.collector': 'nightly',
    'posture.event.type': 'finding.observed',
    'posture.source.origin': 'report.json#0',
    'posture.finding.key': key,
    'posture.outcome': 'published',
  })
  expect(processed!.attributes).toMatchObject({
    'messaging.system.name': 'sqlite',
    'messaging.operation.type': 'process',
    'messaging.destination.name': 'posture.events',
    'messaging.consumer.group.name': 'enrichment',
    'posture.finding.key': key,
    'posture.emissions': 1,
  })
  const revision = { 'posture.finding.key': key, 'posture.finding.revision': 1, 'posture.cause': 'observed' }
  expect(sent!.attributes).toMatchObject({ ...revision, 'messaging.operation.type': 'send' })
  expect(delivered!.attributes).toMatchObject({
    ...revision,
    'messaging.message.id': `${key}/1`,
    'posture.sink': SINK,
    'posture.outcome': 'delivered',
    'posture.attempts': 1,
  })
})

test('an attempt of a sink is a trace of its own, and is linked with what it was given', async () => {
  const traces = new SampleTraces()
  const stages = await SampleStages.open(traces.tracing)
  await stages.take(['bucket', 'other', 'third'])
  const delivered = traces.named('deliver posture.findings')
  expect(new Set(delivered.map(traceOf)).size).toBe(3)
  const attempts = traces.named(`attempt ${SINK}`)
  const linked = attempts.flatMap(({ links }) => links.map(({ context }) => context.spanId))
  expect(linked.toSorted()).toEqual(delivered.map(idOf).toSorted())
  for (const span of delivered) expect(attempts.map(idOf)).toContain(span.links[0]?.context.spanId)
  for (const attempt of attempts) expect(delivered.map(traceOf)).not.toContain(traceOf(attempt))
})

test('without tracing no record carries a trace; with it the findings are the same', async () => {
  const without = await SampleStages.open()
  await without.take(['bucket'])
  const traced = await SampleStages.open(new SampleTraces().tracing)
  await traced.take(['bucket'])
  for (const topic of [topics.events.name, topics.findings.name]) {
    expect((await without.headers(topic)).map((headers) => headers['traceparent'])).toEqual([undefined])
    expect((await traced.headers(topic)).map((headers) => headers['traceparent'])).toEqual([
      expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-01$/),
    ])
  }
  const told = ({ sink }: SampleStages): string[] => sink.taken.map(({ bytes }) => Buffer.from(bytes).toString())
  expect(told(traced)).toEqual(told(without))
  const state = async ({ sink }: SampleStages): Promise<string[]> =>
    (await sink.records(topics.state.name))
      .filter((record) => record.key.startsWith('finding/'))
      .map(({ value }) => Buffer.from(value ?? []).toString())
  expect(await state(traced)).toEqual([expect.stringContaining('"meaning":')])
  expect(await state(traced)).toEqual(await state(without))
})

test('sampling is decided for each statement where it is read, and only what is sampled carries a header', async () => {
  const traces = new SampleTraces(0.3)
  const stages = await SampleStages.open(traces.tracing)
  await stages.take(Array.from({ length: 60 }, (_, number) => `bucket-${number}`))
  const sampled = traces.named('collect nightly').length
  expect(sampled).toBeGreaterThan(3)
  expect(sampled).toBeLessThan(40)
  for (const topic of [topics.events.name, topics.findings.name]) {
    const headers = await stages.headers(topic)
    expect(headers).toHaveLength(60)
    expect(headers.filter(({ traceparent }) => traceparent !== undefined)).toHaveLength(sampled)
  }
  expect(traces.named('deliver posture.findings')).toHaveLength(sampled)
  expect(new Set(traces.named('deliver posture.findings').map(traceOf)).size).toBe(sampled)
})

test('a finding that is delivered twice, because of a crash before the commit, is two spans of one trace', async () => {
  const traces = new SampleTraces()
  const stages = await SampleStages.open(traces.tracing)
  await collect(stages.stream, traces.tracing, statement('bucket'))
  await stages.enriched()
  let crashes = 1
  const consume = stages.stream.consume.bind(stages.stream)
  stages.stream.consume = (options, handle) =>
    consume(options, async (batch) => {
      const committed = await handle(batch)
      if (crashes-- > 0) throw new Error('the process ends here')
      return committed
    })
  await stages.sink.run({ tracing: traces.tracing })
  const delivered = traces.named('deliver posture.findings')
  expect(delivered.map(({ attributes }) => attributes['posture.outcome'])).toEqual(['delivered', 'delivered'])
  expect(new Set(delivered.map(traceOf)).size).toBe(1)
  expect(new Set(delivered.map(idOf)).size).toBe(2)
})

test('a finding that is not taken says why, by its code alone, and its dead letter keeps the trace', async () => {
  const traces = new SampleTraces()
  const stages = await SampleStages.open(traces.tracing)
  const judge = (): Error => new PermanentError('SIEM_REFUSED', 'the bucket secret-plans is not welcome')
  await stages.take(['bucket'], { judge })
  const delivered = traces.only('deliver posture.findings')
  expect(delivered.status).toEqual({ code: 2, message: 'SIEM_REFUSED' })
  expect(delivered.attributes).toMatchObject({ 'error.type': 'SIEM_REFUSED', 'posture.outcome': 'rejected' })
  expect(
    JSON.stringify(traces.spans.map(({ attributes, status, events }) => [attributes, status, events])),
  ).not.toContain('secret-plans')
  const [letter] = await stages.headers(topics.deadLetters.name)
  const [finding] = await stages.headers(topics.findings.name)
  expect(letter?.['traceparent']).toBe(finding?.['traceparent'])
})

test('a sink that fails as a whole leaves the reason on its attempts, and what is given it again counts them', async () => {
  const traces = new SampleTraces()
  const stages = await SampleStages.open(traces.tracing)
  let failures = 2
  const judge = (): undefined => {
    if (failures-- > 0) throw new PermanentError('SIEM_CONFUSED', 'it does not know')
  }
  await stages.take(['bucket'], { judge, batch: 1 })
  const attempts = traces.named(`attempt ${SINK}`)
  expect(attempts.map(({ status }) => status.message)).toContain('SIEM_CONFUSED')
  const delivered = traces.only('deliver posture.findings')
  expect(delivered.links).toHaveLength(attempts.length)
  expect(delivered.attributes['posture.attempts']).toBe(attempts.length)
})

test('an event that enrichment cannot take ends its trace with the code, and keeps it for a replay', async () => {
  const traces = new SampleTraces()
  const stages = await SampleStages.open(traces.tracing)
  const headers = { ...eventHeaders(statement('bucket')), traceparent: TRACEPARENT }
  await stages.stream.publish(topics.events.name, [{ key: 'k', value: Buffer.from('{'), headers }])
  await stages.enriched()
  const processed = traces.only('process posture.events')
  expect(processed.status).toEqual({ code: 2, message: 'JSON_INVALID' })
  expect(processed.attributes['posture.outcome']).toBe('dead_letter')
  expect((await stages.headers(topics.deadLetters.name))[0]).toMatchObject({
    traceparent: TRACEPARENT,
    dl_code: 'JSON_INVALID',
  })
})

test('of an event that changes very many findings the first hundred are followed, and all are counted', () => {
  const traces = new SampleTraces()
  const event = statement('bucket')
  const record = { topic: topics.events.name, partition: 0, offset: 7n, timestamp: NOW, key, value: null }
  const events = new EventTraces(traces.tracing, 'enrichment')
  const trace = events.begin({ ...record, headers: { traceparent: TRACEPARENT } })!
  const emissions = Array.from({ length: 150 }, (_, number) => {
    const { bytes, ...about } = sampleFinding(`k${number}`)
    return { record: { key: about.key, value: bytes, headers: findingHeaders(about, NOW) }, cause: about.cause }
  })
  const headers = trace.applied(event, 'accepted', emissions).map((each) => each.record.headers ?? {})
  expect(headers.filter(({ traceparent }) => traceparent !== undefined)).toHaveLength(100)
  expect(traces.spans).toEqual([])
  trace.ended(undefined)
  events.committed()
  expect(traces.named('send posture.findings')).toHaveLength(100)
  expect(traces.only('process posture.events').attributes['posture.emissions']).toBe(150)
})

test('a finding says when its cause was written; what the clock causes says neither that nor a trace', async () => {
  const stages = await SampleStages.open(new SampleTraces().tracing)
  await stages.take(['bucket'])
  stages.enrichment.now = NOW + 31 * 24 * 3600 * 1000
  const emitted = async () => await stages.sink.records(topics.findings.name)
  await vi.waitFor(async () => expect(await emitted()).toHaveLength(2), 10_000)
  const [event] = await stages.sink.records(topics.events.name)
  const [observed, refreshed] = (await emitted()).map(({ headers }) => headers)
  expect(observed).toMatchObject({ cause: 'observed', caused_at: String(event?.timestamp) })
  expect(refreshed).toMatchObject({ cause: 'refresh' })
  expect(refreshed).not.toHaveProperty('caused_at')
  expect(refreshed).not.toHaveProperty('traceparent')
})

test.each([
  ['nonsense', 'nonsense'],
  ['one that is not sampled', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'],
  ['an id of zeros', '00-00000000000000000000000000000000-00f067aa0ba902b7-01'],
  ['capitals', '00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01'],
  ['a version that cannot be', 'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
  ['more than version 00 has', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x'],
])('%s as a header from outside is ignored: the finding goes its way without a trace', async (_name, traceparent) => {
  const traces = new SampleTraces()
  const stages = await SampleStages.open(traces.tracing)
  const event = statement('bucket')
  const value = schemas.encode('posture-event', event)
  const headers = { ...eventHeaders(event), traceparent }
  await stages.stream.publish(topics.events.name, [{ key: event.key, value, headers, partition: 1 }])
  await stages.enriched()
  await stages.sink.run({ tracing: traces.tracing })
  expect(stages.sink.taken).toHaveLength(1)
  expect(traces.spans).toEqual([])
  expect((await stages.headers(topics.findings.name))[0]).not.toHaveProperty('traceparent')
})
