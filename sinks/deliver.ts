import { Backoff, type BackoffOptions } from '../core/backoff.ts'
import { PipelineError, TransientError, asError } from '../core/errors.ts'
import { faultOf } from './fault.ts'
import type { SinkHealth } from './health.ts'
import type { DeliveryTraces } from './delivery-traces.ts'
import type { Delivery, PostureFinding, Sink } from './sink.ts'

export interface DeliverOptions {
  readonly backoff: BackoffOptions
  /** How often a finding may fail, while the sink is healthy, before it is rejected. */
  readonly maxAttempts: number
  /** Absent where none of the findings is traced. */
  readonly traces?: DeliveryTraces | undefined
}

/** A finding that the sink will not take. */
export interface Rejection {
  readonly finding: PostureFinding
  readonly error: Error
  readonly attempts: number
}

/**
 * Delivers every finding, however long that takes, or says which the sink will not take. Returning is the licence to
 * commit; when the signal aborts before all is delivered it rejects and leaves no verdict. The rules (ARCHITECTURE.md):
 *
 * - a failed outcome is the sink's verdict on that record: a permanent one rejects it, a retryable one counts as an
 *   attempt while the sink is healthy;
 * - a throw concerns the sink and counts for nobody: with a fault (configuration, outage), or while `check` fails, we wait;
 * - after any other throw the batch is halved until the record that causes it stands alone: only that one can be rejected.
 */
export async function deliver(
  sink: Sink,
  findings: readonly PostureFinding[],
  options: DeliverOptions,
  health: SinkHealth,
  signal: AbortSignal,
): Promise<Rejection[]> {
  return await new BatchDelivery(sink, options, health, signal).deliver(findings)
}

interface Entry {
  readonly finding: PostureFinding
  attempts: number
}
interface Failure {
  readonly entry: Entry
  readonly error: Error
}

/** One day: beyond it a pause that the other side asked for is a mistake, and timers overflow. */
const RETRY_AFTER_LIMIT_MS = 24 * 3600 * 1000

class BatchDelivery {
  readonly #sink: Sink
  readonly #options: DeliverOptions
  readonly #health: SinkHealth
  readonly #signal: AbortSignal
  readonly #backoff: Backoff
  /** What is still to do; the last run goes first, so that halves keep the order. */
  readonly #runs: (readonly Entry[])[] = []
  readonly #rejections: Rejection[] = []

  constructor(sink: Sink, options: DeliverOptions, health: SinkHealth, signal: AbortSignal) {
    this.#sink = sink
    this.#options = options
    this.#health = health
    this.#signal = signal
    this.#backoff = new Backoff(options.backoff)
  }

  async deliver(findings: readonly PostureFinding[]): Promise<Rejection[]> {
    if (findings.length > 0) this.#runs.push(findings.map((finding) => ({ finding, attempts: 0 })))
    try {
      for (let run = this.#runs.pop(); run; run = this.#runs.pop()) {
        this.#signal.throwIfAborted()
        const answer = await this.#attempt(run)
        if (answer instanceof Error) await this.#afterThrow(run, answer)
        else await this.#afterAnswer(run, answer)
      }
      return this.#rejections
    } finally {
      this.#health.working(this)
    }
  }

