import { unlessAborted } from '../../core/abort.ts'
import { TransientError, asError } from '../../core/errors.ts'
import type { Stream } from '../../stream/stream.ts'
import { topics } from '../../stream/topics.ts'
import type { Scrubber } from '../scrub.ts'
import type { OverdueGroups } from './overdue-groups.ts'

/** How long the stream may take to answer, in milliseconds. */
const ANSWER_MS = 5000
/** How long an answer of the stream counts, in milliseconds: asking for readiness often must not be a load. */
const FRESH_MS = 1000

export interface Check {
  readonly name: string
  readonly ok: boolean
  /** Why it is not. */
  readonly reason?: string
}

interface ReadinessOptions {
  /** The stream, once it is open. */
  readonly stream: () => Pick<Stream, 'ends'> | undefined
  readonly overdue: Pick<OverdueGroups, 'now'>
  readonly scrubber: Scrubber
  /** How long the stream may take to answer, in milliseconds; five seconds unless told. */
  readonly answerMs?: number
  /** How long its answer counts, in milliseconds; one second unless told. */
  readonly freshMs?: number
}

/**
 * Whether this process can do its work: it has started, the stream answers, and no group is about to lose records. A sink
 * that waits for its destination can; taking the process out of service would not help it.
 */
export class Readiness {
  readonly #options: ReadinessOptions
  readonly #starting = new Set<string>()
  #phase: 'starting' | 'running' | 'stopping' = 'starting'
  #asking: Promise<boolean> | undefined
  #answer: { readonly at: number; readonly error: Error | undefined } | undefined

  constructor(options: ReadinessOptions) {
    this.#options = options
  }

  /** Notes that a part is being started, until `started` is called with its name. */
  starts(part: string): void {
    this.#starting.add(part)
  }

  started(part: string): void {
    this.#starting.delete(part)
  }

  /** Everything has been started. */
  runs(): void {
    this.#phase = 'running'
  }

  stops(): void {
    this.#phase = 'stopping'
  }

  /** Asks the stream, unless it has just been asked; resolves to whether it answers, within seconds. Never rejects. */
  async look(): Promise<boolean> {
    const { freshMs = FRESH_MS } = this.#options
    if (this.#answer !== undefined && performance.now() - this.#answer.at < freshMs)
      return this.#answer.error === undefined
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined))
    return this.#asking
  }

  /** Everything that must be so, as of the last look. */
  checks(): readonly Check[] {
    return [this.#started(), this.#streamAnswers(), this.#nothingOverdue()]
  }

  get isReady(): boolean {
    return this.checks().every(({ ok }) => ok)
  }

  async #ask(): Promise<boolean> {
    const stream = this.#options.stream()
    if (stream === undefined) return false
    const { answerMs = ANSWER_MS } = this.#options
    const signal = AbortSignal.timeout(answerMs)
    const error = await unlessAborted((async () => stream.ends(topics.status.name))(), signal).then(
      () => undefined,
      (thrown: unknown) => (signal.aborted ? noAnswer(answerMs) : asError(thrown)),
    )
    this.#answer = { at: performance.now(), error }
    return error === undefined
  }

  #started(): Check {
    const name = 'started'
    if (this.#phase === 'running') return { name, ok: true }
    if (this.#phase === 'stopping') return { name, ok: false, reason: 'the process is stopping' }
    const parts = [...this.#starting].join(', ')
    return { name, ok: false, reason: parts === '' ? 'the process is starting' : `still starting: ${parts}` }
  }

  #streamAnswers(): Check {
    const name = 'stream'
    if (this.#answer === undefined) return { name, ok: false, reason: 'the stream is not open yet' }
    const { error } = this.#answer
    return error === undefined
      ? { name, ok: true }
      : { name, ok: false, reason: this.#options.scrubber.text(error.message) }
  }

  #nothingOverdue(): Check {
    const name = 'groups'
    const reasons = this.#options.overdue.now().map(({ group: { topic, group }, ageMs, limitMs }) => {
      const [age, limit] = [ageMs, limitMs].map((ms) => `${Math.round(ms / 1000)} s`)
      return `the oldest record of ${topic} that group ${group} has not processed is ${age} old, half of what is kept is ${limit}`
    })
    return reasons.length === 0 ? { name, ok: true } : { name, ok: false, reason: reasons.join('; ') }
  }
}

function noAnswer(ms: number): Error {
  return new TransientError('STREAM_NO_ANSWER', `the stream did not answer within ${ms / 1000} s`)
}
