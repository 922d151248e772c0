import leven from 'leven'

/** The nearest of the words that may be meant, if one is near enough. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const limit = Math.ceil(word.length / 3)
  const near = words.map((each) => ({ each, distance: leven(word.toLowerCase(), each.toLowerCase()) }))
  return near.filter(({ distance }) => distance <= limit).toSorted((a, b) => a.distance - b.distance)[0]?.each
}

/** `did you mean "file"?`, or the choice there is. */
export function suggestion(word: unknown, words: readonly string[]): string {
  const near = typeof word === 'string' ? nearest(word, words) : undefined
  if (near !== undefined) return `did you mean "${near}"?`
  return words.length === 1 ? `write ${words[0]}` : `write one of: ${words.join(', ')}`
}
