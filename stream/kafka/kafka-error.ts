import { PermanentError, PipelineError, TransientError, asError } from '../../core/errors.ts'
import { meaningOf } from './kafka-meanings.ts'

/** What kafkajs puts on its errors; each class fills some of them. */
type KafkaFailure = Error & {
  readonly type?: unknown
  readonly code?: unknown
  readonly broker?: unknown
  readonly topic?: unknown
  readonly errors?: unknown
}

/**
 * Whatever kafkajs threw, as one of our errors: whose turn it is, what to do, and the broker where it is known.
 * `doing` completes the sentence "cannot …". Our own errors and aborts pass unchanged.
 */
export function kafkaError(thrown: unknown, doing: string): Error {
  const chain = chainOf(thrown)
  const known = chain.find((error) => error instanceof PipelineError || error.name === 'AbortError')
  if (known !== undefined) return known
  const decisive = chain.find((error) => meaningOf(error) !== undefined) ?? chain.at(-1)!
  const [code, fault, sentence] = meaningOf(decisive) ?? ['KAFKA_FAILED', undefined, 'the broker or its client failed']
  const cause = asError(thrown)
  const where = whereOf(chain)
  const at = where === undefined || doing.includes(where) ? '' : ` at broker ${where}`
  const message = `cannot ${doing}${at}: ${sentence} (${detailOf(decisive)})`
  if (fault === 'record') return new PermanentError(code, message, { cause })
  return new TransientError(code, message, { fault, cause })
}

/** The error, what it was caused by, and what it gathers, the outermost first. */
function chainOf(thrown: unknown): KafkaFailure[] {
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

function whereOf(chain: readonly KafkaFailure[]): string | undefined {
  return chain
    .map(({ broker }) => broker)
    .find((each): each is string => typeof each === 'string' && !each.includes('undefined'))
}

/** The words of kafkajs stay as they are, so that whoever prints the causes as well sees that they are the same. */
function detailOf({ type, code, name, message }: KafkaFailure): string {
  const word = typeof type === 'string' ? type : typeof code === 'string' && !message.includes(code) ? code : undefined
  return [word, message || name].filter((part) => part !== undefined).join(': ')
}
