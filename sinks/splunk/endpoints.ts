import { PipelineError, asError, errorCode } from '../../core/errors.ts'
import type { Logger } from '../../core/telemetry.ts'
import { faultOf } from '../fault.ts'
import type { Endpoint, Sent } from './endpoint.ts'

const REST_MS = 30_000
/** Whoever asks for more rest than this is asked again all the same. */
const REST_LIMIT_MS = 600_000

/**
 * Several endpoints as one. Requests go to each in turn; one that fails rests for half a minute, or for as long as it asks,
 * and the next is tried at once. When all rest, all are tried.
 */
export class Endpoints {
  readonly #endpoints: readonly Endpoint[]
  readonly #log: Logger
  readonly #about: { readonly sink: string }
  readonly #failing = new Set<Endpoint>()
  readonly #slow = new Set<Endpoint>()
  #turn = 0

  constructor(endpoints: readonly Endpoint[], log: Logger, about: { readonly sink: string }) {
    this.#endpoints = endpoints
    this.#log = log
    this.#about = about
  }

  /** Sends to the first that answers about the events. Throws what the most telling of the failures was. */
  async send(body: Uint8Array, signal: AbortSignal): Promise<Sent> {
    const failures: Error[] = []
    for (const endpoint of this.#candidates()) {
      await endpoint.ready(signal)
      signal.throwIfAborted()
      try {
        const sent = await endpoint.send(body)
        this.#works(endpoint)
        if (sent.kind === 'taken') this.#tellPace(endpoint, sent.slowly)
        return sent
      } catch (thrown) {
        signal.throwIfAborted()
        const error = asError(thrown)
        failures.push(error)
        this.#fails(endpoint, error)
      }
    }
    throw mostTelling(failures)
  }

  /** Resolves when one of them would take events. */
  async check(signal: AbortSignal): Promise<void> {
    const checks = await Promise.allSettled(this.#endpoints.map((endpoint) => endpoint.check(signal)))
    signal.throwIfAborted()
    const failures = checks.flatMap((check) => (check.status === 'rejected' ? [asError(check.reason)] : []))
    if (failures.length === checks.length) throw mostTelling(failures)
  }

  async close(): Promise<void> {
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.close()))
  }

  #candidates(): readonly Endpoint[] {
    const start = this.#turn++ % this.#endpoints.length
    const inTurn = [...this.#endpoints.slice(start), ...this.#endpoints.slice(0, start)]
    const awake = inTurn.filter((endpoint) => !endpoint.isResting)
    return awake.length > 0 ? awake : inTurn
  }

  #fails(endpoint: Endpoint, error: Error): void {
    const asked = error instanceof PipelineError ? error.retryAfterMs : undefined
    endpoint.rest(Math.min(asked ?? REST_MS, REST_LIMIT_MS))
    // With a single one the pipeline tells that the sink waits.
    if (this.#endpoints.length === 1 || this.#failing.has(endpoint)) return
    this.#failing.add(endpoint)
    const fields = { ...this.#about, endpoint: endpoint.name, code: errorCode(error), reason: error.message }
    this.#log.warn(fields, 'An endpoint of Splunk fails; the others are used')
  }

  #tellPace(endpoint: Endpoint, slowly: boolean): void {
    if (!slowly) this.#slow.delete(endpoint)
    if (!slowly || this.#slow.has(endpoint)) return
    this.#slow.add(endpoint)
    const fields = { ...this.#about, endpoint: endpoint.name }
    this.#log.warn(fields, 'Splunk is near its capacity and takes findings at a slower pace')
  }

  #works(endpoint: Endpoint): void {
    if (!this.#failing.delete(endpoint)) return
    this.#log.info({ ...this.#about, endpoint: endpoint.name }, 'The endpoint of Splunk works again')
  }
}

/**
 * Which of several failures to act on: one without a fault may be a record's, and only that can be found by halving, while
 * the check sees whether somebody answers; then the one that an operator must mend; then those that pass by themselves.
 */
function mostTelling(failures: readonly Error[]): Error {
  const rank = (error: Error): number => {
    const fault = faultOf(error)
    if (fault === undefined) return 0
    return fault === 'configuration' ? 1 : 2
  }
  return failures.toSorted((a, b) => rank(a) - rank(b))[0]!
}
