import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import { sccSamples, PUBLISHED } from '../../collectors/gcp-pubsub/mapping/sample-scc.ts'
import { anyTextOf } from '../../collectors/gcp-pubsub/mapping/sample-texts.ts'
import { sccFormat } from '../../collectors/gcp-pubsub/mapping/scc-format.ts'
import type { MessageContent } from '../../collectors/messages/message.ts'
import { findingEvent } from '../../collectors/records/finding-event.ts'
import { anyBodyOf } from '../../collectors/records/sample-mutations.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'

const BODIES = 200_000
const BATCH = 2000
const SEED = Number(process.env['FUZZ_SEED'] ?? 10)

const options = { zone: 'UTC', reportedAt: PUBLISHED, withoutData: false }
const samples = sccSamples.map(({ body }) => body)

/** What a message holds, or the code with which it is refused. */
function opened(text: string): MessageContent | string {
  try {
    return sccFormat.open(text)
  } catch (error) {
    if (error instanceof PermanentError) return error.code
    throw error
  }
}

test(`${BODIES} random and mutated bodies of Security Command Center become valid events or clear rejections`, () => {
  const context = { tenant: 'acme', name: 'scc', clock: () => PUBLISHED }
  const schemas = new SchemaRegistry()
  const counts = new Map<string, number>()
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)
  // Every other batch is of texts, in envelopes and damaged, and the rest of bodies as their source writes them.
  const texts = [anyTextOf(samples), anyBodyOf(samples).map((body) => JSON.stringify(body))]
  let mapping = 0
  for (let from = 0; from < BODIES; from += BATCH) {
    const bodies = fc.sample(texts[(from / BATCH) % 2]!, { numRuns: BATCH, seed: SEED + from })
    const began = process.cpuUsage()
    const outcomes = bodies.flatMap((body) => {
      const content = opened(body)
      if (typeof content === 'string') return [content]
      return [
        ...content.others.map(() => 'other'),
        ...content.findings.map(({ record }) => sccFormat.map(record, options)),
      ]
    })
    const { user, system } = process.cpuUsage(began)
    mapping += (user + system) / 1e6
    for (const mapped of outcomes) {
      if (typeof mapped === 'string') count(mapped)
      else count(mapped.outcome === 'rejected' ? mapped.error.code : mapped.outcome)
      if (typeof mapped === 'string' || mapped.outcome !== 'finding') continue
      schemas.check('posture-event', findingEvent(context, mapped.finding.statement, 'bytes'))
    }
  }
  console.log(`${BODIES} bodies, seed ${SEED}: ${JSON.stringify(Object.fromEntries(counts))}`)
  console.log(`Read and mapped ${Math.round(BODIES / mapping)} a CPU second.`)
  expect(counts.get('RECORD_UNREADABLE')).toBeUndefined()
  expect(counts.get('finding')).toBeGreaterThan(BODIES / 3)
  for (const body of samples) {
    const { findings } = sccFormat.open(JSON.stringify(body))
    expect(findings.map(({ record }) => sccFormat.map(record, options).outcome)).toEqual(['finding'])
  }
})
