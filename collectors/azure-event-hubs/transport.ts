import type { Inbox } from '../messages/inbox.ts'
import type { Message } from '../messages/message.ts'
import type { Subscription } from '../messages/pushed-batches.ts'

/** One of the protocols by which a hub is read. */
export interface HubTransport {
  /**
   * It says itself that nothing came for a while, by putting a list without messages: it knows whether it has come so far
   * that nothing coming means something. Of any other, that nobody put anything says so.
   */
  readonly tellsSilence?: boolean
  /** May we read there? Throws with what is wrong and how to mend it; see `Collector.check`. */
  check(signal: AbortSignal): Promise<void>
  /** See `Collector.outlook`. */
  outlook?(signal: AbortSignal): Promise<readonly string[]>
  /**
   * Reads the partitions that fall to this reader into the inbox, each message as `<partition>/<sequence number or offset>`
   * with the time at which it was enqueued. A checkpoint is saved once what came before it is durable. `reader` is the name
   * that this collector had before its last crash, so that it need not wait until its own claims expire.
   */
  open(inbox: Inbox<Message>, signal: AbortSignal, reader: string): Promise<Subscription>
}
