import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { samplePriority } from '../../test/sample-priority.ts'
import type { FindingState, UrgentSince } from '../../schemas/generated/state.ts'
import type { PriorityBand } from '../../schemas/records.ts'
import type { Priority } from '../enricher.ts'
import type { CveEvidence } from '../evidence.ts'
import { dueOf, urgentSince } from './due.ts'

const DAY = 24 * 3600 * 1000
const BANDS = ['P1', 'P2', 'P3', 'P4'] as const

/** What stands after a finding had one band after the other, a day apart. */
const after = (...bands: readonly PriorityBand[]): UrgentSince | undefined =>
  bands.reduce<UrgentSince | undefined>((before, band, at) => urgentSince(before, band, 'open', at * DAY), undefined)

describe('since when a finding is as urgent as a band', () => {
  test.each<[readonly PriorityBand[], UrgentSince]>([
    [['P3'], { P3: 0, P4: 0 }],
    [['P3', 'P1'], { P1: DAY, P2: DAY, P3: 0, P4: 0 }],
    [['P1', 'P3'], { P3: 0, P4: 0 }],
    [['P1', 'P3', 'P2'], { P2: 2 * DAY, P3: 0, P4: 0 }],
    [['P2', 'P2', 'P2'], { P2: 0, P3: 0, P4: 0 }],
  ])('after %j', (bands, since) => {
    expect(after(...bands)).toEqual(since)
  })

  test.each(['resolved', 'gone'] as const)('is forgotten once it is %s, and goes on while it is muted', (status) => {
    expect(urgentSince({ P4: 0 }, 'P4', status, DAY)).toBeUndefined()
    expect(urgentSince({ P4: 0 }, 'P4', 'muted', DAY)).toEqual({ P4: 0 })
  })

  test('is always earlier for a band that is less urgent', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...BANDS), { minLength: 1 }), (bands) => {
        const since = after(...bands)!
        const times = BANDS.flatMap((band) => since[band] ?? [])
        expect(times).toEqual(times.toSorted((a, b) => b - a))
        expect(Object.keys(since)).toEqual(BANDS.slice(BANDS.indexOf(bands.at(-1)!)))
      }),
    )
  })
})

describe('the due date', () => {
  const due = (
    since: UrgentSince | undefined,
    priority: Priority,
    status: 'open' | 'muted' | 'resolved' | 'gone' = 'open',
  ) => dueOf((since === undefined ? {} : { urgentSince: since }) as FindingState, priority, status)
  const since = { P1: 10 * DAY, P2: 10 * DAY, P3: 2 * DAY, P4: DAY }
  const aboutCve = (cve: Partial<CveEvidence>, bodDays?: number): Priority =>
    samplePriority('P1', {
      evidence: { cve: { uid: 'CVE-2024-3094', ...cve } },
      cve: { uid: 'CVE-2024-3094', ssvc: ['act'], bod: ['3 days'], unknown: [], ...(bodDays && { bodDays }) },
    })

  test('counts the days of the band from when the finding was first as urgent', () => {
    expect(due(since, samplePriority('P1'))).toEqual({ at: 13 * DAY })
    expect(due(since, samplePriority('P3'))).toEqual({ at: 32 * DAY })
  })

  test('is none where it is closed, or nobody knows since when', () => {
    expect(due(since, samplePriority('P1'), 'resolved')).toEqual({})
    expect(due(since, samplePriority('P1'), 'gone')).toEqual({})
    expect(due(undefined, samplePriority('P1'))).toEqual({})
  })

  test.each<[string, Partial<CveEvidence>, number | undefined, number | undefined]>([
    ['the opening', { kev: false }, 3, 4 * DAY],
    ['the opening, where CISA had listed the CVE before', { kev: true, kevAddedAt: 0 }, 3, 4 * DAY],
    ['the listing, where the finding was open before', { kev: true, kevAddedAt: 40 * DAY }, 3, 43 * DAY],
    ['the opening, where it is listed no more', { kev: false, kevAddedAt: 40 * DAY }, 14, 15 * DAY],
    ['nothing, where the next upgrade is early enough', { kev: false }, undefined, undefined],
  ])('of BOD 26-04 counts from %s', (_from, cve, days, at) => {
    expect(due(since, aboutCve(cve, days)).bod).toBe(at)
  })

  test('of BOD 26-04 moves the other one not', () => {
    expect(due(since, aboutCve({ kev: true, kevAddedAt: 40 * DAY }, 3)).at).toBe(13 * DAY)
  })
})
