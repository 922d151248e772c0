/** Control characters but the ends of lines and tabs: no reader sees them, and each is six bytes of JSON. */
const CONTROL = /[\p{Cc}--[\n\r\t]]/gv
const ELLIPSIS = '…'

/**
 * The text within a limit of Security Hub, which counts from 1 and refuses white space alone: undefined where nothing is
 * left. It has at most `limit` UTF-16 units, and so no more code points either, whichever of the two is counted; a cut
 * never parts a pair of them, and says so with an ellipsis.
 */
export function fit(value: unknown, limit: number): string | undefined {
  if (typeof value !== 'string') return undefined
  const start = value.trimStart().slice(0, limit + 1)
  const clean = start.toWellFormed().replace(CONTROL, ' ').trim()
  if (clean === '') return undefined
  if (start.length <= limit) return clean
  return `${withoutHalf(start.slice(0, limit - ELLIPSIS.length))
    .toWellFormed()
    .replace(CONTROL, ' ')
    .trim()}${ELLIPSIS}`
}

/** The texts of a list that fit, each once. */
export function fitAll(values: readonly unknown[], limit: number, count: number): string[] {
  const found = new Set<string>()
  for (const value of values) {
    const text = fit(value, limit)
    if (text !== undefined) found.add(text)
    if (found.size === count) break
  }
  return [...found]
}

/** An address that fits: cut, it would be another one. */
export function fitAddress(value: unknown, limit: number): string | undefined {
  return typeof value === 'string' && value.length <= limit && /^https?:\/\/[\x21-\x7E]+$/i.test(value)
    ? value
    : undefined
}

/** A time of OCSF, in milliseconds, as Security Hub takes it. */
export function timestamp(at: number | undefined): string | undefined {
  return at !== undefined && at >= 0 && at < YEAR_2200 ? new Date(Math.floor(at)).toISOString() : undefined
}

const YEAR_2200 = Date.UTC(2200)

/** Without the first half of a pair whose other half was cut off. */
function withoutHalf(text: string): string {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text
}

/** The attributes that say something: Security Hub refuses empty texts, and empty objects and lists say nothing. */
export function present<T extends object>(attributes: T): T {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => !isEmpty(value))) as T
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
