import { PermanentError, PipelineError, TransientError, asError, errorCode, type Fault } from '../../core/errors.ts'
import { readRetryAfter } from '../../core/retry-after.ts'

const TIMEOUTS = new Set([
  'TimeoutError',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
])
/** Codes of Node, OpenSSL and the HTTP parser for an address, a certificate or a protocol that only an operator can mend. */
const MISCONFIGURED =
  /^(ENOTFOUND|EPROTO|ERR_INVALID_URL|ERR_TLS_|ERR_SSL_|HPE_|HTTPParserError|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/
const PASSING = new Set([408, 425, 429])

/** Why an answer is not the list. `answered` completes the sentence that begins with the address. */
export function statusError(name: string, status: number, retryAfter: string | undefined, now: number): PipelineError {
  const answered = `${name} answered with status ${status}`
  if (status === 401 || status === 403)
    return new PermanentError(
      'INTEL_FORBIDDEN',
      `${answered}: check headers, and whether this network may ask there; some publishers refuse the networks of clouds, so name a mirror or a file`,
    )
  if (status === 404 || status === 410)
    return new PermanentError('INTEL_NOT_FOUND', `${answered}: check the address; it may have moved`)
  if (status === 407)
    return new PermanentError('INTEL_FORBIDDEN', `${answered}: the proxy wants a sign-in; name one that does not`)
  if (PASSING.has(status) || status >= 500)
    return new TransientError('INTEL_UNAVAILABLE', answered, {
      fault: 'outage',
      retryAfterMs: readRetryAfter(retryAfter, now),
    })
  const what = status >= 300 && status < 400 ? 'and no address to go to' : 'which is no list'
  return new PermanentError('INTEL_ANSWER', `${answered}, ${what}: check the address`)
}

/** Why there was no whole answer, as an error of ours. */
export function transportError(thrown: unknown, name: string, timeout: string): PipelineError {
  if (thrown instanceof PipelineError) return thrown
  const cause = innermost(asError(thrown))
  const code = errorCode(cause)
  if (TIMEOUTS.has(code))
    return new TransientError('INTEL_TIMEOUT', `${name} did not give the whole list within the timeout of ${timeout}`, {
      fault: 'outage',
      cause,
    })
  const why = cause.message.includes(code) || cause.message === '' ? cause.message || code : `${code}: ${cause.message}`
  const fault: Fault = MISCONFIGURED.test(code) ? 'configuration' : 'outage'
  const remedy = fault === 'configuration' ? ': check the address, and ca where an own authority signs' : ''
  return new TransientError('INTEL_UNREACHABLE', `${name} cannot be read (${why})${remedy}`, { fault, cause })
}

/** The error that says something: undici and happy eyeballs wrap those of the system. */
function innermost(error: Error): Error {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error.cause]
  const vague =
    error instanceof AggregateError || /^(UND_ERR_SOCKET|UND_ERR_ABORTED|TypeError|Error)$/.test(errorCode(error))
  return vague && first instanceof Error ? innermost(first) : error
}
