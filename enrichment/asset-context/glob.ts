import { matcherOf } from '../../core/glob.ts'

/** Whether a text, its capitals aside, is what a pattern says. */
export type Fits = (text: string | undefined) => boolean

/** Reads a pattern with `*` and `?` as `matcherOf` does; white space around a pattern or a text does not count. */
export function globOf(pattern: string): Fits {
  const matches = matcherOf([pattern.trim()])
  return (text) => text !== undefined && matches(text.trim())
}

/** As texts are compared. */
export function fold(text: string): string {
  return text.trim().toLowerCase()
}
