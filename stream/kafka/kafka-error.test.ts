import { describe, expect, test } from 'vitest'
import { PermanentError, TransientError } from '../../core/errors.ts'
import { kafkaError } from './kafka-error.ts'

interface Shape {
  readonly name?: string
  readonly type?: string
  readonly code?: string | number
  readonly broker?: string
  readonly cause?: unknown
  readonly errors?: unknown[]
  readonly message?: string
}

/** An error as kafkajs makes them. */
const failure = ({ message = 'words of kafkajs', ...rest }: Shape): Error => Object.assign(new Error(message), rest)
const protocol = (type: string): Error => failure({ name: 'KafkaJSProtocolError', type, code: 1 })

describe('an error of kafkajs', () => {
  const table: [what: string, thrown: unknown, code: string, fault: string | undefined][] = [
    ['a wrong password', failure({ name: 'KafkaJSSASLAuthenticationError' }), 'KAFKA_AUTHENTICATION', 'configuration'],
    ['a missing right', protocol('TOPIC_AUTHORIZATION_FAILED'), 'KAFKA_NOT_ALLOWED', 'configuration'],
    ['a missing right on the group', protocol('GROUP_AUTHORIZATION_FAILED'), 'KAFKA_NOT_ALLOWED', 'configuration'],
    ['a missing topic', protocol('UNKNOWN_TOPIC_OR_PARTITION'), 'KAFKA_UNKNOWN_TOPIC', 'configuration'],
    [
      'a certificate that nobody vouches for',
      failure({ name: 'KafkaJSConnectionError', code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      'KAFKA_TLS',
      'configuration',
    ],
    ['an unknown name', failure({ name: 'KafkaJSConnectionError', code: 'ENOTFOUND' }), 'KAFKA_DNS', 'configuration'],
    [
      'a refused connection',
      failure({ name: 'KafkaJSConnectionError', code: 'ECONNREFUSED' }),
      'KAFKA_UNREACHABLE',
      'outage',
    ],
    ['an answer that does not come', failure({ name: 'KafkaJSRequestTimeoutError' }), 'KAFKA_NO_ANSWER', 'outage'],
    ['a leader that is gone', protocol('NOT_LEADER_FOR_PARTITION'), 'KAFKA_FAILING_OVER', 'outage'],
    ['too few replicas', protocol('NOT_ENOUGH_REPLICAS'), 'KAFKA_NOT_ENOUGH_REPLICAS', 'outage'],
    [
      'metadata that no broker gave',
      new TypeError("Cannot destructure property 'topicMetadata'"),
      'KAFKA_NO_ANSWER',
      'outage',
    ],
    ['a rebalance', protocol('REBALANCE_IN_PROGRESS'), 'KAFKA_REBALANCING', undefined],
    ['a fenced producer', protocol('INVALID_PRODUCER_EPOCH'), 'KAFKA_FENCED', undefined],
    ['what nobody has heard of', protocol('SOMETHING_NEW'), 'KAFKA_FAILED', undefined],
    ['what is no error at all', 'a string', 'KAFKA_FAILED', undefined],
  ]
  test.each(table)('%s is told apart, and tried again', (_what, thrown, code, fault) => {
    const error = kafkaError(thrown, 'publish to x.events')
    expect(error).toBeInstanceOf(TransientError)
    expect(error).toMatchObject({ code, fault, message: expect.stringMatching(/^cannot publish to x\.events: /) })
  })

  test.each(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])('%s will never succeed', (type) => {
    const error = kafkaError(protocol(type), 'publish')
    expect(error).toBeInstanceOf(PermanentError)
    expect(error).toMatchObject({ code: 'RECORD_TOO_LARGE' })
  })

  test('is understood by what caused it, however often kafkajs wrapped it', () => {
    const cause = failure({ name: 'KafkaJSConnectionError', code: 'ECONNREFUSED', broker: '10.0.0.1:9092' })
    const retried = failure({ name: 'KafkaJSNumberOfRetriesExceeded', cause })
    const error = kafkaError(failure({ name: 'KafkaJSNonRetriableError', cause: retried }), 'commit')
    expect(error).toMatchObject({ code: 'KAFKA_UNREACHABLE' })
    expect(error.message).toContain('cannot commit at broker 10.0.0.1:9092: ')
  })

  test('that gathers others is understood by the first that is known', () => {
    const errors = [protocol('SOMETHING_NEW'), protocol('TOPIC_AUTHORIZATION_FAILED')]
    const error = kafkaError(failure({ name: 'KafkaJSAggregateError', errors }), 'create')
    expect(error).toMatchObject({ code: 'KAFKA_NOT_ALLOWED' })
  })

  test('is found in a circle of causes', () => {
    const one = failure({ name: 'A' })
    const other = failure({ name: 'B', cause: one })
    one.cause = other
    expect(kafkaError(one, 'x')).toMatchObject({ code: 'KAFKA_FAILED' })
  })

  test('keeps its own words, so that whoever searches for them finds them', () => {
    const error = kafkaError(failure({ name: 'KafkaJSProtocolError', type: 'NOT_CONTROLLER', message: 'not me' }), 'x')
    expect(error.message).toContain('(NOT_CONTROLLER: not me)')
  })

  test('of ours passes unchanged, and so does an abort', () => {
    const ours = new TransientError('KAFKA_TOKEN_REFUSED', 'no token')
    expect(kafkaError(failure({ name: 'KafkaJSNonRetriableError', cause: ours }), 'x')).toBe(ours)
    const abort = new DOMException('over', 'AbortError')
    expect(kafkaError(abort, 'x')).toBe(abort)
  })
})
