import { asError } from '../errors.ts'

/** What kafkajs puts on its errors; each class fills some of them. */
export type KafkaFailure = Error & {
  readonly type?: unknown
  readonly code?: unknown
  readonly broker?: unknown
  readonly topic?: unknown
  readonly errors?: unknown
}

/** The error, what it was caused by, and what it gathers, the outermost first. */
export function failuresIn(thrown: unknown): KafkaFailure[] {
  const chain: KafkaFailure[] = []
  const waiting = [thrown]
  while (waiting.length > 0 && chain.length < 16) {
    const next = waiting.shift()
    if (next === undefined || chain.includes(next as KafkaFailure)) continue
    const error = asError(next) as KafkaFailure
    chain.push(error)
    if (error.cause !== undefined) waiting.push(error.cause)
    if (Array.isArray(error.errors)) waiting.push(...(error.errors as unknown[]))
  }
  return chain
}
