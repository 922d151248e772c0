import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { LADDERS } from '../evidence.ts'
import { bandLines } from './golden/band-lines.ts'
import { LADDER_POINTS, pointAt, pointOf } from './point.ts'
import { BOD_FLOOR } from './raw-band-rules.ts'
import { Ruleset } from './ruleset.ts'
import { AXES, bandsOf, brokenPromises, describe as describePoint, digitAt, PLAIN_FORMS } from './sample-space.ts'
import { TABLES, type Tables } from './tables.ts'

const ruleset = new Ruleset(TABLES)
const OF_CVES = PLAIN_FORMS.slice(16)
/** Alone on a machine each takes a second or two. */
const PATIENCE_MS = 60_000
let bands: Uint8Array

beforeAll(() => {
  const began = performance.now()
  bands = bandsOf(ruleset, PLAIN_FORMS)
  const count = LADDER_POINTS * PLAIN_FORMS.length
  console.log(`${count} combinations evaluated in ${((performance.now() - began) / 1000).toFixed(2)} s`)
}, PATIENCE_MS)

describe(
  'over every combination of the ladders, with each combination of flags and each form of a CVE',
  { timeout: PATIENCE_MS },
  () => {
    test('there is a band, raising what is known never makes it less urgent, and an unknown never leaves its two ends', () => {
      const began = performance.now()
      expect(brokenPromises(bands, PLAIN_FORMS)).toEqual([])
      console.log(`Their promises checked in ${((performance.now() - began) / 1000).toFixed(2)} s`)
    })

    test('a CVE is never less urgent than the same without one', () => {
      const calmer: string[] = []
      for (const form of OF_CVES)
        for (let ladders = 0; ladders < LADDER_POINTS; ladders++)
          if (bands[form + ladders]! > bands[ladders]! && calmer.length < 5) calmer.push(describePoint(form + ladders))
      expect(calmer).toEqual([])
    })

    test('the bands are the same in whatever order they are asked for', () => {
      const other = new Ruleset(TABLES)
      let different = 0
      for (const form of PLAIN_FORMS.toReversed())
        for (let ladders = LADDER_POINTS - 1; ladders >= 0; ladders--)
          if (other.bandAt(form + ladders) !== `P${bands[form + ladders]}`) different += 1
      expect(different).toBe(0)
    })

    test('learning a thing only ever shrinks the range, and the band is inside it', () => {
      const { safest, worst } = extremes()
      const broken: string[] = []
      for (let index = 0; index < safest.length; index++) {
        const [best, most] = [bands[safest[index]!]!, bands[worst[index]!]!]
        if (bands[index]! > best || bands[index]! < most) broken.push(`${describePoint(index)} is outside its range`)
        for (const axis of AXES.filter(({ start }) => start === 0)) {
          if (digitAt(index, axis) !== axis.unknown) continue
          for (let rung = 0; rung < axis.unknown; rung++) {
            const learnt = index - (axis.unknown - rung) * axis.stride
            if (bands[safest[learnt]!]! > best || bands[worst[learnt]!]! < most)
              broken.push(`${describePoint(index)} has a wider range with ${axis.coordinate} ${rung}`)
          }
        }
        if (index % 10_007 === 0) {
          expect(pointAt(index).safest().index).toBe(safest[index])
          expect(pointAt(index).worst().index).toBe(worst[index])
        }
      }
      expect(broken.slice(0, 5)).toEqual([])
    })

    test('every override fires somewhere and decides somewhere', () => {
      for (const id of Object.keys(TABLES.overrides)) {
        const { [id]: _, ...overrides } = TABLES.overrides
        expect(decidedBy(id, { ...TABLES, overrides }), id).toBeDefined()
      }
      const withoutBod: Tables = { ...TABLES, bod: { 3: 'P4', 14: 'P4', 60: 'P4' } }
      expect(decidedBy(BOD_FLOOR, withoutBod)).toBeDefined()
    })

    test('the golden file holds them, so that a change of the rules can be read as a difference', () => {
      const golden = readFileSync(join(import.meta.dirname, 'golden', 'bands.txt'), 'utf8')
      expect(bandLines(ruleset) === golden, 'run `npm run generate` and read the difference of golden/bands.txt').toBe(
        true,
      )
    })
  },
)

