import type { CollectedBatch } from '../collector.ts'
import { Inbox } from './inbox.ts'

/** A client that hands messages over, as long as it is open. */
export interface Subscription {
  /**
   * Takes in no more, lets those whose messages are durable tell their source so, and lets go of the rest. Never rejects,
   * and takes a few seconds at the most.
   */
  close(): Promise<void>
}

export interface PushedReading<Message> {
  /** Opens the source, which puts its messages into the inbox, or fails it. */
  readonly open: (inbox: Inbox<Message>, signal: AbortSignal) => Promise<Subscription>
  readonly make: (messages: readonly Message[]) => Iterable<CollectedBatch>
  /** How many messages are made into batches at once, more than that only where they came together. */
  readonly atMost: number
  /** How long nothing has to come before that is told, in milliseconds. */
  readonly waitMs: number
}

/**
 * What `make` makes of the messages of a source that is waited on. It does not end by itself: whenever nothing came for a
 * while it gives a batch without anything, which says so. Messages are let go at their source once all that was made of
 * them is durable, which asking for the next batch says; whoever cannot go on ends the iteration, and they come again.
 */
export async function* pushedBatches<Message>(
  { open, make, atMost, waitMs }: PushedReading<Message>,
  signal: AbortSignal,
): AsyncGenerator<CollectedBatch> {
  const inbox = new Inbox<Message>()
  const subscription = await open(inbox, signal)
  try {
    for (;;) {
      const { messages, done } = await inbox.next(atMost, waitMs, signal)
      if (messages.length === 0) yield { events: [], read: 0 }
      else yield* make(messages)
      done()
    }
  } finally {
    inbox.close(new Error('the collector takes no more messages'))
    await subscription.close()
  }
}
