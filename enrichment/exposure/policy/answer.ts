/** `no` needs proof as much as `yes` does; whatever could not be read is `unknown`. */
export type Answer = 'yes' | 'no' | 'unknown'

/** No if any is no, else unknown if any is unknown; yes where there is none at all. */
export function every(answers: Iterable<Answer>): Answer {
  let result: Answer = 'yes'
  for (const answer of answers) {
    if (answer === 'no') return 'no'
    if (answer === 'unknown') result = 'unknown'
  }
  return result
}

/** Yes if any is yes, else unknown if any is unknown; no where there is none at all. */
export function some(answers: Iterable<Answer>): Answer {
  let result: Answer = 'no'
  for (const answer of answers) {
    if (answer === 'yes') return 'yes'
    if (answer === 'unknown') result = 'unknown'
  }
  return result
}

export function not(answer: Answer): Answer {
  if (answer === 'unknown') return 'unknown'
  return answer === 'yes' ? 'no' : 'yes'
}

export function answerOf(value: boolean): Answer {
  return value ? 'yes' : 'no'
}
