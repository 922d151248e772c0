import type { AlertRule } from '../../../deploy/prometheus/alert-rule.ts'

/** One fault with a pipeline of its own, which is a job of Prometheus. */
export interface Scene {
  /** The pipeline's name; its job is `posture-stream-NAME`. */
  readonly name: string
  /** For people. */
  readonly fault: string
  /** The alerts that must fire. */
  readonly raises: readonly AlertRule['name'][]
  /** Those that may fire as well, because the fault includes theirs for a moment. */
  readonly mayRaise?: readonly AlertRule['name'][]
  /** The ports at which its processes are scraped. */
  readonly ports: readonly number[]
  /** Resolves when everything runs and has nothing left to do. */
  start(): Promise<void>
  /** Brings the fault about. */
  breakDown(): Promise<void>
  mend(): Promise<void>
  /** Removes everything, whatever state it is in. */
  end(): Promise<void>
}

export function jobOf({ name }: Pick<Scene, 'name'>): string {
  return `posture-stream-${name}`
}
