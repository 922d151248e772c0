/** The sink as the pipeline runs it, and the least that does the same: the client's bulk call over the same documents. */
export const SUBJECTS = ['sink', 'plain loop'] as const
export type Subject = (typeof SUBJECTS)[number]

export interface Task {
  readonly subject: Subject
  readonly url: string
  readonly index: string
  readonly documents: number
  /** Documents in a bulk request. */
  readonly batch: number
  readonly compression: boolean
}

export interface Measured {
  readonly documents: number
  readonly seconds: number
  readonly cpuSeconds: number
}
