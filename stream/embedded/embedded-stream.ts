import { join, resolve } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../core/component.ts'
import { PermanentError, TransientError } from '../../core/errors.ts'
import { createDirectory, storageError } from '../../core/storage.ts'
import type { Logger } from '../../core/telemetry.ts'
import type {
  BatchHandler,
  ConsumeOptions,
  Consumption,
  FollowOptions,
  Following,
  GroupConsumption,
  OutgoingRecord,
  RecordsHandler,
  Stream,
} from '../stream.ts'
import type { Topic } from '../topics.ts'
import { Database } from './database.ts'
import { FailureReport } from '../failure-report.ts'
import { Follower } from './follower.ts'
import { Group } from './group.ts'
import { Logs, type Log } from './logs.ts'
import { Maintenance } from './maintenance.ts'
import { News } from './news.ts'
import { RecordStore } from './record-store.ts'
import { RunLock } from './run-lock.ts'

const DEFAULT_PARTITIONS = 12

export interface EmbeddedStreamOptions {
  /** Where `stream.db` and `run.lock` lie; made when it is missing. */
  readonly directory: string
  readonly topics: readonly Topic[]
  /** Partitions of a topic with `many`; pinned by the file, 12 unless told. */
  readonly partitions?: number | undefined
  /** `run` is for the one process that consumes; `append` publishes and reads beside it. `run` unless told. */
  readonly mode?: 'run' | 'append' | undefined
  /** The most bytes of keys, headers and values that each topic with cleanup `delete` keeps; no limit unless told. */
  readonly retentionBytes?: number | undefined
  readonly clock?: Clock | undefined
  readonly log?: Logger | undefined
}

/** The stream in one SQLite file: no broker, one machine, one process that consumes (design: the embedded default). */
export class EmbeddedStream implements Stream {
  readonly #database: Database
  readonly #lock: RunLock | undefined
  readonly #logs: Logs
  readonly #store: RecordStore
  readonly #news: News
  readonly #maintenance: Maintenance | undefined
  readonly #log: Logger | undefined
  readonly #groups = new Map<string, Group>()
  readonly #running = new Set<Consumption>()
  #closing: Promise<void> | undefined

  private constructor(database: Database, lock: RunLock | undefined, options: EmbeddedStreamOptions) {
    const { topics, partitions = DEFAULT_PARTITIONS, clock = Date.now, log, retentionBytes } = options
    this.#database = database
    this.#lock = lock
    this.#log = log
    this.#logs = Logs.open(database, topics, partitions)
    this.#store = new RecordStore(database, this.#logs, clock)
    this.#news = new News(() => database.version())
    if (lock !== undefined) this.#maintenance = new Maintenance(database, this.#logs, { clock, log, retentionBytes })
  }

  /**
   * Opens or creates a stream. Throws with the remedy in the message: STREAM_LOCKED when another process runs on the
   * directory, STREAM_MISSING (append only), STREAM_PARTITIONS, STREAM_FOREIGN_FILE, STREAM_VERSION, or
   * STORAGE_… when the directory or a file in it cannot be used.
   */
  static async open(options: EmbeddedStreamOptions): Promise<EmbeddedStream> {
    const directory = resolve(options.directory)
    const runs = options.mode !== 'append'
    if (runs) await makeDirectory(directory)
    const lock = runs ? RunLock.take(directory) : undefined
    let database: Database | undefined
    try {
      database = Database.open(join(directory, 'stream.db'), runs)
      return new EmbeddedStream(database, lock, options)
    } catch (error) {
      database?.close()
      lock?.release()
      throw error
    }
  }

  async publish(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    this.#requireOpen()
    const placed = this.#store.place(topic, records)
    if (placed.length === 0) return
    const ends = this.#store.transaction(() => this.#store.append(placed))
    this.#news.announce(ends.keys())
    // One who publishes in a loop must not starve those who read.
    await nextTurn()
  }

