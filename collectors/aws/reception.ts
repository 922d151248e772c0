import type { HeldMessages } from './held-messages.ts'
import type { Message } from './message.ts'
import { REQUEST_MESSAGES, type Queue } from './queue.ts'

/** Requests that wait for messages at a time while the queue is full of them: one gives 10 at most. */
const REQUESTS = 4
/** No more is asked for while the bodies that wait to be read have so many characters. */
const WAITING_CHARACTERS = 16 * 1024 * 1024
/** What is given at once. */
const GIVEN_MESSAGES = 200
const GIVEN_CHARACTERS = 4 * 1024 * 1024
/** How long a stop waits for requests that are being answered: what an answer that is cut off brings stays hidden. */
const GRACE_MS = 300

export interface ReceptionOptions {
  readonly queue: Queue
  readonly held: HeldMessages
  readonly waitSeconds: number
  readonly visibilitySeconds: number
  readonly maxMessages: number
}

/**
 * Receives ahead of who reads, as long as there is room: with one request while little comes, with several while answers
 * are full. Ends once the queue had nothing for as long as SQS waits; of a FIFO queue, while nothing of it was held.
 */
export class Reception {
  readonly #options: ReceptionOptions
  readonly #waiting: Message[] = []
  readonly #cutOff = new AbortController()
  #characters = 0
  #asked = 0
  #running = 0
  #isStopping = false
  #failure: { readonly error: unknown } | undefined
  #changed = Promise.withResolvers<void>()

  constructor(options: ReceptionOptions) {
    this.#options = options
    options.held.onChange = () => this.#change()
    void this.#request()
  }

  /**
   * The next messages in the order in which they came; undefined when the queue has nothing more for now. Rejects, once
   * what came has been given, when a request has failed, and when the signal aborts.
   */
  async next(signal: AbortSignal): Promise<readonly Message[] | undefined> {
    const onAbort = (): void => this.#change()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      for (;;) {
        signal.throwIfAborted()
        const given = this.#take()
        if (given.length > 0) return given
        if (this.#running === 0) {
          if (this.#failure !== undefined) throw this.#failure.error
          return undefined
        }
        await this.#changed.promise
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Asks for no more, and cuts off requests that wait for messages. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#change()
    const patience = setTimeout(() => this.#cutOff.abort(), GRACE_MS)
    while (this.#running > 0) await this.#changed.promise
    clearTimeout(patience)
  }

  /** Never rejects. */
  async #request(): Promise<void> {
    const { queue, held } = this.#options
    this.#running += 1
    try {
      while (!this.#isStopping && this.#failure === undefined) {
        const max = this.#room()
        if (max === 0) {
          await this.#changed.promise
          continue
        }
        const isConclusive = !queue.isFifo || held.count === 0
        const received = await this.#receive(max)
        // While messages are held, those behind them in their groups cannot come: then it is asked once more.
        if (received === 0 && (isConclusive || this.#running > 1)) break
        if (received === max && this.#running < REQUESTS) void this.#request()
      }
    } catch (error) {
      if (!this.#isStopping) this.#failure ??= { error }
    } finally {
      this.#running -= 1
      this.#change()
    }
  }

  async #receive(max: number): Promise<number> {
    const { queue, held, waitSeconds, visibilitySeconds } = this.#options
    this.#asked += max
    try {
      const messages = await queue.receive({ max, waitSeconds, visibilitySeconds }, this.#cutOff.signal)
      held.add(messages)
      this.#waiting.push(...messages)
      for (const { body } of messages) this.#characters += body.length
      return messages.length
    } finally {
      this.#asked -= max
      this.#change()
    }
  }

  /** How many messages the next request may bring; 0: not now. Small requests are not worth it, except where all is small. */
  #room(): number {
    const { held, maxMessages } = this.#options
    if (this.#characters >= WAITING_CHARACTERS) return 0
    const free = maxMessages - held.count - this.#asked
    if (free >= REQUEST_MESSAGES) return REQUEST_MESSAGES
    return held.count === 0 && this.#asked === 0 ? Math.max(0, free) : 0
  }

  #take(): Message[] {
    const given: Message[] = []
    let characters = 0
    let taken = 0
    for (const message of this.#waiting) {
      const isEnough = given.length > 0 && characters + message.body.length > GIVEN_CHARACTERS
      if (isEnough || given.length === GIVEN_MESSAGES) break
      taken += 1
      this.#characters -= message.body.length
      // What SQS has given to another reader by now is that one's.
      if (!this.#options.held.holds(message)) continue
      characters += message.body.length
      given.push(message)
    }
    this.#waiting.splice(0, taken)
    if (taken > 0) this.#change()
    return given
  }

  /** Lets everyone who waits look again. */
  #change(): void {
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers()
    resolve()
  }
}
