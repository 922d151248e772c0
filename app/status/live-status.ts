import { errorCode } from '../../core/errors.ts'
import type { Stream } from '../../stream/stream.ts'
import type { SeenConfiguration } from './observation.ts'
import { statusOf } from './status-of.ts'
import type { Status } from './status-shape.ts'
import { StatusSource, nothingSeen } from './status-source.ts'

type OpenedStream = Stream & AsyncDisposable

/** The status of one configuration, as often as it is asked for, over one connection for as long as that holds. */
export class LiveStatus implements AsyncDisposable {
  readonly #configuration: SeenConfiguration
  readonly #open: () => Promise<OpenedStream>
  #stream: OpenedStream | undefined
  #source: StatusSource | undefined

  constructor(configuration: SeenConfiguration, open: () => Promise<OpenedStream>) {
    this.#configuration = configuration
    this.#open = open
  }

  /** Rejects where the stream cannot be read; the next call connects anew. A stream that does not exist yet is no error. */
  async look(): Promise<Status> {
    try {
      this.#stream ??= await this.#open()
      this.#source ??= await StatusSource.open(this.#stream, this.#configuration)
      return statusOf(await this.#source.observe())
    } catch (error) {
      await this[Symbol.asyncDispose]()
      if (errorCode(error) === 'STREAM_MISSING') return statusOf(nothingSeen(this.#configuration, Date.now()))
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [source, stream] = [this.#source, this.#stream]
    this.#source = undefined
    this.#stream = undefined
    await source?.[Symbol.asyncDispose]()
    await stream?.[Symbol.asyncDispose]()
  }
}
