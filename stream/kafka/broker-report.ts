import type { Logger } from '../../core/telemetry.ts'

/** A broker that comes and goes is spoken of once in this time, in milliseconds. */
const QUIET_MS = 60_000

/** Tells the operator once when a broker cannot be reached, when none can, and when one answers again. */
export class BrokerReport {
  readonly #log: Logger | undefined
  readonly #known: Set<string>
  readonly #down = new Map<string, string>()
  readonly #told = new Map<string, number>()
  readonly #toldDown = new Set<string>()
  #allDown = false

  /** `brokers` as `host:port`; others are added as the cluster names them. */
  constructor(brokers: readonly string[], log: Logger | undefined) {
    this.#known = new Set(brokers)
    this.#log = log
  }

  /** A connection failed before the broker had answered on it. */
  failed(broker: string, problem: string): void {
    this.#known.add(broker)
    const news = !this.#down.has(broker)
    this.#down.set(broker, problem)
    if (this.#down.size >= this.#known.size) return this.#noneLeft()
    if (!news || !this.#due(broker)) return
    this.#toldDown.add(broker)
    this.#log?.warn({ broker, problem }, `Kafka broker ${broker} cannot be reached: ${problem}.`)
  }

  answered(broker: string): void {
    this.#known.add(broker)
    if (!this.#down.delete(broker)) return
    if (this.#allDown || this.#toldDown.has(broker)) {
      this.#log?.info({ broker }, `Kafka broker ${broker} answers again.`)
    }
    this.#allDown = false
    this.#toldDown.delete(broker)
  }

  #noneLeft(): void {
    if (this.#allDown) return
    this.#allDown = true
    if (!this.#due('')) return
    const problems = [...this.#down].map(([broker, problem]) => `${broker}: ${problem}`)
    this.#log?.error(
      { brokers: Object.fromEntries(this.#down) },
      `No Kafka broker can be reached (${problems.join('; ')}). Check stream.brokers, the network and that they run; it is tried again.`,
    )
  }

  #due(subject: string): boolean {
    const now = performance.now()
    if (now - (this.#told.get(subject) ?? -Infinity) < QUIET_MS) return false
    this.#told.set(subject, now)
    return true
  }
}
