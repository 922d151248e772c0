/**
 * What a component tells whoever looks at it: that it waits and for what, and what went wrong last. Calling again what was
 * said already costs nothing, so that a runner may call it in every round.
 */
export interface Condition {
  /** The component waits for its other side, which is said as an error: why it cannot go on. */
  waiting(reason: Error): void
  /** It goes on. What went wrong last stays known. */
  working(): void
  /** Something failed that is tried again or was set aside; the component goes on. */
  failed(error: Error): void
}

/** The condition of what nobody looks at: a component that is only tried out, or run by hand. */
export const unwatched: Condition = { waiting() {}, working() {}, failed() {} }
