import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi, type TestContext } from 'vitest'
import { checkpointKey } from '../../collectors/checkpoint.ts'
import { ENRICHMENT_GROUP } from '../../enrichment/enrichment-group.ts'
import { eventHeaders, findingHeaders } from '../../schemas/records.ts'
import { topics } from '../../stream/topics.ts'
import { statement } from '../sample-statement.ts'
import type { RawMessage } from '../scratch-kafka.ts'
import { ScratchStages } from '../scratch-stages.ts'
import { consoleProducer } from '../servers/kafka/tools.ts'

const PARTITION = 0
/** What the console producer writes as no value at all. */
const NULL = '\u001A'
const notUtf8 = Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x00])
const event = statement('bucket-bad')
const goodHeaders = eventHeaders(event)
const goodValue = Buffer.from(JSON.stringify(event))

/** Records that no version of ours has ever written. */
const garbage: readonly RawMessage[] = [
  { key: null, value: null },
  { key: null, value: Buffer.alloc(0), headers: goodHeaders },
  { key: notUtf8, value: notUtf8, headers: { schema: notUtf8, tenant: notUtf8 } },
  { key: 'no headers', value: goodValue },
  { key: 'not UTF-8', value: notUtf8, headers: goodHeaders },
  { key: 'not JSON', value: '{"type": "finding.observed"', headers: goodHeaders },
  { key: 'deep', value: '['.repeat(50_000), headers: goodHeaders },
  { key: 'other', value: 'null', headers: goodHeaders },
  { key: 'not a kind', value: goodValue, headers: { ...goodHeaders, schema: 'posture-event/one' } },
  { key: 'empty names', value: '{}', headers: { '': '', __proto__: 'x', constructor: 'y', schema: '' } },
  { key: 'many', value: '{}', headers: Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`h${at}`, 'v'])) },
  { key: 'repeated', value: '{}', headers: { ...goodHeaders, schema: ['posture-event/1', 'nonsense'] } },
]

async function start(context: TestContext) {
  const stages = await ScratchStages.start('kafka', context)
  const producer = stages.kafka!.client().producer({ allowAutoTopicCreation: false })
  await producer.connect()
  onTestFinished(() => producer.disconnect())
  const write = async (topic: keyof typeof topics, messages: readonly RawMessage[]): Promise<void> => {
    // A compacted topic takes no record without a key.
    const keyed = topics[topic].cleanup === 'compact'
    const placed = messages.map((each) => ({
      ...each,
      partition: PARTITION,
      ...(keyed ? { key: each.key ?? '' } : {}),
    }))
    await producer.send({ topic: stages.kafka!.physical(topics[topic].name), messages: placed })
  }
  return { stages, write }
}

test('garbage on posture.events becomes dead letters with its bytes, and stops nothing', async (context) => {
  const { stages, write } = await start(context)
  const { brokers } = stages.kafka!.options
  await write('events', garbage)
  await consoleProducer({ brokers, topic: stages.kafka!.physical(topics.events.name) }, [
    { key: 'null header', value: '{}', headers: { schema: NULL, tenant: NULL } },
  ])
  await write('events', [{ key: event.key, value: goodValue, headers: goodHeaders }])
  await stages.settled()
  expect(stages.delivered.map(({ key }) => key)).toEqual([event.key])
  const letters = await stages.records('deadLetters')
  expect(letters).toHaveLength(garbage.length + 1)
  expect(letters.every(({ headers }) => headers['dl_stage'] === 'enrichment' && headers['dl_message'] !== '')).toBe(
    true,
  )
  const written = garbage.map(({ value }) => Buffer.from(value ?? '').toString('hex'))
  const found = letters
    .filter(({ partition }) => partition === PARTITION)
    .map(({ value }) => Buffer.from(value!).toString('hex'))
  expect(found).toEqual(expect.arrayContaining(written))
  expect(letters.find(({ key }) => key === 'empty names')?.headers).toMatchObject({ constructor: 'y', schema: '' })
})

test('garbage on posture.findings becomes dead letters of the sink, and stops nothing', async (context) => {
  const { stages, write } = await start(context)
  const about = { key: 'k', tenant: 'acme', revision: 1, state: 'open', priority: 'P2', cause: 'observed' } as const
  const headers = findingHeaders(about, 0)
  const bad = garbage.map((message) => ({ ...message, value: message.value ?? '' }))
  const changed = [
    { ...headers, revision: '1e400' },
    { ...headers, finding_key: '' },
    { ...headers, schema: 'posture-finding/0' },
  ].map((wrong): RawMessage => ({ key: 'k', value: '{}', headers: wrong }))
  await write('findings', [...bad, ...changed, { key: 'gone', value: null }, { key: 'k', value: '{"a":1}', headers }])
  await stages.settled()
  expect(stages.delivered.map(({ event: delivered }) => delivered)).toEqual([{ a: 1 }])
  const outcomes = await stages.metrics.series('posture_sink_records_total')
  const foreign = outcomes.find(({ labels }) => labels['outcome'] === 'foreign_tenant')?.value ?? 0
  const letters = await stages.records('deadLetters')
  expect(foreign + letters.length).toBe(bad.length + changed.length)
  expect(letters.every(({ headers: { dl_stage: stage } }) => stage === 'sinks')).toBe(true)
})

test('a checkpoint that is garbage has its collector begin again', async (context) => {
  const { stages, write } = await start(context)
  const key = checkpointKey({ tenant: 'acme', name: 'numbered' })
  await write('checkpoints', [...garbage, { key, value: notUtf8, headers: { schema: notUtf8 } }])
  await stages.collect([event])
  await stages.settled()
  expect(stages.delivered.map(({ key: delivered }) => delivered)).toEqual([event.key])
})

test('garbage on posture.state stops that partition alone, is told once, and is not tried without a pause', async (context) => {
  const { stages, write } = await start(context)
  await stages.settled()
  await write('state', [{ key: 'finding/x', value: notUtf8, headers: { schema: 'state/1' } }])
  // Any failure takes the partition over anew, and so reads the state.
  await write('events', [{ key: 'k', value: '{}', headers: { schema: 'posture-event/2' } }])
  const told = () => stages.said.filter(({ level, fields }) => level === 'error' && fields['code'] === 'STATE_CORRUPT')
  await vi.waitFor(() => expect(told()).toHaveLength(1), { timeout: 20_000 })
  const cpu = process.cpuUsage()
  await sleep(5000)
  const { user, system } = process.cpuUsage(cpu)
  expect(told()).toHaveLength(1)
  expect((user + system) / 1e6).toBeLessThan(2.5)
  expect(await stages.stream.lag(topics.events.name, ENRICHMENT_GROUP)).toBe(1)
  const other = Array.from({ length: 20 }, (_, at) => `${at}`).map((partitionBy) => ({
    key: partitionBy,
    value: Buffer.from('{}'),
    partition: 1,
  }))
  await stages.stream.publish(topics.events.name, other)
  await vi.waitFor(async () => expect(await stages.records('deadLetters')).toHaveLength(20), { timeout: 20_000 })
})
