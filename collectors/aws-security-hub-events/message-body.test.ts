import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import { readBody } from './message-body.ts'
import { sampleEvent, sampleFinding, sampleNotification } from './sample-events.ts'

const EVENT_AT = Date.UTC(2026, 10, 25, 12, 0, 5)
const NOTIFIED_AT = Date.UTC(2026, 10, 25, 12, 0, 6)
const [a, b] = [sampleFinding(1), sampleFinding(2)]
const ocsf = { class_uid: 2003, finding_info: { uid: 'x' } }

const json = (value: unknown): string => JSON.stringify(value)
const records = (body: unknown): unknown[] => readBody(json(body)).findings.map(({ record }) => record)

describe('a body that brings findings', () => {
  test('is an event, whose time is that of its findings', () => {
    expect(readBody(json(sampleEvent([a, b])))).toMatchObject({
      findings: [
        { record: a, at: EVENT_AT },
        { record: b, at: EVENT_AT },
      ],
      others: [],
    })
    const v2 = sampleEvent([ocsf], { 'detail-type': 'Findings Imported V2' })
    expect(records(v2)).toEqual([ocsf])
  })

  test('is what SNS wraps around one, also twice, and as text in text', () => {
    const event = json(sampleEvent([a]))
    const bodies = [sampleNotification(event), sampleNotification(json(sampleNotification(event))), event, json(event)]
    for (const body of bodies) expect(readBody(json(body)).findings).toEqual([{ record: a, at: EVENT_AT }])
  })

  test.each([
    ['the event without its type', { detail: { findings: [a] } }],
    ['detail', { findings: [a] }],
    ['detail in another case', { Findings: [a] }],
    ['the list', [a]],
    ['one finding', a],
    ['a list of events', [sampleEvent([a])]],
    ['a list of notifications', [sampleNotification(json({ findings: [a] }))]],
  ])('is what a rule makes of it: %s', (_what, body) => {
    expect(records(body)).toEqual([a])
  })

  test('has the time of its notification where it has no event', () => {
    const body = json(sampleNotification(json([a])))
    expect(readBody(body).findings).toEqual([{ record: a, at: NOTIFIED_AT }])
    expect(readBody(json([a])).findings).toEqual([{ record: a, at: undefined }])
  })

  test('keeps the place of what is no finding', () => {
    expect(records(sampleEvent([null, a, 7]))).toEqual([null, a, 7])
  })

  test.each([[], { findings: [] }, sampleEvent([])])('may hold none: %j', (body) => {
    expect(records(body)).toEqual([])
  })
})

describe('a body that brings none', () => {
  test('is another event, alone or among others, or a subscription to confirm', () => {
    const insight = sampleEvent([a], { 'detail-type': 'Security Hub Insight Results' })
    const confirmation = sampleNotification('You have chosen to subscribe', { Type: 'SubscriptionConfirmation' })
    expect(readBody(json(insight))).toMatchObject({ findings: [], others: ['Security Hub Insight Results'] })
    expect(readBody(json([insight, sampleEvent([b]), confirmation]))).toMatchObject({
      findings: [{ record: b }],
      others: ['Security Hub Insight Results', 'SNS SubscriptionConfirmation'],
    })
    expect(readBody(json(sampleEvent([a], { 'detail-type': null })))).toMatchObject({
      others: ['an event without a type'],
    })
  })
})

describe('a body that cannot be read', () => {
  let wrapped = json([a])
  for (let times = 0; times < 20; times++) wrapped = json(sampleNotification(wrapped))

  test.each([
    ['nothing', '', 'MESSAGE_NOT_JSON'],
    ['a page', '<html><body>502 Bad Gateway</body></html>', 'MESSAGE_NOT_JSON'],
    ['half of an event', json(sampleEvent([a])).slice(0, -30), 'MESSAGE_NOT_JSON'],
    ['two findings side by side', json(a) + json(b), 'MESSAGE_NOT_JSON'],
    ['a notification of no JSON', json(sampleNotification('hello')), 'MESSAGE_NOT_JSON'],
    ['null', 'null', 'MESSAGE_UNKNOWN'],
    ['a number', '17', 'MESSAGE_UNKNOWN'],
    ['an object of another kind', '{"hello":"world"}', 'MESSAGE_UNKNOWN'],
    ['an event without findings', json(sampleEvent(undefined)), 'MESSAGE_UNKNOWN'],
    ['an event whose detail is a list', json(sampleEvent([], { detail: [a] })), 'MESSAGE_UNKNOWN'],
    ['one that is wrapped again and again', wrapped, 'MESSAGE_UNKNOWN'],
    ['one that is nested too deep', '['.repeat(200_000) + ']'.repeat(200_000), 'MESSAGE_TOO_DEEP'],
  ])('is %s', (_what, body, code) => {
    expect(() => readBody(body)).toThrow(expect.objectContaining({ code }))
  })

  test('is told by its beginning', () => {
    expect(() => readBody('<html>gateway</html>')).toThrow('begins with "<html>gateway</html>"')
  })
})

test('no body does anything but give findings or a reason', () => {
  const event = json(sampleNotification(json(sampleEvent([a, null]))))
  const cut = fc
    .tuple(fc.nat(event.length), fc.nat(event.length), fc.string())
    .map(([from, to, text]) => event.slice(0, from) + text + event.slice(to))
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), cut), (body) => {
      try {
        const { findings, others } = readBody(body)
        expect([...findings, ...others].length).toBeGreaterThanOrEqual(0)
      } catch (error) {
        expect(error).toBeInstanceOf(PermanentError)
      }
    }),
    { numRuns: 3000 },
  )
})
