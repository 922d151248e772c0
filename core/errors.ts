/** What a destination needs before it can take anything: its operator (`configuration`) or time (`outage`). */
export type Fault = 'configuration' | 'outage'

interface PipelineErrorOptions {
  readonly retryable: boolean
  readonly retryAfterMs?: number | undefined
  readonly fault?: Fault | undefined
  readonly cause?: unknown
}

/** Every error we raise on purpose: a stable code to search for, and whether trying again can help. */
export class PipelineError extends Error {
  readonly code: string
  readonly retryable: boolean
  /** A lower bound that the other side asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** Set when the other side as a whole cannot take anything now, whatever the record. */
  readonly fault: Fault | undefined

  constructor(code: string, message: string, options: PipelineErrorOptions) {
    super(message, { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.retryable = options.retryable
    this.retryAfterMs = options.retryAfterMs
    this.fault = options.fault
  }
}

/** Trying again with the same input may succeed. */
export class TransientError extends PipelineError {
  constructor(code: string, message: string, options: Omit<PipelineErrorOptions, 'retryable'> = {}) {
    super(code, message, { ...options, retryable: true })
  }
}

/** The same input will always fail. */
export class PermanentError extends PipelineError {
  constructor(code: string, message: string, options: { cause?: unknown } = {}) {
    super(code, message, { ...options, retryable: false })
  }
}

/** Anything that was thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** The stable code of any error: ours, Node's (`ENOENT`), or the class name of a foreign one. */
export function errorCode(error: unknown): string {
  const { code, name } = asError(error) as Error & { code?: unknown }
  return typeof code === 'string' ? code : name
}

/** By code: what it means and what to do about it, for people who look it up. */
export type ErrorNotes = Readonly<Record<string, string>>

/** The notes of a table in which one code stands for several causes: what is said of each, once. */
export function notesOf(meanings: Iterable<readonly [code: string, sentence: string]>): ErrorNotes {
  const notes = new Map<string, Set<string>>()
  for (const [code, sentence] of meanings) notes.set(code, (notes.get(code) ?? new Set()).add(sentence))
  return Object.fromEntries([...notes].map(([code, sentences]) => [code, [...sentences].join('; or: ')]))
}
