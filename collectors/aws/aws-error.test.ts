import { describe, expect, test } from 'vitest'
import { PipelineError } from '../../core/errors.ts'
import { awsError } from './aws-error.ts'

const CALL = { action: 'securityhub:GetFindings', where: 'eu-west-1' }

/** An error as the SDK throws it. */
function thrown(name: string, status?: number, more: object = {}): Error {
  const $metadata = status === undefined ? {} : { httpStatusCode: status }
  return Object.assign(new Error(`${name} said so`), { name, $metadata }, more)
}

function mapped(error: unknown): Pick<PipelineError, 'code' | 'fault' | 'retryable' | 'retryAfterMs'> | Error {
  const result = awsError(error, CALL)
  if (!(result instanceof PipelineError)) return result
  const { code, fault, retryable, retryAfterMs } = result
  return { code, fault, retryable, retryAfterMs }
}

describe('errors of the AWS SDK', () => {
  test.each([
    ['ThrottlingException', 400],
    ['TooManyRequestsException', 429],
    ['LimitExceededException', 429],
    ['Whatever', 429],
  ])('%s with %i is throttling, and lasts as long as the answer says', (name, status) => {
    const $response = { statusCode: status, headers: { 'retry-after': '7' } }
    expect(mapped(thrown(name, status, { $response }))).toEqual({
      code: 'AWS_THROTTLED',
      fault: 'outage',
      retryable: true,
      retryAfterMs: 7000,
    })
  })

  test.each([
    ['AccessDeniedException', 403, 'AWS_ACCESS_DENIED', 'configuration'],
    ['AccessDenied', 403, 'AWS_ACCESS_DENIED', 'configuration'],
    ['UnrecognizedClientException', 403, 'AWS_CREDENTIALS', 'configuration'],
    ['CredentialsProviderError', undefined, 'AWS_CREDENTIALS', 'configuration'],
    ['ExpiredTokenException', 403, 'AWS_CREDENTIALS_EXPIRED', 'outage'],
    ['RequestTimeTooSkewed', 403, 'AWS_CLOCK', 'outage'],
    ['QueueDoesNotExist', 400, 'AWS_NOT_FOUND', 'configuration'],
    ['InternalException', 500, 'AWS_UNAVAILABLE', 'outage'],
    ['ServiceUnavailable', 503, 'AWS_UNAVAILABLE', 'outage'],
    ['TimeoutError', undefined, 'AWS_UNREACHABLE', 'outage'],
  ])('%s with %s is %s, a matter of %s', (name, status, code, fault) => {
    expect(mapped(thrown(name, status))).toMatchObject({ code, fault, retryable: true })
  })

  test.each([
    ['ECONNREFUSED', 'outage'],
    ['ECONNRESET', 'outage'],
    ['ENOTFOUND', 'configuration'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'configuration'],
  ])('%s is a matter of %s', (code, fault) => {
    expect(mapped(Object.assign(new Error(code), { code }))).toMatchObject({ code: 'AWS_UNREACHABLE', fault })
  })

  test.each([
    [502, 'AWS_UNAVAILABLE', 'outage'],
    [429, 'AWS_THROTTLED', 'outage'],
    [403, 'AWS_ANSWER_UNREADABLE', 'configuration'],
    [200, 'AWS_ANSWER_UNREADABLE', 'configuration'],
  ])('a page of HTML with %i is %s', (statusCode, code, fault) => {
    const error = Object.assign(new SyntaxError('Unexpected token <'), { $response: { statusCode, headers: {} } })
    expect(mapped(error)).toMatchObject({ code, fault, retryable: true })
  })

  test('a request that AWS refuses as it is, is permanent and names the call', () => {
    const error = awsError(thrown('InvalidInputException', 400), CALL)
    expect(error).toMatchObject({ code: 'AWS_REQUEST_REFUSED', retryable: false })
    expect(error.message).toMatch(/securityhub:GetFindings in eu-west-1 .*InvalidInputException/)
  })

  test('a bug of ours stays what it is', () => {
    const bug = new TypeError('x is undefined')
    expect(mapped(bug)).toBe(bug)
    const syntax = new SyntaxError('of our own')
    expect(mapped(syntax)).toBe(syntax)
  })
})