describe('a ruleset', () => {
  test('says the default of the severity where nothing else is known', () => {
    for (const severity of LADDERS.severity) {
      const point = pointOf({ severity: { value: severity, certainty: 'certain', source: 'Prowler' } }, TABLES)
      expect(ruleset.band(point)).toBe(TABLES.severityDefault[severity])
      expect(ruleset.steps(point).onlySeverity).toBe(true)
    }
    expect(ruleset.band(pointOf({}, TABLES))).toBe(TABLES.severityDefault.unknown)
  })

  test('takes a raised flag or a CVE for more than a severity, and a flag that is down for nothing more', () => {
    const only = pointOf({ severity: { value: 'critical', certainty: 'certain', source: 'Prowler' } }, TABLES)
    const down = only.withRung('anonymousAccess', 0).withRung('liveSecret', 0)
    expect(ruleset.steps(down).onlySeverity).toBe(true)
    for (const flag of ['anonymousAccess', 'liveSecret'] as const)
      for (const rung of [1, 2]) expect(ruleset.steps(down.withRung(flag, rung)).onlySeverity).toBe(false)
    expect(ruleset.steps(pointOf({ cve: { uid: 'CVE-2024-3094' } }, TABLES)).onlySeverity).toBe(false)
  })

  test('counts its look-ups, and not what it works out for one', () => {
    const counting = new Ruleset(TABLES)
    const nothing = pointOf({}, TABLES)
    counting.band(nothing)
    counting.band(nothing)
    counting.steps(nothing)
    expect(counting.lookups).toBe(2)
  })

  test('has another hash with other tables, and the same with the same', () => {
    expect(new Ruleset(structuredClone(TABLES)).id).toEqual(ruleset.id)
    const changed = new Ruleset({ ...TABLES, epssEasy: 0.2 }, 'configured')
    expect(changed.id).toMatchObject({ name: 'configured', version: ruleset.id.version })
    expect(changed.id.hash).not.toBe(ruleset.id.hash)
  })

  test(
    'applies BOD 26-04 as it is under the profile bod, and to P2 at most of what is not publicly exposed under context',
    { timeout: PATIENCE_MS },
    () => {
      const internal = pointOf(
        {
          exposure: { value: 'internal', certainty: 'certain', source: 'graph' },
          cve: { uid: 'CVE-2024-3094', kev: true, automatable: true, technicalImpact: 'total' },
        },
        TABLES,
      )
      const bod = new Ruleset({ ...TABLES, profile: 'bod' })
      expect(ruleset.steps(internal).floors).toEqual([{ id: BOD_FLOOR, band: 'P2', days: 3 }])
      expect(bod.steps(internal).floors).toEqual([{ id: BOD_FLOOR, band: 'P1', days: 3 }])
      expect(bod.band(internal)).toBe('P1')
      expect(brokenPromises(bandsOf(bod, OF_CVES), OF_CVES)).toEqual([])
    },
  )
})

/** By index of all that is no CVE: the index with every unknown at its safest, and at its worst. */
function extremes(): { readonly safest: Int32Array; readonly worst: Int32Array } {
  const safest = new Int32Array(LADDER_POINTS * 16)
  const worst = new Int32Array(LADDER_POINTS * 16)
  const axes = AXES.filter(({ start }) => start === 0)
  for (let index = 0; index < safest.length; index++) {
    const axis = axes.find((each) => digitAt(index, each) === each.unknown)
    safest[index] = axis === undefined ? index : safest[index - axis.unknown * axis.stride]!
    worst[index] = axis === undefined ? index : worst[index - axis.stride]!
  }
  return { safest, worst }
}

/** A point at which the override holds and whose band would be another without it. */
function decidedBy(id: string, without: Tables): string | undefined {
  const other = new Ruleset(without)
  for (const form of PLAIN_FORMS)
    for (let index = form; index < form + LADDER_POINTS; index++) {
      if (other.bandAt(index) === `P${bands[index]}`) continue
      const { ceilings, floors } = ruleset.steps(pointAt(index))
      if ([...ceilings, ...floors].some((held) => held.id === id)) return describePoint(index)
    }
  return undefined
}
