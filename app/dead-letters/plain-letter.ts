import type { DeadLetter } from './letters.ts'

/** A dead letter as JSON tells it, without its bytes. */
export function plainLetter({ bytes: _bytes, partition: _partition, time, verdict, ...letter }: DeadLetter): object {
  return {
    ...letter,
    time: new Date(time).toISOString(),
    ...(verdict === undefined ? {} : { verdict: { ...verdict, time: new Date(verdict.time).toISOString() } }),
  }
}