  async #attempt(run: readonly Entry[]): Promise<readonly Delivery[] | Error> {
    const findings = run.map(({ finding }) => finding)
    const ended = this.#options.traces?.attempt(findings)
    const began = performance.now()
    try {
      const answer = await this.#sink.deliver(findings, this.#signal)
      this.#health.attempted(findings, performance.now() - began, 'answered')
      const outcome = isComplete(answer, run.length) ? answer : incomplete(answer, run.length)
      ended?.(outcome)
      return outcome
    } catch (thrown) {
      ended?.(asError(thrown))
      this.#signal.throwIfAborted()
      this.#health.attempted(findings, performance.now() - began, 'threw')
      return asError(thrown)
    }
  }

  async #afterThrow(run: readonly Entry[], error: Error): Promise<void> {
    this.#signal.throwIfAborted()
    // Whoever names a pause speaks for the destination, not about a record.
    const sick = faultOf(error) || retryAfterMs(error) > 0 ? error : await this.#health.probe(this.#signal)
    if (sick) {
      await this.#waitOut(sick)
      this.#again(run)
    } else if (run.length > 1) {
      await new Backoff(this.#options.backoff).wait(this.#signal)
      const middle = Math.ceil(run.length / 2)
      this.#again(run.slice(middle))
      this.#again(run.slice(0, middle))
    } else {
      this.#health.working(this)
      // Even a throw that calls itself permanent gets its attempts: it never looked at one record on purpose.
      if (!this.#spend({ entry: run[0]!, error }, false)) return
      await this.#backoff.wait(this.#signal)
      this.#again(run)
    }
  }

  async #afterAnswer(run: readonly Entry[], answer: readonly Delivery[]): Promise<void> {
    const failures = run.flatMap((entry, index): Failure[] => {
      const outcome = answer[index]!
      return outcome.status === 'failed' ? [{ entry, error: asError(outcome.error) }] : []
    })
    // What was delivered is, whoever wants to stop; but no failure is judged that the abort itself may have caused.
    if (failures.length > 0) this.#signal.throwIfAborted()
    const someDelivered = failures.length < run.length
    if (someDelivered) this.#backoff.reset()
    const sick = await this.#sickness(failures, someDelivered)
    if (!sick) this.#health.working(this)
    // Without a healthy sink nothing is held against a record, except what can never succeed.
    const again = failures.filter((failure) => {
      const final = !isRetryable(failure.error)
      const excused = faultOf(failure.error) !== undefined || (sick?.unreachable === true && !final)
      return excused || this.#spend(failure, final)
    })
    if (again.length === 0) return
    const atLeastMs = Math.max(...again.map(({ error }) => retryAfterMs(error)))
    if (sick) await this.#waitOut(sick.error, atLeastMs)
    else await this.#backoff.wait(this.#signal, atLeastMs)
    this.#again(again.map(({ entry }) => entry))
  }

  /** Whether the failures of one answer are the sink's: a fault that a record met, or a sink that answers nobody. */
  async #sickness(
    failures: readonly Failure[],
    someDelivered: boolean,
  ): Promise<{ error: Error; unreachable: boolean } | undefined> {
    const inDoubt = failures.some(({ error }) => !faultOf(error) && isRetryable(error))
    const down = inDoubt && !someDelivered ? await this.#health.probe(this.#signal) : undefined
    const fault = failures.find(({ error }) => faultOf(error))?.error
    return down || fault ? { error: (fault ?? down)!, unreachable: down !== undefined } : undefined
  }

  /** Waits until the sink's check answers: without limit, and told. */
  async #waitOut(reason: Error, atLeastMs = retryAfterMs(reason)): Promise<void> {
    let pauseMs = atLeastMs
    for (let sick: Error | undefined = reason; sick; sick = await this.#health.probe(this.#signal)) {
      this.#health.waiting(this, sick)
      await this.#backoff.wait(this.#signal, Math.max(pauseMs, retryAfterMs(sick)))
      pauseMs = 0
    }
  }

  /** Counts an attempt; false when it was the last and the finding is rejected. */
  #spend({ entry, error }: Failure, final: boolean): boolean {
    entry.attempts += 1
    if (!final && entry.attempts < this.#options.maxAttempts) return true
    this.#rejections.push({ finding: entry.finding, error, attempts: entry.attempts })
    this.#options.traces?.rejected(entry.finding, error)
    return false
  }

  #again(run: readonly Entry[]): void {
    this.#health.retried(run.length)
    this.#runs.push(run)
  }
}

/** A sink is foreign code as far as this loop goes: what it did not say plainly, it did not say. */
function isComplete(answer: unknown, length: number): answer is readonly Delivery[] {
  if (!Array.isArray(answer) || answer.length !== length) return false
  return (answer as (Partial<Delivery> | undefined)[]).every(
    (each) => each?.status === 'delivered' || each?.status === 'failed',
  )
}

function incomplete(answer: unknown, length: number): Error {
  const given = Array.isArray(answer) ? `${answer.length} outcomes` : 'no list of outcomes'
  return new TransientError(
    'SINK_ANSWER_INCOMPLETE',
    `the sink gave ${given} for ${length} findings; a sink must answer each with delivered or failed`,
  )
}

/** Unknown errors are retried: losing a finding is worse than sending it twice. */
function isRetryable(error: Error): boolean {
  return !(error instanceof PipelineError) || error.retryable
}

function retryAfterMs(error: Error): number {
  const asked = error instanceof PipelineError ? (error.retryAfterMs ?? 0) : 0
  return asked > 0 ? Math.min(asked, RETRY_AFTER_LIMIT_MS) : 0
}
