import { PermanentError } from '../../core/errors.ts'

/** As deep as a record of a report may be. */
const DEPTH = 100
const EXCERPT = 40

/** The JSON that a message is. Throws a PermanentError (`MESSAGE_NOT_JSON`, `MESSAGE_TOO_DEEP`) where it is none. */
export function parsedBody(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new PermanentError('MESSAGE_NOT_JSON', `the message is not JSON but begins with ${shown(text)}`, { cause })
  }
  if (isDeeperThan(value, DEPTH))
    throw new PermanentError('MESSAGE_TOO_DEEP', `the message is nested more than ${DEPTH} deep`)
  return value
}

/** Recurses no further than the limit. */
function isDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (limit === 0) return true
  for (const each of Object.values(value)) if (isDeeperThan(each, limit - 1)) return true
  return false
}

function shown(text: string): string {
  return JSON.stringify(text.length > EXCERPT ? `${text.slice(0, EXCERPT).toWellFormed()}…` : text.toWellFormed())
}
