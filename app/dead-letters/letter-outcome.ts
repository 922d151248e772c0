import type { DeadLetter } from './letters.ts'

/** What became of one dead letter that was replayed. */
export type LetterOutcome =
  | { readonly letter: DeadLetter; readonly remark: string }
  /** It stays as it was. */
  | { readonly letter: DeadLetter; readonly error: Error }

export type Report = (outcome: LetterOutcome) => void
