import { errors, type ApiResponse } from '@opensearch-project/opensearch'
import { TransientError, asError, errorCode, type Fault } from '../../core/errors.ts'
import { readRetryAfter } from '../../core/retry-after.ts'
import { faultOf } from '../fault.ts'
import type { Scrub } from './scrub.ts'

/** What is told when a request as a whole was too large; whoever sent it may halve it. */
export const TOO_LARGE = 'OPENSEARCH_REQUEST_TOO_LARGE'
export const INSTALL = 'posture-stream opensearch install'

/** An answer that refuses the whole request. */
interface Refusal {
  readonly status: number
  /** The type of the server's error, such as `security_exception`; empty when it gave none. */
  readonly type: string
  /** Of the server's own words, what may be quoted. */
  readonly says: string
  readonly node: string
  readonly retryAfterMs: number | undefined
}

/** What the client threw as an error of ours, without the client's own as its cause: that one holds the whole request. */
export function requestError(thrown: unknown, scrub: Scrub): Error {
  if (thrown instanceof TransientError) return thrown
  if (thrown instanceof errors.ResponseError) return refusalError(refusalOf(thrown, scrub))
  const error = asError(thrown)
  return connectionError(errorCode(error), scrub(error.message), nodeOf(error), faultOf(error))
}

/** The AWS SDK found no credentials, or could not renew them. */
export function noCredentials(thrown: unknown, scrub: Scrub): TransientError {
  const remedy = 'check what the AWS SDK finds on this machine: environment, shared files, role'
  const message = `there are no AWS credentials to sign with: ${scrub(asError(thrown).message)}; ${remedy}`
  return configuration('OPENSEARCH_NO_CREDENTIALS', message)
}

/** The cluster did not answer in time, whatever we were waiting for. */
export function stalled(timeoutMs: number): TransientError {
  const remedy = 'it is tried again; where it needs longer, raise requestTimeoutMs'
  return outage('OPENSEARCH_STALLED', `the cluster gave no whole answer within ${timeoutMs} ms; ${remedy}`)
}

/** A redirect: the client follows none, because what is at its end would get our credentials. */
export function unexpectedStatus(answer: ApiResponse): TransientError {
  const node = answer.meta.connection.url.origin
  const remedy = 'check nodes: a cluster answers there itself'
  return configuration('OPENSEARCH_REDIRECTED', `${node} answered ${answer.statusCode}, a redirect; ${remedy}`)
}

/** An answer that says nothing about any record. */
export function unreadableAnswer(what: string): TransientError {
  return new TransientError('OPENSEARCH_ANSWER_UNREADABLE', `${what}; what was written is not known, it is sent again`)
}

/** The operator of this sink must act. */
export function configuration(code: string, message: string): TransientError {
  return new TransientError(code, message, { fault: 'configuration' })
}

/** Only time or the operator of the cluster can help; a pause that was asked for is kept. */
export function outage(code: string, message: string, retryAfterMs?: number): TransientError {
  return new TransientError(code, message, { fault: 'outage', retryAfterMs })
}

/** OpenSSL's and Node's codes of a handshake that failed, and the HTTP parser's where no HTTP came. */
const WRONG_SPEECH = /CERT|^ERR_(TLS|SSL)|^EPROTO$|^UNABLE_TO_VERIFY|^HPE_/

function connectionError(code: string, message: string, node: string, fault: Fault | undefined): TransientError {
  const text = `${node}: ${message} (${code})`
  if (WRONG_SPEECH.test(code)) {
    const remedy = "check the node's certificate, tls.ca, and whether it speaks http or https"
    return configuration('OPENSEARCH_TLS', `${text}; ${remedy}`)
  }
  if (fault === 'configuration') return configuration('OPENSEARCH_NODE_UNKNOWN', `${text}; check nodes`)
  if (fault === 'outage') return outage('OPENSEARCH_UNREACHABLE', text)
  // A connection that broke in use: a record may have broken it, so that nobody is blamed yet.
  return new TransientError('OPENSEARCH_CONNECTION_BROKEN', text)
}

function refusalError({ status, type, says, node, retryAfterMs }: Refusal): TransientError {
  const text = `${node} answered ${status}${says === '' ? '' : `: ${says}`}`
  if (status === 401) return configuration('OPENSEARCH_UNAUTHENTICATED', `${text}; check auth`)
  if (status === 403) {
    const remedy =
      type === 'cluster_block_exception'
        ? 'the cluster or the index is blocked for writing: lift the block'
        : 'grant the role what "posture-stream describe opensearch" prints'
    return configuration('OPENSEARCH_FORBIDDEN', `${text}; ${remedy}`)
  }
  if (status === 404)
    return configuration('OPENSEARCH_NOT_FOUND', `${text}; check nodes and index, and run: ${INSTALL}`)
  if (status === 413 || isOverWritePressure(status, says)) return new TransientError(TOO_LARGE, text)
  if (status === 429) return outage('OPENSEARCH_BUSY', `${text}; the cluster asks for a pause`, retryAfterMs)
  if (status >= 500 || status === 408) return outage('OPENSEARCH_UNAVAILABLE', text, retryAfterMs)
  if (/unrecognized parameter|no handler found/.test(says) || status === 405 || status === 406 || status === 415)
    return configuration('OPENSEARCH_NOT_SUPPORTED', `${text}; check that nodes lead to OpenSearch 2.19 or newer`)
  return new TransientError('OPENSEARCH_REQUEST_REFUSED', text)
}

const PRESSURE = /coordinating_operation_bytes=(\d+), max_coordinating_and_primary_bytes=(\d+)/

/** A request that is larger than all that the node lets in at once is refused as "too many requests", for ever. */
function isOverWritePressure(status: number, says: string): boolean {
  const [, bytes, limit] = (status === 429 && PRESSURE.exec(says)) || []
  return bytes !== undefined && Number(bytes) > Number(limit)
}

function refusalOf(thrown: InstanceType<typeof errors.ResponseError>, scrub: Scrub): Refusal {
  const { statusCode, headers } = thrown.meta
  const body: unknown = thrown.meta.body
  const { type, reason } = errorOf(body)
  const says = scrub([type, reason].filter((each) => each !== '').join(': '))
  const retryAfterMs = readRetryAfter((headers ?? {})['retry-after'], Date.now())
  return { status: statusCode ?? 0, type, says, node: nodeOf(thrown), retryAfterMs }
}

/** The server's error in any of its forms: `{error: {type, reason}}`, `{error: "…"}`, and Amazon's `{Message: "…"}`. */
function errorOf(body: unknown): { readonly type: string; readonly reason: string } {
  const { error, Message, message } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const { type, reason } = (typeof error === 'object' && error !== null ? error : { reason: error }) as Record<
    string,
    unknown
  >
  return { type: textOf(type), reason: textOf(reason ?? Message ?? message) }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function nodeOf(thrown: unknown): string {
  const { meta } = (thrown ?? {}) as { readonly meta?: Partial<ApiResponse> }
  return meta?.meta?.connection?.url?.origin ?? 'the cluster'
}
