import type { EmbeddedStream } from '../../../stream/embedded/embedded-stream.ts'
import { Driver } from '../driver.ts'
import { numberedFindings } from '../statements.ts'
import type { ScenePipeline } from './scene-pipeline.ts'

/** A steady flow of statements into a pipeline, each of which makes one revision. */
export class StatementFlow {
  readonly stream: EmbeddedStream
  readonly #driver: Driver
  readonly #ending = new AbortController()

  private constructor(stream: EmbeddedStream, rate: number) {
    this.stream = stream
    this.#driver = new Driver({ stream, findings: numberedFindings(1, 1, 5), rate })
  }

  /** `rate`: statements a second. */
  static async into(pipeline: ScenePipeline, rate: number): Promise<StatementFlow> {
    const flow = new StatementFlow(await pipeline.openStream(), rate)
    flow.#driver.start(flow.#ending.signal)
    return flow
  }

  /** Nothing more comes. */
  pause(): Promise<void> {
    return this.#driver.stop()
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    await this.stream.close()
  }
}
