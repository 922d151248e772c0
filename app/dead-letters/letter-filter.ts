import { matcherOf } from '../../core/glob.ts'
import type { DeadLetter } from './letters.ts'

/** Which dead letters are meant: those that have all that is given. */
export interface LetterFilter {
  readonly stage?: string | undefined
  readonly component?: string | undefined
  readonly code?: string | undefined
  readonly key?: string | undefined
  /** `*` and `?` stand for any text and any character. */
  readonly origin?: string | undefined
  /** Set aside then or later, in milliseconds since the epoch. */
  readonly since?: number | undefined
}

type Envelope = Pick<DeadLetter, 'stage' | 'component' | 'code' | 'key' | 'origin' | 'time'>

export function letterMatcher({ origin, since, ...words }: LetterFilter): (letter: Envelope) => boolean {
  const isOrigin = origin === undefined ? () => true : matcherOf([origin])
  const wanted = Object.entries(words) as [keyof typeof words, string | undefined][]
  return (letter) =>
    wanted.every(([name, word]) => word === undefined || letter[name] === word) &&
    (since === undefined || letter.time >= since) &&
    isOrigin(letter.origin)
}
