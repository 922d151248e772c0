import { asError, TransientError } from '../../../core/errors.ts'
import type { Context } from '../../../core/component.ts'
import type { HubClient } from './hub-client.ts'
import type { Positions } from './positions.ts'

interface StallWatchOptions {
  readonly client: HubClient
  readonly hub: string
  readonly positions: Pick<Positions, 'awaited'>
  readonly context: Pick<Context, 'name' | 'log' | 'metrics'>
  /** Whether messages wait to become durable: that nothing moves then is no fault of the client. */
  readonly isBusy: () => boolean
  readonly stalled: (error: Error) => void
}

const LOOK_MS = 15_000
/** Longer than any pause that the client gets over by itself. */
const SILENCE_MS = 60_000

/** Notices that the client brings nothing any more of what the hub has, which it can do without an error. */
export class StallWatch {
  readonly #options: StallWatchOptions
  readonly #timer: NodeJS.Timeout
  #seen = ''
  #since = performance.now()

  constructor(options: StallWatchOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.#look(), LOOK_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    const { client, hub, positions, context, isBusy, stalled } = this.#options
    const awaited = new Map(positions.awaited)
    const seen = [...awaited].join(' ')
    if (isBusy() || seen !== this.#seen) this.#since = performance.now()
    this.#seen = seen
    if (performance.now() - this.#since < SILENCE_MS) return
    this.#since = performance.now()
    try {
      const ends = await client.ask((admin) => admin.fetchTopicOffsets(hub))
      const behind = ends.filter(({ partition, high }) => BigInt(high) > (awaited.get(partition) ?? BigInt(high)))
      if (behind.length === 0 || isBusy() || seen !== [...positions.awaited].join(' ')) return
      stalled(
        silent(
          hub,
          behind.map(({ partition }) => partition),
        ),
      )
    } catch (error) {
      context.log.debug({ hub, message: asError(error).message }, 'The ends of a hub cannot be read.')
    }
  }
}

function silent(hub: string, partitions: readonly number[]): TransientError {
  return new TransientError(
    'EVENT_HUBS_STALLED',
    `partitions ${partitions.join(', ')} of ${hub} have messages and brought none for ${SILENCE_MS / 1000} s; it is read anew`,
    { fault: 'outage' },
  )
}
