/** Whether a text, its capitals aside, is what a pattern says. */
export type Fits = (text: string | undefined) => boolean

/**
 * Reads a pattern in which `*` stands for any text and `?` for one character; capitals and white space around do not
 * count. Takes at most the time of both lengths multiplied, whatever the pattern.
 */
export function globOf(pattern: string): Fits {
  const folded = fold(pattern).replaceAll(/\*+/g, '*')
  if (!/[*?]/.test(folded)) return (text) => text !== undefined && fold(text) === folded
  return (text) => text !== undefined && isMatch(fold(text), folded)
}

/** As texts are compared. */
export function fold(text: string): string {
  return text.trim().toLowerCase()
}

/** On a mismatch the last star takes one character more; an earlier star never needs to. */
function isMatch(text: string, pattern: string): boolean {
  let [at, seen, star, retry] = [0, 0, -1, 0]
  while (seen < text.length) {
    if (pattern[at] === '*') {
      star = at++
      retry = seen
    } else if (pattern[at] === '?' || pattern[at] === text[seen]) {
      at++
      seen++
    } else if (star >= 0) {
      at = star + 1
      seen = ++retry
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