  async consume(options: ConsumeOptions, handle: BatchHandler): Promise<GroupConsumption> {
    this.#requireOpen()
    const { topic, group, from, maxRecords = 1 } = options
    this.#requireLock(`Group ${group} cannot consume ${topic}`)
    if (!Number.isInteger(maxRecords) || maxRecords < 1) {
      throw new PermanentError('STREAM_MAX_RECORDS', `maxRecords of group ${group} must be a whole number from 1`)
    }
    const logs = this.#logs.of(topic)
    this.#store.startAt(group, startsOf(from, logs))
    const name = JSON.stringify([topic, group])
    const storage = { store: this.#store, logs: this.#logs, news: this.#news }
    const members = this.#groups.get(name) ?? new Group(storage, logs, this.#log)
    this.#groups.set(name, members)
    const joined = members.join(options, handle)
    return { ...this.#register(joined), partitions: () => joined.partitions() }
  }

  async follow(topic: string, handle: RecordsHandler, { from }: FollowOptions = {}): Promise<Following> {
    this.#requireOpen()
    const report = new FailureReport(this.#log, { topic })
    const storage = { store: this.#store, news: this.#news }
    const follower = new Follower(storage, this.#logs.of(topic), handle, report, from)
    return { ...this.#register(follower), ready: follower.ready }
  }

  /** Counts holes that compaction left before the end as records, but is 0 exactly when nothing is left to read. */
  async lag(topic: string, group: string): Promise<number> {
    this.#requireOpen()
    let lag = 0n
    for (const log of this.#logs.of(topic)) {
      const next = this.#store.firstFrom(log, this.#store.position(group, log) ?? 0n)
      if (next !== undefined) lag += this.#store.end(log) - next
    }
    return Number(lag)
  }

  async positions(topic: string, group: string): Promise<ReadonlyMap<number, bigint>> {
    this.#requireOpen()
    const positions = this.#logs.of(topic).map((log) => [log.partition, this.#store.position(group, log)] as const)
    return new Map(positions.filter((each): each is [number, bigint] => each[1] !== undefined))
  }

  async ends(topic: string): Promise<ReadonlyMap<number, bigint>> {
    this.#requireOpen()
    return new Map(this.#logs.of(topic).map((log) => [log.partition, this.#store.end(log)]))
  }

  async beginnings(topic: string): Promise<ReadonlyMap<number, bigint>> {
    this.#requireOpen()
    const logs = this.#logs.of(topic)
    return new Map(logs.map((log) => [log.partition, this.#store.firstFrom(log, 0n) ?? this.#store.end(log)]))
  }

  async offsetsSince(topic: string, time: number): Promise<ReadonlyMap<number, bigint>> {
    this.#requireOpen()
    const logs = this.#logs.of(topic)
    return new Map(logs.map((log) => [log.partition, this.#store.firstSince(log, time) ?? this.#store.end(log)]))
  }

  /** Only for the process that consumes: any other cannot know whether the group has members. */
  async forgetGroup(topic: string, group: string): Promise<void> {
    this.#requireOpen()
    this.#requireLock(`Group ${group} of ${topic} cannot be forgotten`)
    const logs = this.#logs.of(topic)
    const name = JSON.stringify([topic, group])
    if (this.#groups.get(name)?.isInUse === true)
      throw new TransientError(
        'GROUP_IN_USE',
        `Group ${group} of ${topic} has members; stop them before it is forgotten`,
      )
    this.#groups.delete(name)
    this.#store.transaction(() => {
      for (const log of logs) this.#store.forget(group, log)
    })
  }

  /** Compacts, and drops what is older or larger than is to be kept; this also happens every five minutes by itself. */
  async maintain(): Promise<void> {
    this.#requireOpen()
    if (this.#maintenance === undefined) {
      throw new PermanentError('STREAM_APPEND_ONLY', 'Only the process that runs the pipeline maintains its stream')
    }
    await this.#maintenance.run()
  }

  /** Stops all that runs, waits for handlers at work, and closes the file; safe to call twice. */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.stop()))
    await this.#maintenance?.stop()
    this.#database.close()
    this.#lock?.release()
  }

  #register(running: Consumption): Consumption {
    const consumption = {
      stop: async (): Promise<void> => {
        await running.stop()
        this.#running.delete(consumption)
      },
    }
    this.#running.add(consumption)
    return consumption
  }

  #requireLock(what: string): void {
    if (this.#lock !== undefined) return
    throw new PermanentError(
      'STREAM_APPEND_ONLY',
      `${what}: this process only appends beside the running pipeline; open the stream to run`,
    )
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new PermanentError('STREAM_CLOSED', 'The stream has been closed')
  }
}

/** By log, where a group without a position starts; undefined for its end. Logs without one start at the beginning. */
function startsOf(from: ConsumeOptions['from'], logs: readonly Log[]): Map<Log, bigint | undefined> {
  if (from === undefined || from === 'earliest') return new Map()
  if (from === 'latest') return new Map(logs.map((log) => [log, undefined]))
  return new Map(logs.flatMap((log) => (from.has(log.partition) ? [[log, from.get(log.partition)]] : [])))
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await createDirectory(directory)
  } catch (error) {
    throw storageError(error, directory)
  }
}
