/** The most code points that any text keeps. */
const TEXT_LIMIT = 16_384
/** The most code points that a text of one line keeps. */
const LINE_LIMIT = 1024
/** How deep free-form values may be nested before the rest is cut off. */
export const DEPTH_LIMIT = 64

const CUT_DEPTH = `[cut off here: nested more than ${DEPTH_LIMIT} levels]`
/** What a value that is no text weighs, in characters: about its JSON. */
const SCALAR_WEIGHT = 8

/**
 * What no reader sees but programs obey: control characters, bidirectional overrides and isolates, zero-width characters
 * and fillers, tag characters (all "default ignorable" in Unicode's words), and code points that are no characters.
 */
const INVISIBLE = /[[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\uFFF9-\uFFFB]--[\n\t]]/gv
/** Nothing to clean: most texts, and cheaper to see than to replace. */
const PLAIN = /^[\t\n -~]*$/
/** Everything that some reader takes for the end of a line. */
const LINE_END = /\r\n|[\r\u0085\u2028\u2029]/g

/**
 * The text as it is safe to store and show anywhere: no invisible characters, `\n` the only line end, lone surrogates
 * as U+FFFD, at most `limit` code points (the last one then `…`). Cleaning twice changes nothing more.
 */
export function cleanText(text: string, limit = TEXT_LIMIT): string {
  if (PLAIN.test(text)) return cut(text, limit)
  return cut(text.toWellFormed().replace(LINE_END, '\n').replace(INVISIBLE, ''), limit)
}

/** The text in one line: every run of white space is one space. */
export function cleanLine(text: string, limit = LINE_LIMIT): string {
  return cut(cleanText(text).replace(/\s+/g, ' ').trim(), limit)
}

export interface Cleaned {
  readonly value: unknown
  /** About as many characters as its JSON has. */
  readonly weight: number
}

/** Cleans every string of a JSON value, keys included, and cuts off what is nested too deep. */
export function clean(root: unknown): Cleaned {
  let weight = 0
  const visit = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return text(value)
    if (typeof value !== 'object' || value === null) {
      weight += SCALAR_WEIGHT
      return value
    }
    if (depth === DEPTH_LIMIT) return text(CUT_DEPTH)
    if (Array.isArray(value)) return value.map((each) => visit(each, depth + 1))
    // fromEntries defines each key, so that a key named __proto__ stays data.
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [text(key), visit(each, depth + 1)]))
  }
  const text = (raw: string): string => {
    const cleaned = cleanText(raw)
    weight += cleaned.length
    return cleaned
  }
  return { value: visit(root, 0), weight }
}

/** A text of at most `limit` UTF-16 units has no more code points than that, so that only long texts are counted. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  let end = 0
  let points = 0
  let kept = 0
  for (const point of text) {
    points += 1
    end += point.length
    if (points === limit - 1) kept = end
    if (points > limit) return `${text.slice(0, kept)}…`
  }
  return text
}
