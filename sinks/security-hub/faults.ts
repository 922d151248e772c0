import { PermanentError, TransientError, asError, errorCode, type PipelineError } from '../../core/errors.ts'
import { readRetryAfter } from '../../core/retry-after.ts'
import { faultOf } from '../fault.ts'
import { nameOf, type Place } from './place.ts'

/** What is told when a call is over the rate; whoever sent it waits. */
export const THROTTLED = 'SECURITY_HUB_THROTTLED'
/** What is told when credentials of a role are not taken any more: new ones are due. */
export const EXPIRED = 'SECURITY_HUB_CREDENTIALS_EXPIRED'
/** What is told when a call as a whole was refused for what is in it: whoever sent it may halve it. */
export const REFUSED = 'SECURITY_HUB_REQUEST_REFUSED'

/** As far as we look into what the AWS SDK throws. */
interface SdkError {
  readonly name?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> }
}

const UNKNOWN_IDENTITY =
  /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|InvalidAccessKeyId|AuthFailure)/
const NO_CREDENTIALS = /^(CredentialsProviderError|ProviderError|TokenProviderError)$/
const EXPIRED_TOKEN = /^(ExpiredToken|RequestExpired)/
const THROTTLING = /throttl|^TooManyRequests|^RequestLimitExceeded|^LimitExceeded|^SlowDown/i
const TIMED_OUT = /^(AbortError|TimeoutError)$/
const BROKEN = /^(ECONNRESET|EPIPE)$/
const LINE_LIMIT = 300

/** What a call threw, as an error of ours: whose fault it is, and what to do. */
export function callError(thrown: unknown, place: Place, operation: string): TransientError {
  const { name = '', $response, $metadata } = (thrown ?? {}) as SdkError
  const status = $response?.statusCode ?? $metadata?.httpStatusCode
  const text = `${nameOf(place)}, ${operation}: ${saidBy(thrown, status)}`
  // Without what was thrown as its cause: of a refused signature it holds the request as AWS read it, session token included.
  const waits = {
    fault: 'outage',
    retryAfterMs: readRetryAfter($response?.headers?.['retry-after'], Date.now()),
  } as const
  const acts = { fault: 'configuration' } as const
  if (NO_CREDENTIALS.test(name) || name === 'AccessDenied') {
    const remedy = 'check what the AWS SDK finds on this machine, roleArn, externalId, and the trust policy of the role'
    return new TransientError('SECURITY_HUB_NO_CREDENTIALS', `${text}; ${remedy}`, acts)
  }
  if (EXPIRED_TOKEN.test(name)) return new TransientError(EXPIRED, text, waits)
  if (THROTTLING.test(name) || status === 429) return new TransientError(THROTTLED, text, waits)
  // Also 401, although it is known who we are.
  if (name === 'InvalidAccessException' || name === 'ResourceNotFoundException') {
    const remedy = 'enable Security Hub (CSPM) in this account and region, or remove it from destinations'
    return new TransientError('SECURITY_HUB_NOT_ENABLED', `${text}; ${remedy}`, acts)
  }
  if (UNKNOWN_IDENTITY.test(name) || status === 401) {
    const remedy = 'AWS does not know who we are: check the credentials, and the clock of this machine'
    return new TransientError('SECURITY_HUB_UNAUTHENTICATED', `${text}; ${remedy}`, acts)
  }
  if (status === 403) {
    const remedy = 'grant what "posture-stream describe security-hub" prints'
    return new TransientError('SECURITY_HUB_FORBIDDEN', `${text}; ${remedy}`, acts)
  }
  if (status !== undefined && status >= 500) return new TransientError('SECURITY_HUB_UNAVAILABLE', text, waits)
  if (status === 400 || status === 413) return new TransientError(REFUSED, text)
  if (status !== undefined) {
    const remedy = 'something else than Security Hub answers: check endpoint, and proxies on the way'
    return new TransientError('SECURITY_HUB_NOT_ANSWERED', `${text}; ${remedy}`, acts)
  }
  // The SDK calls every connection that breaks a time-out.
  const timedOut = TIMED_OUT.test(name) && !BROKEN.test(errorCode(thrown))
  return connectionError(thrown, text, timedOut)
}

/** No whole answer came in time. */
export function stalled(place: Place, operation: string, timeoutMs: number): TransientError {
  const remedy = 'it is sent again; where it needs longer, raise requestTimeoutMs'
  const text = `${nameOf(place)}, ${operation}: no whole answer within ${timeoutMs} ms; ${remedy}`
  return new TransientError('SECURITY_HUB_TIMEOUT', text, { fault: 'outage' })
}

/** An answer that says nothing about any finding. */
export function unreadable(place: Place, operation: string, what: string): TransientError {
  const text = `${nameOf(place)}, ${operation}: ${what}; what was written is not known, it is sent again`
  return new TransientError('SECURITY_HUB_ANSWER_UNREADABLE', text)
}

/** Security Hub's own words for what another attempt may bring; all other codes of one finding are final. */
const PASSING = /^(InternalError|InternalFailure|ConcurrentUpdateError|ServiceUnavailable)/

/** Why one finding of a call was not taken. */
export function findingError(code: unknown, message: unknown, place: Place): PipelineError {
  const word = typeof code === 'string' && code !== '' ? code : 'Unknown'
  const said = oneLine(typeof message === 'string' ? message : '')
  const ours = `SECURITY_HUB_${upperSnake(word)}`
  const text = `${nameOf(place)}: ${word}${said === '' ? '' : `: ${said}`}`
  if (word.startsWith('InvalidAccess')) {
    const remedy = 'enable Security Hub (CSPM) in this account and region, and do not deny findings of its own product'
    return new TransientError(ours, `${text}; ${remedy}`, { fault: 'configuration' })
  }
  if (THROTTLING.test(word)) return new TransientError(THROTTLED, text, { fault: 'outage' })
  if (PASSING.test(word) || word === 'Unknown') return new TransientError(ours, text)
  return new PermanentError(ours, text)
}

function connectionError(thrown: unknown, text: string, timedOut: boolean): TransientError {
  const fault = faultOf(thrown)
  if (fault === 'configuration') {
    const remedy = 'check the region, endpoint, and the certificates that this machine trusts'
    return new TransientError('SECURITY_HUB_UNKNOWN_HOST', `${text}; ${remedy}`, { fault, cause: thrown })
  }
  if (fault === 'outage' || timedOut)
    return new TransientError('SECURITY_HUB_UNREACHABLE', text, { fault: 'outage', cause: thrown })
  // A connection that broke in use: a finding may have broken it, so that nobody is blamed yet.
  return new TransientError('SECURITY_HUB_CONNECTION_BROKEN', text, { cause: thrown })
}

function saidBy(thrown: unknown, status: number | undefined): string {
  const error = asError(thrown)
  // What is no JSON was not written by Security Hub, and its parser's complaint says nothing.
  if (error instanceof SyntaxError) return `answered ${status ?? 'something'} with what is no JSON`
  const answered = status === undefined ? '' : `answered ${status}, `
  return oneLine(`${answered}${errorCode(error)}: ${error.message}`)
}

/** A refused signature is answered with the request as AWS read it, line by line. */
function oneLine(text: string): string {
  const [line = ''] = text.trim().split(/[\r\n]/, 1)
  return line.length > LINE_LIMIT ? `${line.slice(0, LINE_LIMIT).toWellFormed()}…` : line
}

function upperSnake(word: string): string {
  return word
    .replace(/Exception$/, '')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z\d]+/g, '_')
    .toUpperCase()
    .slice(0, 60)
}
