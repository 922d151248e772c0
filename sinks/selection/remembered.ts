import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { readDeliveryRecord } from './delivery-records.ts'
import { KeyTable } from './key-table.ts'
import { readTopic } from '../../stream/read-topic.ts'

/** Which findings a sink has delivered and not closed, by what it remembers on posture.deliveries now. Only reads. */
export async function rememberedBy(
  stream: Stream,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): Promise<(key: string) => boolean> {
  const keys = new KeyTable()
  await readTopic(
    stream,
    topics.deliveries.name,
    (record) => {
      const reminder = readDeliveryRecord({ name }, record)
      if (reminder === undefined || 'progress' in reminder) return
      if (reminder.isRemembered) keys.set(reminder.finding)
      else keys.delete(reminder.finding)
    },
    { signal },
  )
  return (key) => keys.has(key)
}
