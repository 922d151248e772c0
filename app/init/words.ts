const NONE = new Set(['', '-', 'none'])

/** What stands between commas and spaces; `-` and `none` are nothing. */
export function wordsIn(text: string): string[] {
  return NONE.has(text.trim()) ? [] : [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))]
}

/** As `wordsIn`, of names whose capitals do not count. */
export function regionsIn(text: string): string[] {
  return wordsIn(text.toLowerCase())
}
