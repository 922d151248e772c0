import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requireSound } from '../messages/sample-soundness.ts'
import { mapAsff } from './asff.ts'
import { anyBody } from './sample-mutations.ts'
import { ASKED, asffFindings, ocsfFindings } from './sample-findings.ts'
import { mapOcsf, mapSecurityHubOcsf } from './ocsf.ts'

const options = { zone: 'UTC', reportedAt: ASKED, withoutData: false }

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
