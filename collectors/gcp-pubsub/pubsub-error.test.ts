import { expect, test } from 'vitest'
import { PermanentError, TransientError } from '../../core/errors.ts'
import { pubsubErrors } from './error-notes.ts'
import { pubsubError } from './pubsub-error.ts'

const call = { action: 'pubsub.subscriptions.consume', where: 'projects/p/subscriptions/s' }
const thrown = (message: string, more: object = {}): Error => Object.assign(new Error(message), more)

test.each([
  ['an argument', thrown('3 INVALID_ARGUMENT', { code: 3 }), 'PUBSUB_REQUEST_REFUSED', 'configuration'],
  ['no answer', thrown('4 DEADLINE_EXCEEDED', { code: 4 }), 'PUBSUB_UNREACHABLE', 'outage'],
  ['nothing there', thrown('5 NOT_FOUND', { code: 5 }), 'PUBSUB_NOT_FOUND', 'configuration'],
  ['a denial', thrown('7 PERMISSION_DENIED', { code: 7 }), 'PUBSUB_ACCESS_DENIED', 'configuration'],
  ['a quota', thrown('8 RESOURCE_EXHAUSTED', { code: 8 }), 'PUBSUB_THROTTLED', 'outage'],
  ['a push subscription', thrown('9 FAILED_PRECONDITION', { code: 9 }), 'PUBSUB_NOT_PULLED', 'configuration'],
  ['another service', thrown('12 UNIMPLEMENTED', { code: 12 }), 'PUBSUB_ANSWER_UNREADABLE', 'configuration'],
  ['a stream that just ended', thrown('', { code: 0 }), 'PUBSUB_UNAVAILABLE', 'outage'],
  ['an internal error', thrown('13 INTERNAL', { code: 13 }), 'PUBSUB_UNAVAILABLE', 'outage'],
  ['an outage', thrown('14 UNAVAILABLE: try again', { code: 14 }), 'PUBSUB_UNAVAILABLE', 'outage'],
  ['a closed port', thrown('14 UNAVAILABLE: connect ECONNREFUSED ::1:1', { code: 14 }), 'PUBSUB_UNREACHABLE', 'outage'],
  ['no such host', thrown('14: getaddrinfo ENOTFOUND nowhere', { code: 14 }), 'PUBSUB_UNREACHABLE', 'configuration'],
  ['its certificate', thrown('14: self-signed certificate', { code: 14 }), 'PUBSUB_UNREACHABLE', 'configuration'],
  ['a token', thrown('16 UNAUTHENTICATED', { code: 16 }), 'PUBSUB_CREDENTIALS', 'configuration'],
  ['no credentials', thrown('Could not load the default credentials.'), 'PUBSUB_CREDENTIALS', 'configuration'],
  ['a revoked key', thrown('invalid_grant', { code: '400', status: 400 }), 'PUBSUB_CREDENTIALS', 'configuration'],
  ['a token server in trouble', thrown('Bad gateway', { status: 502 }), 'PUBSUB_UNAVAILABLE', 'outage'],
  ['a token server that is away', thrown('read', { code: 'ECONNRESET' }), 'PUBSUB_UNREACHABLE', 'outage'],
])('%s is told with a code of ours, what it is about, and the cause', (_what, error, code, fault) => {
  const told = pubsubError(error, call)
  expect(told).toBeInstanceOf(TransientError)
  expect(told).toMatchObject({ code, fault, cause: error })
  expect(told.message).toContain(`${call.action} in ${call.where}`)
  expect(pubsubErrors).toHaveProperty(code)
})

test('an error of ours comes back as it is', () => {
  const ours = new PermanentError('SOMETHING', 'of ours')
  expect(pubsubError(ours, call)).toBe(ours)
})
