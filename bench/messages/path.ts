/** One way by which messages come, from a server of its own to the collector that reads it. */
export interface MessagePath extends AsyncDisposable {
  readonly name: string
  /** The collector's section of a configuration, in YAML that fits behind its name. */
  readonly collector: string
  /** Puts messages there, one after the other. */
  send(bodies: readonly string[]): Promise<void>
  /** Messages that were read and are not done with. */
  left(): Promise<number>
  /** A message with a finding of its own for each number. */
  bodyOf(number: number): string
}

/** What a path is started with. */
export interface PathOptions {
  readonly partitions: number
}
