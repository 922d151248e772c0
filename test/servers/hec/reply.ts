import { HEC_CODES, HecRefusal, HttpRefusal, type HecCode } from './codes.ts'

/** An answer, before it goes out. */
export interface Reply {
  readonly status: number
  readonly body: string
  /** JSON by default. */
  readonly type?: string
  readonly code?: HecCode
  readonly retryAfter?: string | undefined
  readonly channel?: string | undefined
  readonly unpackedBytes?: number
}

export interface ReplyParts {
  /** `invalid-event-number`. */
  readonly number?: number | undefined
  readonly ackId?: number | undefined
  readonly retryAfter?: string | undefined
}

/** The body that goes with a code, its keys in Splunk's order. */
export function codeReply(code: HecCode, { number, ackId, retryAfter }: ReplyParts = {}): Reply {
  const { status, text } = HEC_CODES[code]
  const body = JSON.stringify({ text, code, 'invalid-event-number': number, ackId })
  return { status, body, code, retryAfter }
}

/** What a client hears of something thrown; code 8 where that is no refusal. */
export function refusalReply(error: unknown, cloud: boolean): Reply {
  if (error instanceof HttpRefusal) {
    if (error.status === 413 && cloud) return codeReply(6, { number: 0 })
    return { status: error.status, body: error.body, type: error.type }
  }
  return error instanceof HecRefusal ? codeReply(error.code, { number: error.reportedEvent }) : codeReply(8)
}
