import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mapAsff } from '../../collectors/asff/asff.ts'
import { findingEvent } from '../../collectors/records/finding-event.ts'
import { anyBody } from '../../collectors/asff/sample-mutations.ts'
import { ASKED, asffFindings, ocsfFindings } from '../../collectors/asff/sample-findings.ts'
import { mapSecurityHubOcsf } from '../../collectors/asff/ocsf.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'

const BODIES = 200_000
const BATCH = 2000
const SEED = Number(process.env['FUZZ_SEED'] ?? 6)

test(`${BODIES} random and mutated bodies of Security Hub become valid events or clear rejections`, () => {
  const options = { zone: 'UTC', reportedAt: ASKED, withoutData: false }
  const context = { tenant: 'acme', name: 'hub', clock: () => ASKED }
  const schemas = new SchemaRegistry()
  const counts = new Map<string, number>()
  let mapping = 0
  for (let from = 0; from < BODIES; from += BATCH) {
    const bodies = fc.sample(anyBody, { numRuns: BATCH, seed: SEED + from })
    const began = process.cpuUsage()
    const outcomes = bodies.map((body, at) =>
      (isOcsf(body) === at % 8 > 0 ? mapSecurityHubOcsf : mapAsff)(body, options),
    )
    const { user, system } = process.cpuUsage(began)
    mapping += (user + system) / 1e6
    for (const mapped of outcomes) {
      const what = mapped.outcome === 'rejected' ? mapped.error.code : mapped.outcome
      counts.set(what, (counts.get(what) ?? 0) + 1)
      if (mapped.outcome !== 'finding') continue
      schemas.check('posture-event', findingEvent(context, mapped.finding.statement, 'bytes'))
    }
  }
  console.log(`${BODIES} bodies, seed ${SEED}: ${JSON.stringify(Object.fromEntries(counts))}`)
  console.log(`Mapped ${Math.round(BODIES / mapping)} a CPU second.`)
  expect(counts.get('RECORD_UNREADABLE')).toBeUndefined()
  expect(counts.get('finding')).toBeGreaterThan(BODIES / 3)
  for (const { body } of asffFindings) expect(mapAsff(body, options).outcome).toBe('finding')
  for (const { body } of ocsfFindings) expect(mapSecurityHubOcsf(body, options).outcome).toBe('finding')
})

/** One in eight is read in the other form. */
function isOcsf(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'finding_info' in body
}
