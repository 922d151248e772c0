import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defenderFormat } from '../../collectors/azure-event-hubs/mapping/defender-format.ts'
import { anyMessage, anyRecord } from '../../collectors/azure-event-hubs/mapping/sample-bodies.ts'
import { defenderFindings, ENQUEUED } from '../../collectors/azure-event-hubs/mapping/sample-defender-findings.ts'
import { errorCode } from '../../core/errors.ts'
import { MessageReading } from '../../collectors/messages/message-reading.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'

/** Half of them are one record each, half any text. */
const BODIES = 200_000
const BATCH = 2000
const SEED = Number(process.env['FUZZ_SEED'] ?? 10)

const log = () => undefined
const context = {
  tenant: 'acme',
  name: 'hub',
  clock: () => ENQUEUED,
  log: { debug: log, info: log, warn: log, error: log },
  metrics: { count: log, gauge: log, observe: log },
}

test(`${BODIES} random and mutated messages of Defender for Cloud become valid events or clear rejections`, () => {
  const schemas = new SchemaRegistry()
  const reading = new MessageReading(context, 'hub', defenderFormat)
  const counts = new Map<string, number>()
  const count = (what: string, by = 1): void => void counts.set(what, (counts.get(what) ?? 0) + by)
  const bodies = fc.oneof(
    anyMessage,
    anyRecord.map((record) => JSON.stringify(record)),
  )
  let spent = 0
  for (let from = 0; from < BODIES; from += BATCH) {
    const messages = fc
      .sample(bodies, { numRuns: BATCH, seed: SEED + from })
      .map((body, at) => ({ id: `0/${from + at}`, body: Buffer.from(body), sentAt: ENQUEUED }))
    const began = process.cpuUsage()
    const { batch, others } = reading.read(messages)
    const { user, system } = process.cpuUsage(began)
    spent += (user + system) / 1e6
    for (const event of batch.events) count(schemas.check('posture-event', event).type)
    for (const { error } of batch.unreadable ?? []) count(errorCode(error))
    for (const [kind, number] of others) count(kind === 'an empty message' ? kind : 'of another type', number)
  }
  console.log(`${BODIES} messages, seed ${SEED}: ${JSON.stringify(Object.fromEntries(counts))}`)
  console.log(`Read and mapped ${Math.round(BODIES / spent)} a CPU second.`)
  expect(
    [...counts.keys()].filter((what) => !/^(RECORD|MESSAGE)_|^(finding|control)\.|^of another|^an empty/.test(what)),
  ).toEqual([])
  expect(counts.get('RECORD_UNREADABLE')).toBeUndefined()
  expect(counts.get('finding.observed')).toBeGreaterThan(BODIES / 3)
  for (const { body } of defenderFindings) {
    const { batch } = reading.read([{ id: '0/0', body: JSON.stringify(body), sentAt: ENQUEUED }])
    expect([batch.events.length, batch.unreadable]).toEqual([1, []])
  }
})
