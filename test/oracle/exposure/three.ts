/** Yes, no, or not known. */
export type Answer = 'yes' | 'no' | 'unknown'

export function all(...answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no'
  return answers.includes('unknown') ? 'unknown' : 'yes'
}

export function any(answers: readonly Answer[]): Answer {
  if (answers.includes('yes')) return 'yes'
  return answers.includes('unknown') ? 'unknown' : 'no'
}

export const when = (holds: boolean): Answer => (holds ? 'yes' : 'no')
