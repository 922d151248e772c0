import fc from 'fast-check'
import { anyBodyOf } from '../../records/sample-mutations.ts'
import { defenderFindings } from './sample-defender-findings.ts'
import { sampleDeletion, sampleRegulatoryAssessment } from './sample-defender.ts'

const bodies = [...defenderFindings.map(({ body }) => body), sampleDeletion(1), sampleRegulatoryAssessment('3.5.1')]

/** Any record that might stand in a message of Defender for Cloud. */
export const anyRecord = anyBodyOf(bodies)

/** Any text that might come as one message: records in every shape, whole and with a piece cut out, doubled or changed. */
export const anyMessage: fc.Arbitrary<string> = fc
  .record({
    records: fc.array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom<unknown>(...bodies) }, anyRecord), {
      maxLength: 3,
    }),
    shapes: fc.array(fc.nat(6), { minLength: 1, maxLength: 4 }),
    cuts: fc.array(fc.record({ at: fc.nat(), length: fc.nat(40), how: fc.nat(2) }), { maxLength: 2 }),
    isWhole: fc.boolean(),
  })
  .map(({ records, shapes, cuts, isWhole }) => (isWhole ? shaped(records, shapes) : cut(shaped(records, shapes), cuts)))

/** The shapes in which a message may hold records, one around another. */
function shaped(records: readonly unknown[], shapes: readonly number[]): string {
  let text = records.length === 1 ? JSON.stringify(records[0]) : JSON.stringify(records)
  for (const shape of shapes) {
    if (shape === 0) text = `[${text}]`
    else if (shape === 1) text = `{"records":${text}}`
    else if (shape === 2) text = `{"Value":${text}}`
    else if (shape === 3) text = JSON.stringify(text)
    else if (shape === 4) text = `${text}\r\n${text}`
    else if (shape === 5) text = `\u{FEFF}${text}${text}`
  }
  return text
}

function cut(text: string, cuts: readonly { at: number; length: number; how: number }[]): string {
  let left = text
  for (const { at, length, how } of cuts) {
    const from = at % (left.length + 1)
    const piece = left.slice(from, from + length)
    left = `${left.slice(0, from)}${['', piece + piece, piece.toUpperCase()][how]}${left.slice(from + length)}`
  }
  return left
}
