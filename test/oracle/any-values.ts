import * as fc from 'fast-check'
import type { Standard } from '../../schemas/generated/posture-event.ts'

/** What sources really write, beside what anybody could write. */
const AWKWARD = [
  '\u0000',
  'ring\u0007 \u001b[31mred',
  'lone \ud800 half',
  '\udc00',
  'safe\u202egnp.exe',
  '\u2066isolated\u2069',
  'zero\u200bwidth\ufeff',
  'tag\u{e0041}\u{e0042}',
  'two\r\nlines\u2028three',
  '😀'.repeat(700),
  'long '.repeat(4_000),
  'javascript:alert(1)',
  'Other',
  '{"json": true}',
  '<script>',
]
const utf16 = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) })
export const text = fc.oneof(
  { arbitrary: fc.string({ unit: 'grapheme' }), weight: 4 },
  { arbitrary: utf16, weight: 1 },
  { arbitrary: fc.constantFrom(...AWKWARD), weight: 2 },
)
export const word = text.filter((each) => each.length > 0)
export const texts = fc.array(text, { maxLength: 3 })
export const whenever = fc.oneof(
  { arbitrary: fc.integer({ min: Date.UTC(2020), max: Date.UTC(2026) }), weight: 4 },
  { arbitrary: fc.constantFrom(0, 1_764_072_000, 7_258_118_400_000), weight: 1 },
)
export const hash = fc.stringMatching(/^[0-9a-f]{32}$/)

/** A record where each optional attribute may be absent, never undefined. */
export function record<T extends object>(
  model: { [Key in keyof T]-?: fc.Arbitrary<Exclude<T[Key], undefined>> },
  requiredKeys: readonly (keyof T)[],
): fc.Arbitrary<T> {
  return fc.record(model, { requiredKeys: [...requiredKeys] })
}

/** A probability. */
export const fraction = fc.double({ min: 0, max: 1, noNaN: true })

const standard: fc.Arbitrary<Standard> = fc.record({
  name: fc.oneof(word, fc.constantFrom('CIS-3.0', 'PCI-DSS')),
  requirements: fc.array(fc.oneof(text, fc.constantFrom('1.20', 'CIS-3.0 1.20')), { maxLength: 3 }),
})
export const standards = fc.array(standard, { maxLength: 3 })
