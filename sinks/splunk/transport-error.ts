import { TransientError, errorCode, type Fault } from '../../core/errors.ts'
import { faultOf } from '../fault.ts'
import type { Quote } from './quote.ts'

const TIMEOUTS = new Set(['TimeoutError', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])
/** Codes of OpenSSL and of the HTTP parser: the other side speaks something else than we were told. */
const OTHER_PROTOCOL = /^(EPROTO|ERR_SSL_|HPE_|HTTPParserError|CERT_)/

/**
 * Why there was no answer, as a TransientError. A connection that broke while in use states no fault, since the request
 * itself may have broken it. The cause has the code and the words of the original and nothing else: undici's errors carry
 * what was read, and that may be our own request, token included.
 */
export function transportError(thrown: unknown, to: string, requestTimeoutMs: number, quote: Quote): TransientError {
  const code = codeOf(thrown)
  const words = quote.text(thrown instanceof Error ? thrown.message : String(thrown))
  const cause = Object.assign(new Error(words), { code })
  if (TIMEOUTS.has(code)) {
    const message = `${to} did not answer within ${requestTimeoutMs} ms; what it got is sent again, and may then be there twice`
    return new TransientError('SPLUNK_TIMEOUT', message, { fault: 'outage', cause })
  }
  const fault: Fault | undefined = faultOf(thrown) ?? (OTHER_PROTOCOL.test(code) ? 'configuration' : undefined)
  const why = words === '' || words.includes(code) ? words || code : `${code}: ${words}`
  if (fault === undefined) {
    const message = `the connection to ${to} broke (${why}); what it got is sent again, and may then be there twice`
    return new TransientError('SPLUNK_CONNECTION_LOST', message, { cause })
  }
  const remedy =
    fault === 'outage'
      ? 'it is tried again'
      : 'check the address, and tls.ca where an own authority signs its certificate'
  return new TransientError('SPLUNK_UNREACHABLE', `cannot reach ${to} (${why}); ${remedy}`, { fault, cause })
}

/** The innermost code that says something: undici and happy eyeballs wrap those of the system. */
function codeOf(thrown: unknown): string {
  const code = errorCode(thrown)
  const { cause } = thrown as { cause?: unknown }
  const vague = code === 'UND_ERR_SOCKET' || code === 'TypeError' || code === 'Error'
  return vague && cause instanceof Error ? codeOf(cause) : code
}
