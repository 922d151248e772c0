import type { Message } from 'kafkajs'

/** What one call of `send` may carry: one partition, and no more than a broker takes as one batch of records. */
export interface Send {
  readonly topic: string
  readonly partition: number
  readonly messages: Message[]
}

/** Of a broker's default max.message.bytes (1 MiB) uncompressed, less room for what surrounds a record. */
const SEND_BYTES = 900_000
const SEND_RECORDS = 5000
const RECORD_OVERHEAD = 64

/** Cuts messages into sends, in order within each partition; one larger than a send goes alone. */
export function sendsOf(
  outputs: Iterable<{ readonly topic: string; readonly partition: number; readonly message: Message }>,
): Send[] {
  const sends: Send[] = []
  const open = new Map<string, { send: Send; bytes: number }>()
  for (const { topic, partition, message } of outputs) {
    const place = `${topic}/${partition}`
    const size = messageBytes(message)
    let current = open.get(place)
    if (current === undefined || current.bytes + size > SEND_BYTES || current.send.messages.length >= SEND_RECORDS) {
      current = { send: { topic, partition, messages: [] }, bytes: 0 }
      open.set(place, current)
      sends.push(current.send)
    }
    current.send.messages.push(message)
    current.bytes += size
  }
  return sends
}

function messageBytes({ key, value, headers = {} }: Message): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0) + RECORD_OVERHEAD
  for (const name of Object.keys(headers)) bytes += name.length + (headers[name]?.length ?? 0)
  return bytes
}
