import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { mapAsff } from './asff.ts'
import { findingEvent } from '../records/finding-event.ts'
import type { Mapped } from '../records/mapped.ts'
import { anyBody } from './sample-mutations.ts'
import { ASKED, asffFindings, ocsfFindings } from './sample-findings.ts'
import { mapOcsf, mapSecurityHubOcsf } from './ocsf.ts'

const options = { zone: 'UTC', reportedAt: ASKED, withoutData: false }
const context = { tenant: 'acme', name: 'hub', clock: () => ASKED }
const schemas = new SchemaRegistry()

function requireSound(mapped: Mapped): void {
  if (mapped.outcome === 'finding') {
    const event = findingEvent(context, mapped.finding.statement, 'bytes')
    schemas.check('posture-event', event)
    schemas.check('posture-event', JSON.parse(JSON.stringify(event)))
  } else if (mapped.outcome === 'rejected') {
    expect(mapped.error).toBeInstanceOf(PermanentError)
    // RECORD_UNREADABLE is what nobody has thought of.
    expect(mapped.error.code).toMatch(/^RECORD_(?!UNREADABLE)/)
  }
}

describe('every field of', () => {
  test.each(asffFindings.map((sample) => [sample.name, sample] as const))('%s', (_, { body, statement }) => {
    const mapped = mapAsff(body, options)
    expect(mapped).toEqual({
      outcome: 'finding',
      finding: { at: statement.verdict.at, scanUid: undefined, statement },
    })
    requireSound(mapped)
  })

  test.each(ocsfFindings.map((sample) => [sample.name, sample] as const))('%s', (_, { body, statement }) => {
    const mapped = mapSecurityHubOcsf(body, options)
    expect(mapped).toEqual({
      outcome: 'finding',
      finding: { at: statement.verdict.at, scanUid: undefined, statement },
    })
    requireSound(mapped)
  })
})

test('any body becomes a valid event or a clear rejection, as any of the forms', () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      requireSound(mapAsff(body, options))
      requireSound(mapSecurityHubOcsf(body, options))
      requireSound(mapOcsf(body, options))
    }),
    { numRuns: 1000 },
  )
})
