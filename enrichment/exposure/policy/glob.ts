/** What stands for `*` and `?` once a pattern is compiled, so that the two characters themselves can be meant. */
const MANY = '\u{E000}'
const ONE = '\u{E001}'

/** A pattern of a policy, its `*` and `?` set apart from the same characters as text. */
export type Glob = string & { readonly glob: unique symbol }

export function globOf(pattern: string): Glob {
  return pattern.replaceAll('*', MANY).replaceAll('?', ONE) as Glob
}

/** The text as a pattern that matches only it. */
export function literalGlob(text: string): Glob {
  return text as Glob
}

/** The pattern as text, its wildcards as the characters that they are written with. */
export function textOf(pattern: Glob): string {
  return pattern.replaceAll(MANY, '*').replaceAll(ONE, '?')
}

export function hasWildcard(pattern: Glob): boolean {
  return pattern.includes(MANY) || pattern.includes(ONE)
}

/** Whether the pattern matches the whole text; in time proportional to the product of their lengths at worst. */
export function globMatches(pattern: Glob, text: string): boolean {
  let at = 0
  let next = 0
  let star = -1
  let resume = 0
  while (next < text.length) {
    if (pattern[at] === MANY) {
      star = at++
      resume = next
    } else if (at < pattern.length && (pattern[at] === ONE || pattern[at] === text[next])) {
      at++
      next++
    } else if (star >= 0) {
      at = star + 1
      next = ++resume
    } else return false
  }
  while (pattern[at] === MANY) at++
  return at === pattern.length
}

/** No word of any policy, so that nothing but a wildcard matches it. */
export const FRESH = 'x7q0z'

/**
 * Texts that stand for all that a pattern matches: its `*` as nothing, as one character and as many that no policy has
 * written out. What another pattern does to all of them it does to whatever this one matches.
 */
export function instancesOf(pattern: Glob): readonly string[] {
  if (!hasWildcard(pattern)) return [pattern]
  const fills = ['', 'q', FRESH, FRESH.repeat(8)]
  return [...new Set(fills.map((fill) => pattern.replaceAll(MANY, fill).replaceAll(ONE, 'q')))]
}

/** More steps than this are not worth two patterns of one policy. */
const MOST_STEPS = 40_000

/** A text that both patterns match; undefined where there is none, or where finding it takes too long. */
export function commonInstance(left: Glob, right: Glob): string | undefined {
  if (left.length * right.length > MOST_STEPS) return undefined
  const seen = new Set<number>()
  const walk: { i: number; j: number; text: string }[] = [{ i: 0, j: 0, text: '' }]
  for (let state = walk.pop(); state !== undefined; state = walk.pop()) {
    const { i, j, text } = state
    const place = i * (right.length + 1) + j
    if (seen.has(place)) continue
    seen.add(place)
    if (i === left.length && j === right.length) return text
    const [a, b] = [left[i], right[j]]
    if (a === MANY) walk.push({ i: i + 1, j, text })
    if (b === MANY) walk.push({ i, j: j + 1, text })
    if (a === MANY && b !== undefined && b !== MANY) walk.push({ i, j: j + 1, text: text + spell(b) })
    if (b === MANY && a !== undefined && a !== MANY) walk.push({ i: i + 1, j, text: text + spell(a) })
    if (a === undefined || b === undefined || a === MANY || b === MANY) continue
    if (a === b || a === ONE || b === ONE) walk.push({ i: i + 1, j: j + 1, text: text + spell(a === ONE ? b : a) })
  }
  return undefined
}

function spell(character: string): string {
  return character === ONE ? 'q' : character
}
