/** The exceptions of Security Hub, and of what stands before it, with their HTTP status: as in the SDK's model. */
const STATUS_OF: Readonly<Record<string, number>> = {
  InternalException: 500,
  InternalServerException: 500,
  InvalidAccessException: 401,
  InvalidInputException: 400,
  ValidationException: 400,
  LimitExceededException: 429,
  ThrottlingException: 429,
  TooManyRequestsException: 429,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  ConflictException: 409,
  // Not in the model of Security Hub: those that any service of AWS has.
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
  InvalidSignatureException: 403,
  ExpiredTokenException: 403,
  RequestEntityTooLargeException: 413,
  ServiceUnavailableException: 503,
  UnknownOperationException: 404,
}

/** A request that is not served, as its client hears of it. */
export class HubRefusal extends Error {
  readonly exception: string
  readonly status: number
  readonly retryAfter: string | undefined

  constructor(
    exception: string,
    message: string,
    { status, retryAfter }: { status?: number | undefined; retryAfter?: string | undefined } = {},
  ) {
    super(message)
    this.exception = exception
    this.status = status ?? STATUS_OF[exception] ?? 500
    this.retryAfter = retryAfter
  }
}

/** An answer, before it goes out. */
export interface HubReply {
  readonly status: number
  readonly body: string
  readonly type: string
  /** The name of the exception, where it is one. */
  readonly error?: string
  readonly retryAfter?: string | undefined
}

export function jsonReply(body: object): HubReply {
  return { status: 200, body: JSON.stringify(body), type: 'application/json' }
}

/** What the client hears of something thrown; InternalException where that is no refusal. */
export function refusalReply(thrown: unknown): HubReply {
  const refusal = thrown instanceof HubRefusal ? thrown : new HubRefusal('InternalException', (thrown as Error).message)
  const { status, exception, message, retryAfter } = refusal
  const body = JSON.stringify({ Code: exception, Message: message })
  return { status, body, type: 'application/json', error: exception, retryAfter }
}
