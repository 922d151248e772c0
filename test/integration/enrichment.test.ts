import { expect, test, vi } from 'vitest'
import { enrichersOf } from '../../enrichment/catalog.ts'
import type { Enricher } from '../../enrichment/enricher.ts'
import { ENRICHMENT_GROUP } from '../../enrichment/enrichment-group.ts'
import { eventHeaders, type Headers } from '../../schemas/records.ts'
import { topics } from '../../stream/topics.ts'
import { samplePriority } from '../sample-priority.ts'
import { statement } from '../sample-statement.ts'
import { ScratchEnrichmentStage } from '../scratch-enrichment-stage.ts'

const DAY = 24 * 3600 * 1000
const START = Date.UTC(2026, 10, 25, 12)

function open(): Promise<ScratchEnrichmentStage> {
  return ScratchEnrichmentStage.open({ now: START })
}

/** Enrichment with this one after all others. */
function beside(enricher: Enricher) {
  return { enrichers: () => [...enrichersOf({}), enricher] }
}

async function publishBytes(bench: ScratchEnrichmentStage, value: Uint8Array | null, headers: Headers): Promise<void> {
  await bench.stream.publish(topics.events.name, [{ key: 'k', value, headers, partitionBy: 'acme/123456789012' }])
}

test('findings lie in the partition of their event, with what their readers need in the headers', async () => {
  const bench = await open()
  await bench.publish(statement('bucket-a'), statement('bucket-a', { verdict: 'pass', at: START + DAY }))
  await bench.settled()
  const [event] = await bench.records(topics.events.name)
  const findings = await bench.records(topics.findings.name)
  expect(findings.map(({ partition }) => partition)).toEqual([event!.partition, event!.partition])
  expect(await bench.emitted()).toEqual(['1 open observed', '2 resolved observed'])
  expect(bench.metrics.total('posture_enrichment_emitted_total')).toBe(2)
})

test('a poison record becomes a dead letter with its bytes and origin, and blocks nothing', async () => {
  const bench = await open()
  const poison = Buffer.from('{"type": "finding.observed"')
  const wrongKey = { ...statement('bucket-b'), key: `v1:${'0'.repeat(32)}` }
  await bench.publish(statement('bucket-a'))
  await publishBytes(bench, poison, eventHeaders(statement('bucket-b')))
  await publishBytes(bench, null, eventHeaders(statement('bucket-b')))
  await publishBytes(bench, Buffer.from('{}'), {})
  await bench.publish(wrongKey, statement('bucket-c'))
  await bench.settled()
  const dead = await bench.records(topics.deadLetters.name)
  expect(dead.map(({ headers }) => headers['dl_code'])).toEqual([
    'JSON_INVALID',
    'RECORD_EMPTY',
    'SCHEMA_UNKNOWN',
    'FINDING_KEY_MISMATCH',
  ])
  expect(Buffer.from(dead[0]!.value!)).toEqual(poison)
  expect(dead[0]!.headers['dl_origin']).toMatch(/^posture\.events\/\d\/1$/)
  expect(await bench.emitted()).toEqual(['1 open observed', '1 open observed'])
})

test('an enricher that throws costs the finding in hand alone, and leaves its state as it was', async () => {
  const bench = await open()
  await bench.stop()
  const faulty: Enricher = {
    name: 'faulty',
    version: 1,
    consumes: [],
    apply: () => [],
    enrich: ({ identity }) => {
      if (identity.resource === 'bucket-b') throw new TypeError('a defect')
      return {}
    },
  }
  await bench.start(beside(faulty))
  await bench.publish(statement('bucket-a'), statement('bucket-b'), statement('bucket-c'))
  await bench.settled()
  expect(await bench.emitted()).toHaveLength(2)
  expect((await bench.records(topics.deadLetters.name)).map(({ headers }) => headers['dl_message'])).toEqual([
    'a defect',
  ])
  await bench.stop()
  await bench.start()
  await bench.publish(statement('bucket-b'))
  await bench.settled()
  expect(await bench.emitted()).toHaveLength(3)
})

test('a record of a newer version stops the partition and is no dead letter', async () => {
  const bench = await open()
  await publishBytes(bench, Buffer.from('{}'), { ...eventHeaders(statement('bucket-a')), schema: 'posture-event/2' })
  await bench.publish(statement('bucket-a'))
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(await bench.stream.lag(topics.events.name, ENRICHMENT_GROUP)).toBe(2)
  expect(await bench.records(topics.deadLetters.name)).toEqual([])
})

test('a local store that is lost, or belongs to another stream, is restored from posture.state', async () => {
  const bench = await open()
  await bench.publish(statement('bucket-a'), statement('bucket-b'))
  await bench.settled()
  const { state } = bench
  await bench.stop()
  await bench.start({ lost: true })
  await bench.publish(statement('bucket-a'), statement('bucket-b', { verdict: 'pass', at: START + DAY }))
  await bench.settled()
  expect(await bench.emitted()).toEqual(['1 open observed', '1 open observed', '2 resolved observed'])
  expect(bench.store.counts()).toEqual({ open: 1, resolved: 1 })

  const other = await open()
  await other.stop()
  other.state = state
  await other.start()
  await other.publish(statement('bucket-a'))
  await other.settled()
  expect(await other.emitted()).toEqual(['1 open observed'])
})

test('what time alone brings happens without any record: refresh, then forgetting', async () => {
  const bench = await open()
  await bench.publish(statement('bucket-a'))
  await bench.settled()
  bench.now = START + 30 * DAY
  await vi.waitFor(async () => expect(await bench.emitted()).toEqual(['1 open observed', '2 open refresh']), 5000)
  await bench.publish(statement('bucket-a', { verdict: 'pass', at: bench.now }))
  await bench.settled()
  bench.now = START + 430 * DAY
  await vi.waitFor(
    async () =>
      expect(await bench.emitted()).toEqual(['1 open observed', '2 open refresh', '3 resolved observed', 'forgotten']),
    5000,
  )
  expect(bench.store.counts()).toEqual({})
})

test('other rules have every finding enriched again, in steps, and only what means something else comes out', async () => {
  const bench = await open()
  const resources = Array.from({ length: 700 }, (_, index) => `bucket-${index}`)
  await bench.publish(...resources.map((resource) => statement(resource)))
  await bench.settled()
  await bench.stop()
  await bench.start({ ruleset: 'two' })
  await bench.settled()
  expect(await bench.emitted()).toHaveLength(700)
  await bench.stop()
  const raised: Enricher = {
    name: 'raised',
    version: 1,
    consumes: [],
    apply: () => [],
    enrich: ({ identity }) => (identity.resource.endsWith('7') ? { priority: samplePriority('P1') } : {}),
  }
  await bench.start({ ruleset: 'three', ...beside(raised) })
  await bench.settled()
  const context = (await bench.emitted()).slice(700)
  expect(context).toEqual(Array.from({ length: 70 }, () => '2 open context'))
})
