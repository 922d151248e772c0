export const OPERATIONS = ['publish', 'consume', 'copy', 'atomic copy'] as const
export type Operation = (typeof OPERATIONS)[number]

/** Who does it: through the port, on either implementation; a plain loop of kafkajs; Kafka's own tools in Java. */
export const SUBJECTS = ['embedded', 'kafka', 'bare kafkajs', 'java'] as const
export type Subject = (typeof SUBJECTS)[number]

/** One measurement, as it is told to the process that makes it. */
export interface Task {
  readonly operation: Operation
  readonly subject: Subject
  readonly records: number
  readonly recordBytes: number
  /** Records in one call of publish, and at the most in one batch. */
  readonly batch: number
  readonly partitions: number
  readonly compression: 'zstd' | 'gzip' | 'snappy' | 'lz4' | 'none'
  readonly brokers: readonly string[]
  /** Stands before the names of the topics that are read and written. */
  readonly prefix: string
  readonly input: string
  readonly output: string
}

export interface Measured {
  readonly records: number
  readonly seconds: number
  /** User and system time of the process and its threads. */
  readonly cpuSeconds: number
}

/** Whether this subject can do it. */
export function canDo(subject: Subject, operation: Operation): boolean {
  if (subject === 'java') return operation === 'publish' || operation === 'consume'
  return subject !== 'bare kafkajs' || operation !== 'atomic copy'
}

/** Measures from when it is made until so many records have been dealt with. */
export class Stopwatch {
  readonly done: Promise<Measured>
  readonly #finished = Promise.withResolvers<Measured>()
  readonly #records: number
  readonly #startedAt = performance.now()
  readonly #cpu = process.cpuUsage()
  #count = 0

  constructor(records: number) {
    this.#records = records
    this.done = this.#finished.promise
  }

  get isDone(): boolean {
    return this.#count >= this.#records
  }

  /** So many records more have been dealt with. */
  add(records: number): void {
    this.#count += records
    if (!this.isDone) return
    const { user, system } = process.cpuUsage(this.#cpu)
    const seconds = (performance.now() - this.#startedAt) / 1000
    this.#finished.resolve({ records: this.#count, seconds, cpuSeconds: (user + system) / 1e6 })
  }
}
