const WILD = /[*?]/
const ASCII = /^[\0-\x7f]*$/
/** Unicode's folding of single characters, where it does not follow from their capitals. */
const UNLIKE_CAPITALS: ReadonlyMap<string, string> = new Map([
  ['\u0131', '\u0131'],
  ['\u1fd3', '\u0390'],
  ['\u1fe3', '\u03b0'],
  ['\ufb05', '\ufb06'],
])

/**
 * Whether a text is what one of the patterns says, in which `*` stands for any text and `?` for one character; capitals do
 * not count. Takes at most the time of the lengths multiplied, whatever the patterns.
 */
export function matcherOf(patterns: readonly string[]): (text: string) => boolean {
  const read = patterns.map((pattern) => folded(pattern).replaceAll(/\*+/g, '*'))
  const words = new Set(read.filter((pattern) => !WILD.test(pattern)))
  const globs = read.filter((pattern) => WILD.test(pattern))
  return (text) => {
    const word = folded(text)
    return words.has(word) || globs.some((glob) => isMatch(word, glob))
  }
}

/** On a mismatch the last star takes one character more; an earlier star never needs to. */
function isMatch(text: string, pattern: string): boolean {
  let [at, seen, star, retry] = [0, 0, -1, 0]
  while (seen < text.length) {
    if (pattern[at] === '*') {
      star = at++
      retry = seen
    } else if (pattern[at] === '?') {
      at++
      seen += text.codePointAt(seen)! > 0xffff ? 2 : 1
    } else if (pattern[at] === text[seen]) {
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

/** Character by character, as a regular expression without regard to capitals compares: a final sigma is a sigma. */
function folded(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : Array.from(text, foldedCharacter).join('')
}

function foldedCharacter(character: string): string {
  const upper = one(character.toUpperCase(), character)
  return UNLIKE_CAPITALS.get(character) ?? one(upper.toLowerCase(), upper)
}

/** What a character becomes, where that is one character. */
function one(changed: string, character: string): string {
  return Array.from(changed).length === 1 ? changed : character
}
