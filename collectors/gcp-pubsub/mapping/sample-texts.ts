import fc from 'fast-check'
import { anyBodyOf } from '../../records/sample-mutations.ts'

type Envelope = (value: unknown) => unknown

const data = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64')

/** What findings come in, and what only looks like it. */
const envelopes: readonly Envelope[] = [
  (value) => value,
  (value) => [value, value],
  (value) => ({ message: { data: data(value), messageId: '7', publishTime: '2026-11-25T12:00:00Z' } }),
  (value) => ({ receivedMessages: [{ message: { data: data(value) } }, value] }),
  (value) => ({ listFindingsResults: [value] }),
  (value) => ({ finding: value }),
  (value) => ({ data: value }),
  (value) => JSON.stringify(value),
]

/** Any text that may stand in a message: bodies as of `anyBodyOf` in up to two envelopes, some of them damaged. */
export function anyTextOf(samples: readonly unknown[]): fc.Arbitrary<string> {
  const envelope = fc.array(fc.constantFrom(...envelopes), { maxLength: 2 })
  const damage = fc.oneof(
    { weight: 7, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(), fc.string({ minLength: 1 })) },
  )
  return fc.record({ body: anyBodyOf(samples), envelope, damage }).map(({ body, envelope: wraps, damage: cut }) => {
    const text = JSON.stringify(wraps.reduce((value, wrap) => wrap(value), body))
    if (cut === undefined) return text
    const [where, other] = cut
    const at = where % (text.length + 1)
    return `${text.slice(0, at)}${other}${text.slice(at + other.length)}`
  })
}
