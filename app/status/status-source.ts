import { CheckpointTable } from '../../collectors/checkpoint.ts'
import { durationMs } from '../../core/duration.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import type { FollowOptions, Following, Stream, StreamRecord } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import { shownCheckpoints } from '../checkpoints.ts'
import type { LoadedConfig } from '../config/catalogs.ts'
import { readDeadLetters } from '../dead-letters/letters.ts'
import { lookAtGroups } from './group-sight.ts'
import type { Observation, SeenConfiguration, SeenLetter } from './observation.ts'
import { FORGOTTEN_MS, ReportTable } from './report-table.ts'

/** What a status needs of a configuration; `file` is how it was named. */
export function seenConfiguration(config: LoadedConfig, file: string): SeenConfiguration {
  const { tenant, stream, collectors, sinks } = config
  const where = stream.type === 'embedded' ? stream.directory : `${stream.brokers.join(', ')}, prefix ${stream.prefix}`
  return {
    file,
    tenant,
    stream: { type: stream.type, where },
    collectors: collectors.map(({ name, definition, settings: { schedule, expectEvery } }) => ({
      name,
      type: definition.name,
      expectEvery,
      expectEveryMs: expectEvery === undefined ? undefined : durationMs(expectEvery),
      resident: schedule !== undefined || definition.runs === 'continuously',
    })),
    sinks: sinks.map(({ name, definition }) => ({ name, type: definition.name })),
  }
}

/** What is seen of a configuration whose stream does not exist yet. */
export function nothingSeen(configuration: SeenConfiguration, at: number): Observation {
  return { at, configuration, reports: [], unreadableReports: [], checkpoints: [], letters: [], groups: [] }
}

/** Looks at a stream as often as it is asked to, beside whatever runs on it; reads of each topic only what is new. */
export class StatusSource implements AsyncDisposable {
  readonly #stream: Stream
  readonly #configuration: SeenConfiguration
  readonly #reports = new ReportTable(new SchemaRegistry())
  readonly #letters: LetterShelf
  readonly #checkpoints: CheckpointTable
  readonly #following: Following[] = []

  private constructor(stream: Stream, configuration: SeenConfiguration) {
    this.#stream = stream
    this.#configuration = configuration
    this.#checkpoints = new CheckpointTable(configuration.tenant)
    this.#letters = new LetterShelf(stream)
  }

  /** Resolves once all is read that stood there; closing the stream is the caller's. */
  static async open(stream: Stream, configuration: SeenConfiguration): Promise<StatusSource> {
    const source = new StatusSource(stream, configuration)
    try {
      await Promise.all([
        source.#followReports(),
        source.#follow(topics.checkpoints.name, source.#checkpoints),
        source.#letters.look(),
      ])
      return source
    } catch (error) {
      await source[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Everything at this moment, by the clock of this process. */
  async observe(): Promise<Observation> {
    const at = Date.now()
    const seen = this.#reports.seen(at)
    const [groups, letters] = await Promise.all([
      lookAtGroups(this.#stream, this.#configuration, seen.reports, at),
      this.#letters.look(),
    ])
    const checkpoints = shownCheckpoints(this.#checkpoints.latest(), this.#configuration.tenant)
    return { at, configuration: this.#configuration, ...seen, checkpoints, letters, groups }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#following.map((following) => following.stop()))
  }

  async #followReports(): Promise<void> {
    const { name } = topics.status
    const from = await this.#stream.offsetsSince(name, Date.now() - FORGOTTEN_MS)
    await this.#follow(name, this.#reports, { from })
  }

  async #follow(topic: string, table: Table, options?: FollowOptions): Promise<void> {
    const following = await this.#stream.follow(topic, (records) => records.forEach((each) => table.add(each)), options)
    this.#following.push(following)
    await following.ready
  }
}

interface Table {
  add(record: StreamRecord): void
}

/** The dead letters: read anew when some have come or gone, and meanwhile as they were. */
class LetterShelf {
  readonly #stream: Stream
  #letters: readonly SeenLetter[] = []
  #readAt: string | undefined
  #reading: Promise<void> | undefined

  constructor(stream: Stream) {
    this.#stream = stream
  }

  /** Waits for the first reading and for no other. */
  async look(): Promise<readonly SeenLetter[]> {
    const { name } = topics.deadLetters
    const [beginnings, ends] = await Promise.all([this.#stream.beginnings(name), this.#stream.ends(name)])
    const state = JSON.stringify([...beginnings, ...ends].map(String))
    if (state !== this.#readAt) this.#reading ??= this.#read(state).finally(() => (this.#reading = undefined))
    if (this.#readAt === undefined) await this.#reading
    else this.#reading?.catch(() => undefined)
    return this.#letters
  }

  async #read(state: string): Promise<void> {
    const letters = await readDeadLetters(this.#stream)
    this.#letters = letters.map(({ stage, component, code, time }) => ({ stage, component, code, time }))
    this.#readAt = state
  }
}
