import { pino, type DestinationStream, type Level } from 'pino'
import { prettyFactory } from 'pino-pretty'
import { PipelineError, asError, errorCode } from '../core/errors.ts'
import type { Logger } from '../core/telemetry.ts'
import type { Scrubber } from './scrub.ts'

export type LogLevel = Extract<Level, 'debug' | 'info' | 'warn' | 'error'> | 'silent'
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']

const MAX_CAUSES = 8

export interface LoggerOptions {
  readonly level: LogLevel
  /** For a person at a terminal; else one JSON object per line. */
  readonly pretty: boolean
  readonly colour: boolean
  readonly scrubber: Scrubber
  readonly destination: DestinationStream
}

/** A Logger whose fields can be bound once: a component's log names its stage and instance in every line. */
export interface BindableLogger extends Logger {
  child(bindings: Readonly<Record<string, string>>): BindableLogger
}

/** A log that never shows a secret: not in a field, not in a message, not inside an error of a library. */
export function createLogger({
  level,
  pretty: forPeople,
  colour,
  scrubber,
  destination,
}: LoggerOptions): BindableLogger {
  const show = forPeople
    ? prettyFactory({ colorize: colour, translateTime: 'SYS:HH:MM:ss', errorLikeObjectKeys: [], singleLine: true })
    : undefined
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: serializeError, err: serializeError, cause: serializeError },
    errorKey: 'error',
    hooks: { streamWrite: (line: string) => (show === undefined ? scrubber.line(line) : show(scrubber.line(line))) },
  }
  return pino(options, destination)
}

/** What a log line says about an error: code, message and the chain of causes; a stack only where the code is not ours. */
function serializeError(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown
  return describe(thrown, MAX_CAUSES)
}

function describe(error: Error, left: number): object {
  const inner = error instanceof AggregateError ? error.errors.slice(0, 3) : []
  return {
    code: errorCode(error),
    message: error.message,
    ...(error instanceof PipelineError ? {} : { stack: error.stack }),
    ...(inner.length > 0 && left > 0 ? { errors: inner.map((each) => describe(asError(each), 0)) } : {}),
    ...(error.cause === undefined || left === 0 ? {} : { cause: describe(asError(error.cause), left - 1) }),
  }
}

/** An error as one sentence for a terminal: its message, then what caused it, each once. */
export function errorSentence(thrown: unknown): string {
  const messages: string[] = []
  for (let error: unknown = thrown, left = MAX_CAUSES; error !== undefined && left > 0; left--) {
    const { message, cause } = asError(error)
    const text = message || errorCode(error)
    if (!messages.some((said) => said.includes(text))) messages.push(text)
    error = cause
  }
  return messages.join(': ')
}
