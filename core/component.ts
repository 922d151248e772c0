import type { Static, TSchema } from 'typebox'
import type { Condition } from './condition.ts'
import type { ErrorNotes } from './errors.ts'
import type { Logger, Metrics } from './telemetry.ts'

/** Milliseconds since the epoch, from the one clock a stage is given. */
export type Clock = () => number

/** What the app lends a component; nothing is global. */
export interface Context {
  /** The instance's name: its key in the configuration. */
  readonly name: string
  readonly tenant: string
  readonly log: Logger
  readonly metrics: Metrics
  readonly clock: Clock
  /** Told what it waits for while its runner waits for it; absent where nobody looks. */
  readonly condition?: Condition
}

/** What the app lends the runner of a component beside. */
export interface RunContext extends Context {
  readonly condition: Condition
}

/**
 * How a component is known before it exists: its name, its docs, its configuration, and how to make one.
 *
 * In `configSchema`, a string with `secret: true` reaches `create` as a Secret, and one with `path: true` as an
 * absolute path (relative ones are taken from the configuration file's directory). No two sinks may have the same
 * `path: true`; what is only read, such as a CA file, is `path: 'input'`, where PEM text may stand instead of a path; with
 * both marks (a key) the text is a Secret, the path is not.
 */
export interface Definition<Schema extends TSchema, Component> {
  readonly name: string
  readonly summary: string
  readonly configSchema: Schema
  /**
   * What the other side must grant, ready to be pasted there (a role, a policy, token settings), and not more than is
   * needed. In Markdown; `posture-stream describe` prints it.
   */
  readonly access?: string
  /** What it does not do, and the sizes and rates that its other side allows: one sentence each. */
  readonly limits?: readonly string[]
  /** Every error that it raises itself. */
  readonly errors?: ErrorNotes
  create(config: Static<Schema>, context: Context): Component | Promise<Component>
}
