import { PipelineError, TransientError, asError, type Fault } from '../../core/errors.ts'

/** What was asked of Pub/Sub, for messages: an IAM permission, or another word for it, and the subscription. */
export interface PubsubCall {
  readonly action: string
  readonly where: string
}

/** What the SDK's errors have of use, none of it certain. */
interface Thrown extends Error {
  /** gRPC's status as a number; Node's or an HTTP client's code as text. */
  readonly code?: unknown
  /** Of an answer to a request for a token. */
  readonly status?: unknown
}

/** What a status means. */
type Meaning = readonly [code: string, fault: Fault, what: string]

/** gRPC's own numbers: https://grpc.io/docs/guides/status-codes/ */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  3: ['PUBSUB_REQUEST_REFUSED', 'configuration', 'the request is refused'],
  4: ['PUBSUB_UNREACHABLE', 'outage', 'no answer in time'],
  5: ['PUBSUB_NOT_FOUND', 'configuration', 'it does not exist; check its name, or create it'],
  7: ['PUBSUB_ACCESS_DENIED', 'configuration', 'this is denied; grant roles/pubsub.subscriber on it'],
  8: ['PUBSUB_THROTTLED', 'outage', 'a quota is used up'],
  9: ['PUBSUB_NOT_PULLED', 'configuration', 'it cannot be pulled; is it detached, or of another type than pull?'],
  12: ['PUBSUB_ANSWER_UNREADABLE', 'configuration', 'something else than Pub/Sub answers there; check endpoint'],
  16: ['PUBSUB_CREDENTIALS', 'configuration', 'no credentials that Google takes; set credentials, or check them'],
}
const UNAVAILABLE: Meaning = ['PUBSUB_UNAVAILABLE', 'outage', 'the service fails']
const UNREACHABLE: Meaning = ['PUBSUB_UNREACHABLE', 'outage', 'it cannot be reached']
const MISCONFIGURED: Meaning = ['PUBSUB_UNREACHABLE', 'configuration', 'it cannot be reached; check endpoint']
const CREDENTIALS = BY_STATUS[16]!

/** Addresses and certificates that only their operator can mend. */
const WRONG_ADDRESS = /ENOTFOUND|certificate|CERT_|self.signed|wrong version number|Protocol error/i
const NO_CONNECTION = /ECONN|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|No connection|Name resolution|connect/i
/** What google-auth-library says where credentials are missing, broken, or refused. */
const BAD_CREDENTIALS = /credential|invalid_grant|invalid_client|unauthorized_client|private key|DECODER|JSON/i

/**
 * Anything that the SDK threw, as an error of ours. Nothing is permanent: what Pub/Sub refuses stands in the configuration,
 * or in that of the subscription, so that it can be mended while we wait.
 */
export function pubsubError(thrown: unknown, { action, where }: PubsubCall): Error {
  const error = asError(thrown) as Thrown
  if (error instanceof PipelineError) return error
  const [code, fault, what] = meaningOf(error)
  return new TransientError(code, `${action} in ${where}: ${what} (${sentence(error)})`, { fault, cause: error })
}

function meaningOf({ code, status, message }: Thrown): Meaning {
  if (typeof code === 'number' && code < 100) {
    const known = BY_STATUS[code]
    if (known !== undefined) return known
    return code === 14 ? byMessage(message, UNAVAILABLE) : UNAVAILABLE
  }
  // Of no request to Pub/Sub: the credentials could not be had.
  const http = Number(status ?? code)
  if (http === 429 || http >= 500) return UNAVAILABLE
  if (http >= 400 || (typeof code !== 'string' && BAD_CREDENTIALS.test(message))) return CREDENTIALS
  return byMessage(`${typeof code === 'string' ? code : ''} ${message}`, UNAVAILABLE)
}

function byMessage(message: string, other: Meaning): Meaning {
  if (WRONG_ADDRESS.test(message)) return MISCONFIGURED
  return NO_CONNECTION.test(message) ? UNREACHABLE : other
}

/** The first line. */
function sentence({ message, name }: Error): string {
  const [first = ''] = message.split('\n')
  return first.trim().slice(0, 300) || name
}
