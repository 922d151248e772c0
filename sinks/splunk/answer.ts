import { PermanentError, TransientError, type Fault } from '../../core/errors.ts'
import { hecCode, verdictOfStatus, type HecCode, type HecVerdict } from './hec-codes.ts'
import type { Quote } from './quote.ts'

/** An answer over HTTP, read whole. */
export interface HecResponse {
  /** Scheme, host and port of who answered. */
  readonly from: string
  readonly status: number
  /** `Retry-After`, in milliseconds. */
  readonly retryAfterMs: number | undefined
  readonly body: string
}

/** What became of a request with events, where the answer is about the events. */
export type HecAnswer =
  | { readonly kind: 'taken'; readonly slowly: boolean; readonly ackId: number | undefined }
  /** `event` is the number, from 0, of the event that Splunk blames. */
  | { readonly kind: 'refused'; readonly event: number | undefined; readonly error: PermanentError }
  | { readonly kind: 'too-large' }

/** Reads the answer to a request with events. Throws a TransientError with its fault when it is not about them. */
export function readAnswer(response: HecResponse, quote: Quote): HecAnswer {
  if (response.status === 413) return { kind: 'too-large' }
  const said = read(response)
  switch (said.verdict) {
    case 'taken':
    case 'taken-slowly':
      // A portal or a proxy that answers 200 to everything would make findings vanish.
      if (said.body['code'] === undefined) throw notHec(response)
      return { kind: 'taken', slowly: said.verdict === 'taken-slowly', ackId: count(said.body['ackId']) }
    case 'record': {
      const { code, message } = described(response, said, quote)
      return {
        kind: 'refused',
        event: count(said.body['invalid-event-number']),
        error: new PermanentError(code, message),
      }
    }
    case 'healthy':
      throw notHec(response)
    default:
      throw faultError(said.verdict, response, said, quote)
  }
}

/** Reads the answer of the health endpoint. Throws a TransientError with its fault when HEC takes no events now. */
export function readHealth(response: HecResponse, quote: Quote): void {
  const said = read(response)
  if (said.verdict === 'configuration' || said.verdict === 'outage')
    throw faultError(said.verdict, response, said, quote)
  if (said.verdict === 'record') throw faultError('configuration', response, said, quote)
  if (!said.isJson && response.body.trim() !== '') throw notHec(response)
}

/** Which of the numbers asked for are acknowledged. Throws a TransientError with its fault when the answer does not say. */
export function readAcknowledged(response: HecResponse, quote: Quote): ReadonlySet<number> {
  const said = read(response)
  const { acks } = said.body
  if (response.status < 300 && typeof acks === 'object' && acks !== null)
    return new Set(Object.entries(acks).flatMap(([id, indexed]) => (indexed === true ? [Number(id)] : [])))
  if (said.verdict === 'configuration' || said.verdict === 'outage')
    throw faultError(said.verdict, response, said, quote)
  throw notHec(response)
}

/** `Retry-After` in milliseconds, whether it is seconds or a date; undefined when it says nothing useful. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(ms) && ms > 0 ? ms : undefined
}

interface Said {
  readonly isJson: boolean
  readonly body: Readonly<Record<string, unknown>>
  /** The row of its code, where it has a known one. */
  readonly known: HecCode | undefined
  readonly verdict: HecVerdict
}

function read({ status, body: text }: HecResponse): Said {
  const body = parse(text)
  const listed = typeof body?.['code'] === 'number' ? hecCode(body['code']) : undefined
  // A code of success under a status of failure is somebody else's.
  const known = listed && listed.status < 300 && status >= 300 ? undefined : listed
  return { isJson: body !== undefined, body: body ?? {}, known, verdict: known?.verdict ?? verdictOfStatus(status) }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function faultError(fault: Fault, response: HecResponse, said: Said, quote: Quote): TransientError {
  const { code, message } = described(response, said, quote)
  const general =
    fault === 'outage'
      ? 'it is tried again'
      : 'check the address and the token of this sink, and what stands between (load balancer, firewall)'
  return new TransientError(code, `${message}; ${said.known?.remedy ?? general}`, {
    fault,
    retryAfterMs: response.retryAfterMs,
  })
}

function notHec({ from, status }: HecResponse): TransientError {
  return new TransientError(
    'SPLUNK_NOT_HEC',
    `${from} answered ${status}, but not as the HTTP Event Collector does; check the address and what stands between`,
    { fault: 'configuration' },
  )
}

function described({ from, status }: HecResponse, { body, known }: Said, quote: Quote) {
  const words = typeof body['text'] === 'string' ? quote.text(body['text']) : (known?.meaning ?? '')
  const answer = `${from} answered ${status}${words === '' ? '' : ` "${words}"`}`
  if (!known) return { code: `SPLUNK_HTTP_${status}`, message: answer }
  return { code: `SPLUNK_HEC_${known.code}`, message: `${answer} (HEC code ${known.code})` }
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}
