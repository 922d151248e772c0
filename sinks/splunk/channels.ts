import { randomUUID } from 'node:crypto'
import { parseCookie } from 'undici'

/**
 * Where one request at a time is acknowledged. Behind a load balancer only the indexer that took a request knows its
 * acknowledgement, and the cookies of its answer lead back to it.
 */
export class Channel {
  readonly id = randomUUID()
  readonly #cookies = new Map<string, string>()

  /** What takes a request to this channel, and to the indexer that answered on it before. */
  get headers(): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return { 'x-splunk-request-channel': this.id, ...(cookie === '' ? {} : { cookie }) }
  }

  /** Notes the `Set-Cookie` headers of an answer to events. */
  note(setCookies: readonly string[]): void {
    for (const text of setCookies) {
      const cookie = parseCookie(text)
      if (cookie === null) continue
      if (cookie.maxAge !== undefined && cookie.maxAge <= 0) this.#cookies.delete(cookie.name)
      else this.#cookies.set(cookie.name, cookie.value)
    }
  }
}

/**
 * The channels of one endpoint: as many as requests wait at the same time. Every indexer counts a channel's requests from 0.
 * Were two of them to wait on one channel, and the load balancer to send the question for the first to the indexer of the
 * second, the yes to the second would pass for one to the first. So nobody else gets a channel before its request is
 * acknowledged, and nobody ever when it was not.
 */
export class Channels {
  readonly #free: Channel[] = []

  take(): Channel {
    return this.#free.pop() ?? new Channel()
  }

  /** Nothing on it is still to be acknowledged. */
  giveBack(channel: Channel): void {
    this.#free.push(channel)
  }
}
