/** Where a list comes from. */
export interface FeedSource {
  /** The file or address, as errors call it. */
  readonly name: string
  /** Cheap and free of side effects. Throws with what is wrong and how to mend it. */
  check(signal: AbortSignal): Promise<void>
  /**
   * The whole of it, or undefined where it is still what bore this tag. Throws a PermanentError or, where it may pass by
   * itself, a TransientError (`INTEL_…`).
   */
  read(etag: string | undefined, signal: AbortSignal): Promise<Fetched | undefined>
  close(): Promise<void>
}

export interface Fetched {
  readonly bytes: Buffer
  /** What its server calls this state of it. */
  readonly etag: string | undefined
  /** Packed for its way here: what a checksum says of that says nothing of the file. */
  readonly encoded: boolean
}
