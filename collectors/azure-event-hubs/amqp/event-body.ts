import type { ReceivedEventData } from '@azure/event-hubs'
import type { Message } from '../../messages/message.ts'

/** A message as we read it: the bytes as they came; what AMQP carries as values of its own, as JSON. */
export function messageOf(partition: string, { body, sequenceNumber, enqueuedTimeUtc }: ReceivedEventData): Message {
  const sentAt = enqueuedTimeUtc instanceof Date ? enqueuedTimeUtc.getTime() : NaN
  return {
    id: `${partition}/${sequenceNumber}`,
    body: bodyOf(body),
    sentAt: Number.isFinite(sentAt) ? sentAt : undefined,
  }
}

function bodyOf(body: unknown): string | Uint8Array {
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  // A message may have several data sections, which are one body.
  if (Array.isArray(body) && body.length > 0 && body.every((each) => each instanceof Uint8Array))
    return Buffer.concat(body)
  return textOf(body)
}

/** Nothing at all is an empty text; numbers that JSON lacks become text. */
function textOf(value: unknown): string {
  const replace = (_key: string, each: unknown): unknown => (typeof each === 'bigint' ? each.toString() : each)
  try {
    return value === undefined || value === null ? '' : (JSON.stringify(value, replace) ?? '')
  } catch {
    return ''
  }
}
