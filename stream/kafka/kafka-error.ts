import { PermanentError, PipelineError, TransientError, asError } from '../../core/errors.ts'
import { failuresIn, type KafkaFailure } from '../../core/kafkajs/failure.ts'
import { meaningOf } from './kafka-meanings.ts'

/**
 * Whatever kafkajs threw, as one of our errors: whose turn it is, what to do, and the broker where it is known.
 * `doing` completes the sentence "cannot …". Our own errors and aborts pass unchanged.
 */
export function kafkaError(thrown: unknown, doing: string): Error {
  const chain = failuresIn(thrown)
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
