import { PermanentError, PipelineError, TransientError, asError } from '../../core/errors.ts'

/** What was asked of AWS, for messages. */
export interface AwsCall {
  /** The IAM action: `securityhub:GetFindings`. */
  readonly action: string
  /** Where and as whom: `eu-west-1 as role …`. */
  readonly where: string
}

/** What the SDK's errors have of use, none of it certain. */
interface Thrown extends Error {
  readonly code?: unknown
  readonly $fault?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $retryable?: { readonly throttling?: boolean }
  readonly $response?: {
    readonly statusCode?: number
    readonly headers?: Readonly<Record<string, string | undefined>>
  }
}

const THROTTLED =
  /^(Throttl(ing|ed)(Exception|Request)?|ThrottledException|TooManyRequests(Exception)?|RequestLimitExceeded|LimitExceededException|RequestThrottled(Exception)?|SlowDown)$/
const CREDENTIALS =
  /^(CredentialsProviderError|UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch|MissingAuthenticationToken(Exception)?|IncompleteSignature(Exception)?|OptInRequired|TokenProviderError)$/
const EXPIRED = /^(ExpiredToken(Exception)?|TokenRefreshRequired|RequestExpired)$/
const SKEWED = /^(RequestTimeTooSkewed|RequestInTheFuture)$/
const DENIED =
  /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized(Exception)?|AuthorizationError(Exception)?)$/
const MISSING = /^(ResourceNotFound(Exception)?|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)$/
/** Codes of Node for an address or a certificate that only its operator can mend. */
const MISCONFIGURED = /^(ENOTFOUND|ERR_INVALID_URL|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/
const NETWORK = /^(E[A-Z]+|UND_ERR_.*|ERR_.*)$/

/**
 * Anything that a call of the AWS SDK threw, as an error of ours. Transient: throttling (`AWS_THROTTLED`), outages
 * (`AWS_UNAVAILABLE`, `AWS_UNREACHABLE`), expired credentials (`AWS_CREDENTIALS_EXPIRED`), and what its operator has to mend
 * (`AWS_ACCESS_DENIED`, `AWS_CREDENTIALS`, `AWS_NOT_FOUND`, `AWS_ANSWER_UNREADABLE`). Permanent: a request that AWS refuses
 * as it is (`AWS_REQUEST_REFUSED`). Errors of no call (a bug of ours) come back as they are.
 */
export function awsError(thrown: unknown, call: AwsCall): Error {
  const error = asError(thrown) as Thrown
  if (error instanceof PipelineError) return error
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode
  if (THROTTLED.test(error.name) || status === 429 || error.$retryable?.throttling === true)
    return outage('AWS_THROTTLED', `${call.action} in ${call.where}: too many calls`, error)
  if (error instanceof SyntaxError) return unreadable(error, status, call)
  return byName(error, call) ?? byStatus(error, status, call) ?? byNetwork(error, call) ?? error
}

function byName(error: Thrown, { action, where }: AwsCall): Error | undefined {
  const said = sentence(error)
  if (EXPIRED.test(error.name))
    return outage(
      'AWS_CREDENTIALS_EXPIRED',
      `${action} in ${where}: the credentials have expired; new ones are fetched`,
      error,
    )
  if (SKEWED.test(error.name) || /Signature (expired|not yet current)/.test(error.message))
    return outage('AWS_CLOCK', `${action} in ${where}: this machine's clock is off; set it (${said})`, error)
  if (CREDENTIALS.test(error.name))
    return configuration(
      'AWS_CREDENTIALS',
      `${action} in ${where}: no credentials that AWS takes; check them (${said})`,
      error,
    )
  if (DENIED.test(error.name))
    return configuration('AWS_ACCESS_DENIED', `${action} in ${where} is denied; grant it (${said})`, error)
  if (MISSING.test(error.name))
    return configuration('AWS_NOT_FOUND', `${action} in ${where}: it does not exist there (${said})`, error)
  return undefined
}

function byStatus(error: Thrown, status: number | undefined, { action, where }: AwsCall): Error | undefined {
  if (status === undefined) return undefined
  const message = `${action} in ${where} answered ${status} ${error.name} (${sentence(error)})`
  if (status >= 500 || error.$fault === 'server') return outage('AWS_UNAVAILABLE', message, error)
  if (status === 401 || status === 403) return configuration('AWS_ACCESS_DENIED', message, error)
  if (status === 404) return configuration('AWS_NOT_FOUND', message, error)
  return new PermanentError('AWS_REQUEST_REFUSED', message, { cause: error })
}

function byNetwork(error: Thrown, { action, where }: AwsCall): Error | undefined {
  const code = codeOf(error)
  if (code === undefined && error.name !== 'TimeoutError') return undefined
  const message = `${action} in ${where} cannot be reached: ${code ?? error.name} (${sentence(error)})`
  if (code !== undefined && MISCONFIGURED.test(code))
    return configuration('AWS_UNREACHABLE', `${message}; check region, endpoint and certificates`, error)
  return outage('AWS_UNREACHABLE', message, error)
}

/** A body that is not AWS's: a proxy or load balancer answered, mostly with a page of HTML. */
function unreadable(error: Thrown, status: number | undefined, { action, where }: AwsCall): Error {
  if (status === undefined) return error
  const message = `${action} in ${where} answered ${status} with a body that is no JSON`
  if (status >= 500) return outage('AWS_UNAVAILABLE', `${message}; a proxy or load balancer is in trouble`, error)
  const hint = 'something else than AWS answers there; check endpoint and proxy'
  return configuration('AWS_ANSWER_UNREADABLE', `${message}: ${hint}`, error)
}

function outage(code: string, message: string, error: Thrown): TransientError {
  return new TransientError(code, message, { fault: 'outage', retryAfterMs: retryAfterMs(error), cause: error })
}

function configuration(code: string, message: string, error: Thrown): TransientError {
  return new TransientError(code, message, { fault: 'configuration', cause: error })
}

/** Seconds, as AWS writes it; a date is not worth a clock's comparison. */
function retryAfterMs({ $response }: Thrown): number | undefined {
  const seconds = Number($response?.headers?.['retry-after'] ?? NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined
}

function codeOf(error: Thrown): string | undefined {
  for (const each of [error, error.cause]) {
    const code = each instanceof Error ? (each as Thrown).code : undefined
    if (typeof code === 'string' && NETWORK.test(code)) return code
    if (typeof code === 'string' && MISCONFIGURED.test(code)) return code
  }
  return undefined
}

/** The first line, without the SDK's hints for programmers. */
function sentence({ message, name }: Error): string {
  const [first = ''] = message.split('\n')
  return first.trim().slice(0, 300) || name
}
