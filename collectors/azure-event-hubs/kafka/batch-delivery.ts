import type { Batch, EachBatchPayload, KafkaMessage } from 'kafkajs'
import { Backoff } from '../../../core/backoff.ts'
import type { Inbox } from '../../messages/inbox.ts'
import type { Message } from '../../messages/message.ts'
import { Heartbeats } from './heartbeats.ts'
import { hasMoved } from './kafka-error.ts'
import type { Positions } from './positions.ts'
import type { Silence } from './silence.ts'

interface BatchDeliveryOptions {
  readonly inbox: Inbox<Message>
  /** How many messages are put at once. */
  readonly atMost: number
  readonly beatMs: number
  readonly positions: Positions
  readonly silence: Silence
  /** Resolves once it is known where the partitions at hand are read on. */
  readonly placed: () => Promise<void>
  /** Aborts when the reader closes. */
  readonly ending: AbortSignal
}

/** How long a commit is tried while the namespace does not answer, and the pause before the next try, in milliseconds. */
const COMMIT_MS = 30_000
const COMMIT_PAUSE = { initialMs: 200, maxMs: 3000 }

/** Puts what one fetch brought of a partition into the inbox, in its order, and commits what has become durable. */
export class BatchDelivery {
  readonly #options: BatchDeliveryOptions

  constructor(options: BatchDeliveryOptions) {
    this.#options = options
  }

  /**
   * Rejects with errors of kafkajs alone, by which it knows that the group has to be joined anew. It never hears of messages
   * that were refused: it would fetch them again at once, and again.
   */
  async deliver(payload: EachBatchPayload): Promise<void> {
    const { placed, positions, silence, atMost, beatMs, ending } = this.#options
    using beats = new Heartbeats(payload.heartbeat, beatMs)
    try {
      await placed()
    } catch {
      return await this.#ended()
    }
    if (payload.isStale()) return
    positions.note(payload.batch)
    for (const messages of chunksOf(payload.batch, atMost)) {
      if (payload.isStale() || !payload.isRunning() || ending.aborted) return
      if (!(await silence.broken(() => this.#take(messages, payload, beats)))) return await this.#ended()
      if (beats.moved !== undefined) throw beats.moved
    }
  }

  /** False where they were refused. */
  async #take(messages: readonly KafkaMessage[], payload: EachBatchPayload, beats: Heartbeats): Promise<boolean> {
    const { batch, resolveOffset } = payload
    if (!(await this.#put(messages.map(messageOf(batch.partition)), beats))) return false
    const last = messages.at(-1)!.offset
    // The markers of a transaction stand behind its messages.
    const next = BigInt(last === batch.messages.at(-1)!.offset ? batch.lastOffset() : last) + 1n
    await this.#commit(payload, next)
    resolveOffset(last)
    this.#options.positions.advance(batch.partition, next)
    return true
  }

  async #put(messages: readonly Message[], beats: Heartbeats): Promise<boolean> {
    const { inbox, ending } = this.#options
    try {
      await inbox.put(messages, AbortSignal.any([beats.givenUp, ending]))
      return true
    } catch {
      if (beats.givenUp.aborted) throw beats.moved!
      return false
    }
  }

  /** Whatever was refused is given again at the next start: until then it must not be fetched again and again. */
  async #ended(): Promise<void> {
    const { ending } = this.#options
    if (!ending.aborted) await new Promise((resolve) => ending.addEventListener('abort', resolve, { once: true }))
  }

  /** Also where the reader is closing: it leaves its group only after this. */
  async #commit({ batch, commitOffsetsIfNecessary }: EachBatchPayload, next: bigint): Promise<void> {
    const { ending } = this.#options
    const partitions = [{ partition: batch.partition, offset: String(next) }]
    const backoff = new Backoff(COMMIT_PAUSE)
    for (const until = performance.now() + COMMIT_MS; ;) {
      try {
        return await commitOffsetsIfNecessary({ topics: [{ topic: batch.topic, partitions }] })
      } catch (error) {
        if (hasMoved(error) || performance.now() > until || ending.aborted) throw error
        await backoff.wait(ending).catch(() => undefined)
      }
    }
  }
}

function* chunksOf({ messages }: Batch, atMost: number): Generator<readonly KafkaMessage[]> {
  for (let from = 0; from < messages.length; from += atMost) yield messages.slice(from, from + atMost)
}

function messageOf(partition: number): (message: KafkaMessage) => Message {
  return ({ offset, timestamp, value }) => {
    const at = Number(timestamp)
    return { id: `${partition}/${offset}`, body: value ?? new Uint8Array(), sentAt: at > 0 ? at : undefined }
  }
}
