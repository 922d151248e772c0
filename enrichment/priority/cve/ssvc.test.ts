import { describe, expect, test } from 'vitest'
import { EXPLOITATION, MISSION, SSVC_OUTCOMES, ssvcOutcome } from './ssvc.ts'

/** The published file, row by row: exploitation, automatable, technical impact, mission, outcome. */
const PUBLISHED = `
none,no,partial,low,track
none,no,partial,medium,track
none,no,partial,high,track
none,no,total,low,track
none,no,total,medium,track
none,no,total,high,track*
none,yes,partial,low,track
none,yes,partial,medium,track
none,yes,partial,high,attend
none,yes,total,low,track
none,yes,total,medium,track
none,yes,total,high,attend
poc,no,partial,low,track
poc,no,partial,medium,track
poc,no,partial,high,track*
poc,no,total,low,track
poc,no,total,medium,track*
poc,no,total,high,attend
poc,yes,partial,low,track
poc,yes,partial,medium,track
poc,yes,partial,high,attend
poc,yes,total,low,track
poc,yes,total,medium,track*
poc,yes,total,high,attend
active,no,partial,low,track
active,no,partial,medium,track
active,no,partial,high,attend
active,no,total,low,track
active,no,total,medium,attend
active,no,total,high,act
active,yes,partial,low,attend
active,yes,partial,medium,attend
active,yes,partial,high,act
active,yes,total,low,attend
active,yes,total,medium,act
active,yes,total,high,act`

const rows = PUBLISHED.trim()
  .split('\n')
  .map((line) => line.split(','))

describe("CISA's coordinator table", () => {
  test('has 36 rows, each combination once', () => {
    expect(new Set(rows.map((row) => row.slice(0, 4).join())).size).toBe(EXPLOITATION.length * 2 * 2 * MISSION.length)
  })

  test.each(rows)('says for exploitation %s, automatable %s, impact %s and mission %s: %s', (...row) => {
    const [exploitation, automatable, technicalImpact, mission, outcome] = row
    const input = { exploitation, automatable: automatable === 'yes', technicalImpact, mission }
    expect(ssvcOutcome(input as Parameters<typeof ssvcOutcome>[0])).toBe(outcome)
  })

  test('never becomes milder when one answer becomes graver', () => {
    const severity = (...[exploitation, automatable, technicalImpact, mission]: [number, number, number, number]) =>
      SSVC_OUTCOMES.indexOf(
        ssvcOutcome({
          exploitation: EXPLOITATION[exploitation] ?? 'active',
          automatable: automatable > 0,
          technicalImpact: technicalImpact > 0 ? 'total' : 'partial',
          mission: MISSION[mission] ?? 'high',
        }),
      )
    for (let e = 0; e < 3; e++)
      for (let a = 0; a < 2; a++)
        for (let t = 0; t < 2; t++)
          for (let m = 0; m < 3; m++) {
            const here = severity(e, a, t, m)
            const graver = [severity(Math.min(e + 1, 2), a, t, m), severity(e, 1, t, m), severity(e, a, 1, m)]
            expect(Math.min(...graver, severity(e, a, t, Math.min(m + 1, 2)))).toBeGreaterThanOrEqual(here)
          }
  })
})
