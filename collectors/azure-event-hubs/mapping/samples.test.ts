import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requireSound } from '../../messages/sample-soundness.ts'
import { SchemaRegistry } from '../../../schemas/registry.ts'
import { MessageReading } from '../../messages/message-reading.ts'
import { defenderFormat } from './defender-format.ts'
import { anyMessage, anyRecord } from './sample-bodies.ts'
import { defenderFindings, ENQUEUED } from './sample-defender-findings.ts'

const options = { zone: 'UTC', reportedAt: ENQUEUED, withoutData: false }
const log = () => undefined
const context = {
  tenant: 'acme',
  name: 'hub',
  clock: () => ENQUEUED,
  log: { debug: log, info: log, warn: log, error: log },
  metrics: { count: log, gauge: log, observe: log },
}
const schemas = new SchemaRegistry()

describe('every field of', () => {
  test.each(defenderFindings.map((sample) => [sample.name, sample] as const))('%s', (_, { body, statement }) => {
    const mapped = defenderFormat.map(body, options)
    expect(mapped).toEqual({ outcome: 'finding', finding: { at: statement.verdict.at, scanUid: undefined, statement } })
    requireSound(mapped)
  })

  test.each(defenderFindings.map((sample) => [sample.name, sample] as const))(
    '%s, however its keys are spelled',
    (_, { body, statement }) => {
      const { resources, unmapped, ...rest } = statement
      const spelled = defenderFormat.map(upperCaseKeys(body), options)
      expect(spelled).toMatchObject({ outcome: 'finding', finding: { statement: rest } })
      expect(Object.keys(unmapped ?? {})).toEqual(
        Object.keys((spelled.outcome === 'finding' && spelled.finding.statement.unmapped) || {}),
      )
      const [{ data: _data, ...subject }] = resources
      expect(spelled).toMatchObject({ finding: { statement: { resources: [subject, ...resources.slice(1)] } } })
    },
  )
})

test('any record becomes a valid event or a clear rejection', () => {
  fc.assert(
    fc.property(anyRecord, fc.boolean(), (record, withoutData) => {
      requireSound(defenderFormat.map(record, { ...options, withoutData }))
    }),
    { numRuns: 1000 },
  )
})

test('any message becomes valid events and clear rejections', () => {
  const reading = new MessageReading(context, 'hub', defenderFormat)
  fc.assert(
    fc.property(anyMessage, (body) => {
      const { batch } = reading.read([{ id: '0/1', body: Buffer.from(body), sentAt: ENQUEUED }])
      for (const event of batch.events) schemas.check('posture-event', event)
      for (const { error } of batch.unreadable ?? [])
        expect(error).toMatchObject({ code: /^(RECORD_(?!UNREAD)|MESSAGE_)/ })
    }),
    { numRuns: 1000 },
  )
})

test('no text of a record makes it take long, however long it is and whatever is in it', () => {
  const long = ['/', ' ', '\n', 'USN-1', '1', '<b ', '](', '&#', '//x/', '"}'].map(
    (piece) => `${piece.repeat(40_000 / piece.length)}!`,
  )
  const prefixes = ['', '/subscriptions/x/', 'USN-', '/providers/microsoft.security/assessments/']
  for (const { body } of defenderFindings)
    for (const [at, piece] of long.entries()) {
      const text = `${prefixes[at % prefixes.length]}${piece}`
      const began = process.cpuUsage()
      requireSound(defenderFormat.map(withTexts(body, text), options))
      requireSound(defenderFormat.map({ ...body, ID: text }, options))
      const { user, system } = process.cpuUsage(began)
      expect((user + system) / 1000, JSON.stringify(text.slice(0, 50))).toBeLessThan(500)
    }
})

/** A record where every text that does not say what it is, is this one. */
function withTexts(value: unknown, text: string, key = ''): unknown {
  if (typeof value === 'string') return /^(type|source|code|status|action)$/i.test(key) ? value : text
  if (Array.isArray(value)) return value.map((each) => withTexts(each, text))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withTexts(each, text, name)]))
}

function upperCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(upperCaseKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key.toUpperCase(), upperCaseKeys(each)]))
}
