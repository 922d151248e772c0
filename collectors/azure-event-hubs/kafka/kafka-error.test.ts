import { describe, expect, test } from 'vitest'
import { PermanentError, TransientError } from '../../../core/errors.ts'
import { hasMoved, kafkaError } from './kafka-error.ts'

const same = (text: string): string => text

function failure(name: string, more: object = {}): Error {
  return Object.assign(new Error(`words of ${name}`), { name, ...more })
}

describe('what kafkajs throws becomes an error of ours', () => {
  test.each([
    ['a refused login', failure('KafkaJSSASLAuthenticationError'), 'EVENT_HUBS_CREDENTIALS', 'configuration'],
    [
      'a missing right',
      failure('KafkaJSProtocolError', { type: 'TOPIC_AUTHORIZATION_FAILED' }),
      'EVENT_HUBS_ACCESS_DENIED',
      'configuration',
    ],
    [
      'a missing hub',
      failure('KafkaJSProtocolError', { type: 'UNKNOWN_TOPIC_OR_PARTITION' }),
      'EVENT_HUBS_NOT_FOUND',
      'configuration',
    ],
    [
      'too much of everything',
      failure('KafkaJSProtocolError', { type: 'POLICY_VIOLATION' }),
      'EVENT_HUBS_THROTTLED',
      'outage',
    ],
    [
      'a host that is not known',
      failure('KafkaJSConnectionError', { code: 'ENOTFOUND' }),
      'EVENT_HUBS_UNREACHABLE',
      'configuration',
    ],
    [
      'a certificate that is not trusted',
      failure('KafkaJSConnectionError', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      'EVENT_HUBS_UNREACHABLE',
      'configuration',
    ],
    ['a connection that is cut', failure('KafkaJSConnectionClosedError'), 'EVENT_HUBS_UNREACHABLE', 'outage'],
    ['anything else', failure('KafkaJSNonRetriableError'), 'EVENT_HUBS_UNREACHABLE', 'outage'],
    ['no error at all', 'words', 'EVENT_HUBS_UNREACHABLE', 'outage'],
  ])('%s', (_, thrown, code, fault) => {
    expect(kafkaError(thrown, 'the hub', same)).toMatchObject({
      code,
      fault,
      message: expect.stringMatching(/^the hub: /),
    })
  })

  test('what it was caused by decides, where it says more', () => {
    const cause = failure('KafkaJSProtocolError', { type: 'SASL_AUTHENTICATION_FAILED' })
    const error = kafkaError(failure('KafkaJSNumberOfRetriesExceeded', { cause }), 'the hub', same)
    expect(error).toMatchObject({
      code: 'EVENT_HUBS_CREDENTIALS',
      message: expect.stringContaining('SASL_AUTHENTICATION_FAILED'),
    })
  })

  test('an error that is ours already passes as it is', () => {
    const ours = new PermanentError('EVENT_HUBS_SETTINGS', 'ours')
    expect(kafkaError(failure('KafkaJSNonRetriableError', { cause: ours }), 'the hub', same)).toBe(ours)
    const told = new TransientError('EVENT_HUBS_CREDENTIALS', 'told')
    expect(kafkaError(told, 'the hub', same)).toBe(told)
  })

  test('nothing of it comes out unscrubbed', () => {
    const error = kafkaError(failure('KafkaJSConnectionError', { secret: 'CANARY' }), 'the hub', () => 'clean')
    expect(JSON.stringify([error, error.cause, error.message])).not.toContain('CANARY')
    expect(error.message).toContain('(clean)')
  })
})

test.each([
  ['REBALANCE_IN_PROGRESS', true],
  ['ILLEGAL_GENERATION', true],
  ['UNKNOWN_MEMBER_ID', true],
  ['NOT_COORDINATOR_FOR_GROUP', true],
  ['GROUP_COORDINATOR_NOT_AVAILABLE', false],
  ['REQUEST_TIMED_OUT', false],
])('%s says that the group has to be joined anew: %s', (type, moved) => {
  expect(hasMoved(failure('KafkaJSProtocolError', { type }))).toBe(moved)
})
