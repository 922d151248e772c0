import { PermanentError } from '../../core/errors.ts'

/** A list that is not taken; `what` completes the sentence that begins with where it comes from. */
export function refused(name: string, what: string, cause?: unknown): PermanentError {
  return new PermanentError('INTEL_REFUSED', `${name} ${what}`, { cause })
}

export function tooLarge(name: string, maxBytes: number): PermanentError {
  const remedy = 'look at what is there, or raise maxBytes'
  return new PermanentError('INTEL_TOO_LARGE', `${name} is larger than the ${maxBytes} bytes of maxBytes: ${remedy}`)
}

/** A piece of what somebody else wrote, fit for a message: short, on one line, with nothing that a terminal obeys. */
export function quoted(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'object' && value !== null ? 'an object' : String(value)
  const plain = JSON.stringify(value.slice(0, 60)).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, '?')
  return value.length > 60 ? `${plain}…` : plain
}

/** A moment as people write its day: `2026-11-25`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
