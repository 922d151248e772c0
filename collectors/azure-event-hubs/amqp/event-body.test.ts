import type { ReceivedEventData } from '@azure/event-hubs'
import { expect, test } from 'vitest'
import { messageOf } from './event-body.ts'

const bodyOf = (body: unknown): string => {
  const event = { body, sequenceNumber: 7, enqueuedTimeUtc: new Date(1000) } as ReceivedEventData
  const message = messageOf('3', event)
  expect(message).toMatchObject({ id: '3/7', sentAt: 1000 })
  return Buffer.from(message.body as string).toString()
}

test('bytes stay as they came, several sections are one body', () => {
  expect(bodyOf(Buffer.from('{"a":1}'))).toBe('{"a":1}')
  expect(bodyOf([Buffer.from('{"a"'), Buffer.from(':1}')])).toBe('{"a":1}')
})

test('values of AMQP become the text that they mean in JSON', () => {
  expect(bodyOf('{"a":1}')).toBe('{"a":1}')
  expect(bodyOf({ a: [1, { b: 2n }] })).toBe('{"a":[1,{"b":"2"}]}')
  expect(bodyOf([{ a: 1 }])).toBe('[{"a":1}]')
  expect(bodyOf(null)).toBe('')
  expect(bodyOf(undefined)).toBe('')
  const circle: { self?: unknown } = {}
  circle.self = circle
  expect(bodyOf(circle)).toBe('')
})

test('a message without a time has none', () => {
  expect(messageOf('0', { body: 'x', sequenceNumber: 1 } as ReceivedEventData).sentAt).toBeUndefined()
})
