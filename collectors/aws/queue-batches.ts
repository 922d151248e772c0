import type { Clock } from '../../core/component.ts'
import type { Logger } from '../../core/telemetry.ts'
import { HeldMessages } from './held-messages.ts'
import type { Message } from './message.ts'
import type { Queue } from './queue.ts'
import { Reception } from './reception.ts'

export interface QueueReading {
  readonly queue: Queue
  readonly waitSeconds: number
  readonly visibilitySeconds: number
  readonly maxMessages: number
  readonly clock: Clock
  readonly log: Logger
}

/**
 * What `make` makes of a queue's messages, until none come for a while. Messages are deleted once all that was made of
 * them is durable, which asking for the next batch says; whoever cannot go on ends the iteration, and they come back.
 */
export async function* queueBatches<Batch>(
  { queue, waitSeconds, visibilitySeconds, maxMessages, clock, log }: QueueReading,
  make: (messages: readonly Message[]) => AsyncIterable<Batch> | Iterable<Batch>,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const held = new HeldMessages({ queue, visibilitySeconds, clock, log })
  const reception = new Reception({ queue, held, waitSeconds, visibilitySeconds, maxMessages })
  try {
    for (;;) {
      const messages = await reception.next(signal)
      if (messages === undefined) break
      yield* make(messages)
      held.done(messages)
    }
    await held.deleted(signal)
  } finally {
    await reception.stop()
    await held.close()
  }
}
