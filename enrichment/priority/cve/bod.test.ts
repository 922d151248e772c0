import { describe, expect, test } from 'vitest'
import { BOD_TIMELINES, bodTimeline, type BodInput } from './bod.ts'

/** The published file, row by row: in KEV, exposed, automatable, technical impact, timeline. */
const PUBLISHED = `
no,no,no,partial,on system upgrade
yes,no,no,partial,14 days
no,yes,no,partial,60 days
no,no,yes,partial,60 days
no,no,no,total,on system upgrade
yes,yes,no,partial,14 days
yes,no,yes,partial,14 days
no,yes,yes,partial,14 days
yes,no,no,total,14 days
no,yes,no,total,14 days
no,no,yes,total,60 days
yes,yes,yes,partial,3 days
yes,yes,no,total,3 days and forensic investigation
yes,no,yes,total,3 days and forensic investigation
no,yes,yes,total,3 days
yes,yes,yes,total,3 days and forensic investigation`

const rows = PUBLISHED.trim()
  .split('\n')
  .map((line) => line.split(','))

describe('the timelines of BOD 26-04', () => {
  test('are 16 rows, each combination once', () => {
    expect(new Set(rows.map((row) => row.slice(0, 4).join())).size).toBe(16)
  })

  test.each(rows)('for KEV %s, exposed %s, automatable %s and impact %s: %s', (...row) => {
    const [kev, exposed, automatable, technicalImpact, text] = row
    const timeline = bodTimeline(inputOf(kev, exposed, automatable, technicalImpact))
    const days = /^(\d+) days/.exec(text ?? '')?.[1]
    expect(timeline).toEqual({
      ...(days === undefined ? {} : { days: Number(days) }),
      forensics: text?.includes('forensic'),
      text,
    })
  })

  test('never become longer when one answer becomes graver', () => {
    const rank = (input: BodInput) => BOD_TIMELINES.indexOf(bodTimeline(input))
    for (const row of rows) {
      const input = inputOf(row[0], row[1], row[2], row[3])
      for (const graver of [{ kev: true }, { exposed: true }, { automatable: true }, { technicalImpact: 'total' }])
        expect(rank({ ...input, ...graver } as BodInput)).toBeGreaterThanOrEqual(rank(input))
    }
  })
})

function inputOf(kev?: string, exposed?: string, automatable?: string, technicalImpact?: string): BodInput {
  return {
    kev: kev === 'yes',
    exposed: exposed === 'yes',
    automatable: automatable === 'yes',
    technicalImpact: technicalImpact === 'total' ? 'total' : 'partial',
  }
}
