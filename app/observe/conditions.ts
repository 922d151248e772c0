import type { Clock } from '../../core/component.ts'
import type { Condition } from '../../core/condition.ts'
import { asError, errorCode } from '../../core/errors.ts'
import type { Metrics } from '../../core/telemetry.ts'
import type { Trouble } from '../../schemas/generated/process-report.ts'
import type { Stage } from '../pipeline-contract.ts'
import type { Scrubber } from '../scrub.ts'

/** What is kept of a message that came from outside, in characters. */
const MESSAGE_LIMIT = 1000

/** A component by the stage that it works in and its key in the configuration. */
export interface ComponentName {
  readonly stage: Stage
  readonly component: string
}

interface ConditionsOptions {
  readonly metrics: Pick<Metrics, 'gauge'>
  readonly clock: Clock
  /** What is told to others goes through it. */
  readonly scrubber: Scrubber
}

/** How every component of this process is, as its runner tells it. */
export class Conditions {
  readonly #options: ConditionsOptions
  readonly #components: ComponentCondition[] = []

  constructor(options: ConditionsOptions) {
    this.#options = options
  }

  /** The one condition of a component. */
  of({ stage, component }: ComponentName): ComponentCondition {
    const known = this.#components.find((each) => each.stage === stage && each.component === component)
    if (known !== undefined) return known
    const condition = new ComponentCondition({ stage, component }, this.#options)
    this.#components.push(condition)
    return condition
  }

  /** In the order in which they were first asked for. */
  get components(): readonly ComponentCondition[] {
    return this.#components
  }
}

/** How one component is. It waits as long as one of those who speak for it says so. */
export class ComponentCondition implements ComponentName {
  readonly stage: Stage
  readonly component: string
  readonly #options: ConditionsOptions
  /** By who says so, in the order in which they began to. */
  readonly #waiting = new Map<object, Trouble>()
  #lastError: Trouble | undefined

  constructor({ stage, component }: ComponentName, options: ConditionsOptions) {
    this.stage = stage
    this.component = component
    this.#options = options
    this.#gauge()
  }

  /** What it waits for, and since when it waits without a break; undefined while it works. */
  get waiting(): Trouble | undefined {
    const reasons = [...this.#waiting.values()]
    const newest = reasons.at(-1)
    return newest === undefined ? undefined : { ...newest, since: Math.min(...reasons.map(({ since }) => since)) }
  }

  /** What went wrong last, and when that was last met, also where it is over. */
  get lastError(): Trouble | undefined {
    return this.#lastError
  }

  /** Someone who speaks for the component: its runner, or whoever watches its group. */
  speaker(): Condition {
    const who = {}
    return {
      waiting: (reason) => {
        const trouble = this.#note(reason)
        this.#waiting.set(who, { ...trouble, since: this.#waiting.get(who)?.since ?? trouble.since })
        this.#gauge()
      },
      working: () => {
        if (this.#waiting.delete(who)) this.#gauge()
      },
      failed: (error) => void this.#note(error),
    }
  }

  #note(thrown: Error): Trouble {
    const { clock, scrubber } = this.#options
    const error = asError(thrown)
    const message = scrubber.text(error.message || errorCode(error)).slice(0, MESSAGE_LIMIT)
    this.#lastError = { since: clock(), code: errorCode(error), message }
    return this.#lastError
  }

  #gauge(): void {
    const { stage, component } = this
    this.#options.metrics.gauge('posture_component_waiting', this.#waiting.size > 0 ? 1 : 0, { stage, component })
  }
}
