import fc from 'fast-check'
import { expect, test } from 'vitest'
import { requireSound } from '../../messages/sample-soundness.ts'
import { PermanentError } from '../../../core/errors.ts'
import { anyBodyOf } from '../../records/sample-mutations.ts'
import { anyTextOf } from './sample-texts.ts'
import { PUBLISHED, sampleNotification, sampleV1Notification, sccSamples } from './sample-scc.ts'
import { sccFormat } from './scc-format.ts'

const options = { zone: 'UTC', reportedAt: PUBLISHED, withoutData: false }
const bodies = sccSamples.map(({ body }) => body)

test('there are samples of both versions, each about a finding of its own', () => {
  expect(sccSamples.length).toBeGreaterThanOrEqual(20)
  expect(new Set(sccSamples.map(({ name }) => name)).size).toBe(sccSamples.length)
})

test.each(sccSamples.map((sample) => [sample.name, sample] as const))(
  'every field of: %s',
  (_, { body, statement }) => {
    const { findings } = sccFormat.open(JSON.stringify(body))
    expect(findings).toHaveLength(1)
    const mapped = sccFormat.map(findings[0]!.record, options)
    expect(mapped).toEqual({ outcome: 'finding', finding: { at: statement.verdict.at, scanUid: undefined, statement } })
    requireSound(mapped)
  },
)

test.each([sampleNotification, sampleV1Notification])('each number is a sound finding of its own: %s', (sample) => {
  const mapped = [1, 2, 3].map((number) => sccFormat.map(sample(number), options))
  mapped.forEach(requireSound)
  const keys = mapped.map((each) => each.outcome === 'finding' && JSON.stringify(each.finding.statement.identity))
  expect(new Set(keys).size).toBe(3)
  expect(mapped.map((each) => each.outcome === 'finding' && each.finding.statement.verdict.value)).toEqual(
    Array<string>(3).fill('fail'),
  )
})

test('any record becomes a valid event or a clear rejection', () => {
  fc.assert(
    fc.property(anyBodyOf(bodies), (record) => requireSound(sccFormat.map(record, options))),
    { numRuns: 1500 },
  )
})

test('any message becomes valid events or a clear rejection', () => {
  fc.assert(
    fc.property(anyTextOf(bodies), (text) => {
      let content
      try {
        content = sccFormat.open(text)
      } catch (error) {
        expect(error).toBeInstanceOf(PermanentError)
        expect((error as PermanentError).code).toMatch(/^MESSAGE_/)
        return
      }
      for (const { record } of content.findings) requireSound(sccFormat.map(record, options))
    }),
    { numRuns: 1500 },
  )
})
