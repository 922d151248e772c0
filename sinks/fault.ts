import { PipelineError, type Fault } from '../core/errors.ts'

/**
 * Node's own codes that leave no doubt that no record was looked at: a connection that could not be made, a file that
 * could not be opened, a machine that ran out of something. A connection that broke while in use (ECONNRESET, EPIPE) is
 * not among them, because the record itself may have broken it.
 */
const FAULTS: Readonly<Record<string, Fault>> = {
  ENOTFOUND: 'configuration',
  EACCES: 'configuration',
  EPERM: 'configuration',
  EROFS: 'configuration',
  ENOTDIR: 'configuration',
  EISDIR: 'configuration',
  ENOENT: 'configuration',
  ELOOP: 'configuration',
  CERT_HAS_EXPIRED: 'configuration',
  CERT_NOT_YET_VALID: 'configuration',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'configuration',
  SELF_SIGNED_CERT_IN_CHAIN: 'configuration',
  UNABLE_TO_GET_ISSUER_CERT: 'configuration',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'configuration',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'configuration',
  ERR_TLS_CERT_ALTNAME_INVALID: 'configuration',
  ECONNREFUSED: 'outage',
  ETIMEDOUT: 'outage',
  EAI_AGAIN: 'outage',
  EHOSTDOWN: 'outage',
  EHOSTUNREACH: 'outage',
  ENETDOWN: 'outage',
  ENETUNREACH: 'outage',
  EADDRNOTAVAIL: 'outage',
  UND_ERR_CONNECT_TIMEOUT: 'outage',
  ENOSPC: 'outage',
  EDQUOT: 'outage',
  EMFILE: 'outage',
  ENFILE: 'outage',
  ENOMEM: 'outage',
  EIO: 'outage',
  ESTALE: 'outage',
  EBUSY: 'outage',
}

const DEPTH_LIMIT = 8

/** The fault that an error or one of its causes states (fetch and happy-eyeballs wrap theirs), if any. */
export function faultOf(error: unknown, depth = 0): Fault | undefined {
  if (!(error instanceof Error) || depth > DEPTH_LIMIT) return undefined
  if (error instanceof PipelineError && error.fault) return error.fault
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && Object.hasOwn(FAULTS, code)) return FAULTS[code]
  // Our own verdict on one record stands, whatever led to it.
  if (error instanceof PipelineError && !error.retryable) return undefined
  const inner = error instanceof AggregateError ? (error.errors as unknown[]) : []
  for (const each of [...inner, error.cause]) {
    const fault = faultOf(each, depth + 1)
    if (fault) return fault
  }
  return undefined
}
